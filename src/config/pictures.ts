/** What a schema cannot say about zones, lines, masks and rules: shapes with an area, names that exist. */
import { type Corner, meetsItself, polygonArea } from './polygon.ts'
import type { Path, Problems, SourceFile } from './problems.ts'
import { quoted } from './quote.ts'
import { nameOf, type RawRule } from './rules/rule-schema.ts'
import type { RawCamera, RawCameraDefaults } from './schema/camera-schema.ts'

/** The part of a camera that is drawn on its picture, and where it was written. */
export interface Picture {
  readonly raw: RawCameraDefaults
  readonly source: SourceFile
  readonly path: Path
}

/** Zones and masks enclose something, lines lead somewhere, names are used once, time zones exist. */
export function checkPicture({ raw, source, path }: Picture, problems: Problems): void {
  const { zones = [], lines = [], masks = [], rules = [] } = raw
  const polygons: [Path, unknown][] = [
    ...zones.map((zone, i): [Path, unknown] => [['zones', i, 'polygon'], zone?.polygon]),
    ...masks.map((mask, i): [Path, unknown] => [['masks', i], mask]),
  ]
  for (const [at, polygon] of polygons) {
    if (!isPolygon(polygon)) continue
    const say = (message: string) => problems.add(source, [...path, ...at], message)
    if (meetsItself(polygon)) {
      say(
        'its edges cross or touch, which leaves holes; name the corners in order around the area, or draw two areas',
      )
    } else if (polygonArea(polygon) < 1e-6) say('encloses no area: its corners lie on one line')
  }
  for (const [i, line] of lines.entries()) {
    if (isCorner(line?.a) && isCorner(line?.b) && line.a[0] === line.b[0] && line.a[1] === line.b[1]) {
      problems.add(source, [...path, 'lines', i], 'begins where it ends')
    }
  }
  checkNames(
    'zones',
    zones.map((zone) => zone?.name),
  )
  checkNames(
    'lines',
    lines.map((line) => line?.name),
  )
  checkNames(
    'rules',
    rules.map((rule) => rule && nameOf(rule)),
  )
  for (const [i, rule] of rules.entries()) {
    checkTimeZone(source, rule?.schedule?.timeZone, [...path, 'rules', i, 'schedule', 'timeZone'], problems)
    if (rule?.kind === 'counting') {
      checkTimeZone(source, rule.timeZone, [...path, 'rules', i, 'timeZone'], problems)
    }
    if (rule?.kind === 'crowding') checkCrowding(source, rule, [...path, 'rules', i], problems)
  }

  function checkNames(list: string, names: readonly (string | undefined)[]): void {
    for (const [i, name] of names.entries()) {
      if (name === undefined || names.indexOf(name) === i) continue
      const { line } = source.at([...path, list, names.indexOf(name)])
      problems.add(
        source,
        [...path, list, i],
        `the name "${name}" is taken (line ${line}); give it another name`,
      )
    }
  }
}

/** Every rule names a zone or line that the camera has, be it its own or one of the defaults. */
export function checkRules(
  camera: Picture & { raw: RawCameraDefaults & Pick<RawCamera, 'id'> },
  defaults: Picture,
  problems: Problems,
): void {
  const owner = camera.raw.rules ? camera : defaults
  for (const [i, rule] of (owner.raw.rules ?? []).entries()) {
    if (!rule) continue
    const { list, key, name } = placeOf(rule)
    const path = [...owner.path, 'rules', i, key]
    const own = camera.raw[list] ? camera : defaults
    // A list that was refused as a whole has no names to compare with.
    if (
      typeof name !== 'string' ||
      problems.has(owner.source, path) ||
      problems.has(own.source, [...own.path, list])
    )
      continue
    const known = (own.raw[list] ?? []).map((place) => place?.name)
    if (known.includes(name)) continue
    const choice = known.length > 0 ? `${list}: ${known.join(', ')}` : `it has no ${list}`
    problems.add(owner.source, path, `no ${key} "${name}" on camera "${camera.raw.id}" (${choice})`)
  }
}

/** Which place a rule watches, and in which list of the camera that is. */
function placeOf(rule: RawRule) {
  return 'line' in rule
    ? ({ list: 'lines', key: 'line', name: rule.line } as const)
    : ({ list: 'zones', key: 'zone', name: rule.zone } as const)
}

export function isCorner(value: unknown): value is Corner {
  return Array.isArray(value) && value.length === 2 && value.every((part) => typeof part === 'number')
}

export function isPolygon(value: unknown): value is Corner[] {
  return Array.isArray(value) && value.every(isCorner)
}

function checkCrowding(source: SourceFile, rule: RawRule, path: Path, problems: Problems): void {
  if (rule.kind !== 'crowding') return
  const { count, density, hysteresis } = rule
  if (count === undefined && density === undefined && !isRefused('count') && !isRefused('density')) {
    problems.add(
      source,
      [...path, 'count'],
      'is missing: say how many, or density, how many to the square metre',
    )
  }
  if (count !== undefined && density === undefined && hysteresis >= count) {
    problems.add(source, [...path, 'hysteresis'], `must be below count (${count}), or the alert never ends`)
  }

  function isRefused(key: string): boolean {
    return problems.has(source, [...path, key])
  }
}

/** What is no text was refused before. */
export function checkTimeZone(source: SourceFile, timeZone: unknown, at: Path, problems: Problems): void {
  if (typeof timeZone !== 'string' || isTimeZone(timeZone)) return
  const name = quoted(timeZone) ?? 'of this name'
  problems.add(source, at, `no time zone ${name} (an IANA name such as Asia/Shanghai)`)
}

/** Is it an IANA name that this machine knows? */
export function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return true
  } catch {
    return false
  }
}
