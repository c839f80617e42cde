/** A dry run as somebody asks for it: which camera, which rule, since when; and what it would have raised. */
import { checkValue } from './config/check.ts'
import { parseYamlFile } from './config/files/yaml-file.ts'
import { ConfigError, Problems } from './config/problems.ts'
import { type RawRule, ruleSchema, toRule } from './config/rules/rule-schema.ts'
import type { Alert } from './domain/alert.ts'
import type { Camera } from './domain/camera.ts'
import type { Label } from './domain/detection.ts'
import type { Rule } from './domain/rule.ts'
import { dryRun } from './dry-run.ts'
import { GatewayError } from './kit/errors.ts'
import { readTracks } from './store/track-file.ts'

/** All that a dry run has to know of a camera: neither its address nor its account. */
export type DryRunCamera = Pick<Camera, 'id' | 'rules' | 'zones' | 'lines' | 'calibration' | 'presets'>

export interface DryRunRequest {
  readonly dataDir: string
  readonly cameras: readonly DryRunCamera[]
  /** Id; absent = the first. */
  readonly camera?: string
  /** The name of one of its rules, or a rule as YAML or JSON; absent = all of its own. */
  readonly rule?: string
  /** So far back, such as `90m`, `12h` or `7d`. */
  readonly since: string
  /** Epoch ms. */
  readonly now: number
}

export interface DryRunAlert
  extends Pick<Alert, 'began' | 'ended' | 'severity' | 'zone' | 'line' | 'direction' | 'count'> {
  readonly objects: readonly Label[]
}

/** Times are epoch ms. */
export interface DryRunReport {
  readonly camera: string
  readonly from: number
  readonly to: number
  /** When the oldest track that is kept began; absent where none is. */
  readonly keptSince?: number
  readonly tracks: number
  readonly rules: readonly { readonly rule: Rule; readonly alerts: readonly DryRunAlert[] }[]
}

const units: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 }

/** Reads the tracks of the data folder, whether its gateway runs or not. Throws USAGE, CONFIG_INVALID or STORE_FAILED with what is wrong. */
export function dryRunReport({
  dataDir,
  cameras,
  camera: id,
  rule,
  since,
  now,
}: DryRunRequest): DryRunReport {
  const span = /^(\d{1,5})([mhd])$/.exec(since)
  if (!span)
    throw new GatewayError(
      'USAGE',
      `since wants a number and m, h or d, such as 7d, not ${JSON.stringify(since)}`,
    )
  const camera = chosenCamera(cameras, id)
  const rules = rule === undefined ? camera.rules : [chosenRule(camera, rule)]
  const from = now - Number(span[1]) * units[span[2]]
  const { tracks, since: keptSince } = readTracks(dataDir, camera.id, from)
  const alerts = judged({ ...camera, rules }, tracks)
  return {
    ...{ camera: camera.id, from, to: now, keptSince, tracks: tracks.length },
    rules: rules.map((one) => ({ rule: one, alerts: alertsOf(one, alerts) })),
  }
}

function chosenCamera(cameras: readonly DryRunCamera[], id: string | undefined): DryRunCamera {
  const camera = id === undefined ? cameras[0] : cameras.find((one) => one.id === id)
  if (!camera) {
    const known = cameras.map((one) => one.id).slice(0, 20)
    throw new GatewayError(
      'USAGE',
      `no camera ${JSON.stringify(id ?? '')} is configured (cameras: ${known.join(', ')})`,
    )
  }
  if (!camera.presets) return camera
  throw new GatewayError(
    'USAGE',
    `camera ${camera.id} turns, and stored tracks do not say at which preset it stood: try the rule on a clip with skyeye replay --preset`,
  )
}

function chosenRule({ id, rules }: DryRunCamera, text: string): Rule {
  const named = rules.find(({ name }) => name === text)
  if (named) return named
  if (!/[:{]/.test(text)) {
    const known = rules.map(({ name }) => name).join(', ') || 'none'
    throw new GatewayError(
      'USAGE',
      `camera ${id} has no rule ${JSON.stringify(text)} (rules: ${known}), and it is no YAML of one`,
    )
  }
  const problems = new Problems()
  const source = parseYamlFile('rule', text, problems)
  const raw = source && checkValue(ruleSchema, source, problems)
  if (problems.count > 0) throw new ConfigError(problems.sorted(['rule'], []))
  return toRule(raw as RawRule)
}

function judged(camera: DryRunCamera, tracks: Parameters<typeof dryRun>[1]): Alert[] {
  try {
    return dryRun(camera, tracks)
  } catch (error) {
    if (error instanceof RangeError) throw new GatewayError('USAGE', error.message)
    throw error
  }
}

function alertsOf({ name }: Rule, alerts: readonly Alert[]): DryRunAlert[] {
  const ends = new Map(alerts.filter(({ phase }) => phase === 'ended').map(({ id, ended }) => [id, ended]))
  return alerts
    .filter(({ phase, rule }) => phase === 'began' && rule === name)
    .map(({ id, began, severity, zone, line, direction, count, objects }) => ({
      ...{ began, ended: ends.get(id), severity, zone, line, direction, count },
      objects: objects.map(({ label }) => label),
    }))
}
