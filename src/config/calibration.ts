/** What a schema cannot say about the ground of a camera: four points that tell where it is, beneath the zones that count by the square metre. */
import { calibrationFault, Ground } from '../domain/ground.ts'
import { crowdOf } from '../domain/rule.ts'
import { isCorner, isPolygon, type Picture } from './pictures.ts'
import type { Problems } from './problems.ts'
import { toMark, toPoint } from './resolve.ts'
import type { RawRule } from './rules/rule-schema.ts'
import type { RawCamera, RawCameraDefaults } from './schema/camera-schema.ts'

type CrowdingRule = Extract<RawRule, { kind: 'crowding' }>
interface Pictured extends Picture {
  readonly raw: RawCameraDefaults & Pick<RawCamera, 'id' | 'calibration'>
}

/** The four points of a camera, and each of its rules with a density, be it its own or one of the defaults. */
export function checkCalibration(camera: Pictured, defaults: Picture, problems: Problems): void {
  const ground = groundOf(camera, problems)
  if (ground === 'refused') return
  const owner = camera.raw.rules ? camera : defaults
  const { zones = [] } = camera.raw.zones ? camera.raw : defaults.raw
  for (const [i, rule] of (owner.raw.rules ?? []).entries()) {
    if (rule?.kind !== 'crowding' || typeof rule.density !== 'number') continue
    const polygon = zones.find((zone) => zone?.name === rule.zone)?.polygon
    const fault = isPolygon(polygon)
      ? densityFault(rule, camera.raw.id, ground, ground?.squareMetres(polygon.map(toPoint)))
      : undefined
    if (fault) problems.add(owner.source, [...owner.path, 'rules', i, fault.key], fault.message)
  }
}

function densityFault(
  rule: CrowdingRule,
  id: string,
  ground: Ground | undefined,
  squareMetres: number | undefined,
): { key: string; message: string } | undefined {
  if (!ground) {
    const remedy = 'mark four points of it under calibration, or say count instead'
    return { key: 'density', message: `needs to know the ground of camera "${id}": ${remedy}` }
  }
  if (squareMetres === undefined) {
    const beyond = `the calibration of camera "${id}" (at the horizon, or over four times as far as its farthest point)`
    const message = `"${rule.zone}" reaches beyond ${beyond}; draw it nearer, or mark a point that is farther`
    return { key: 'zone', message }
  }
  const many = crowdOf(rule, squareMetres)
  if (rule.hysteresis < many) return undefined
  const crowd = `the ${many} that it takes on the ${squareMetres.toFixed(1)} m² of "${rule.zone}"`
  return { key: 'hysteresis', message: `must be below ${crowd}, or the alert never ends` }
}

/** Undefined where the camera has no calibration. */
function groundOf({ raw, source, path }: Pictured, problems: Problems): Ground | undefined | 'refused' {
  const at = [...path, 'calibration']
  if (!raw.calibration) return problems.has(source, at) ? 'refused' : undefined
  if (!raw.calibration.every((mark) => isCorner(mark?.at) && isCorner(mark.metres))) return 'refused'
  const marks = raw.calibration.map(toMark)
  const fault = calibrationFault(marks)
  if (!fault) return new Ground(marks)
  const wanted = 'name the four corners of something flat, in order around it'
  problems.add(source, at, `does not tell where the ground is: ${fault}; ${wanted}`)
  return 'refused'
}
