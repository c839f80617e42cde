/** Presets: rules with good defaults under a name, for every camera with a tag. */
import Value from 'typebox/value'
import type { ListedCamera } from './cameras.ts'
import { checkTimeZone, type Picture } from './pictures.ts'
import type { Problems, SourceFile } from './problems.ts'
import { type PresetName, presetNamed } from './rules/presets.ts'
import { nameOf, type RawRule, ruleSchemas } from './rules/rule-schema.ts'
import type { RawConfig } from './schema/root.ts'

type Wish = NonNullable<RawConfig['presets']>[number]

/** The rules that the presets make for a camera with these tags. */
export function presetRules(wishes: readonly Wish[], tags: readonly string[]): RawRule[] {
  return wishes.filter(({ tag }) => tags.includes(tag)).map(ruleOf)
}

function ruleOf({ preset, at = preset, schedule }: Wish): RawRule {
  const { place, rule } = presetNamed(preset)
  const name = at === preset ? preset : `${preset}-${at}`
  const own = { ...rule, name, [place]: at, ...(schedule ? { schedule } : {}) }
  // It fills in what it is given, and that is shared by all cameras.
  return Value.Default(ruleSchemas[rule.kind], structuredClone(own)) as RawRule
}

/** Each camera with the tag has the zone or line that the preset watches, and no rule of the same name. */
export function checkPresets(
  main: SourceFile,
  wishes: readonly Partial<Wish>[],
  cameras: readonly ListedCamera[],
  defaults: Picture,
  problems: Problems,
  warnings: Problems,
): void {
  for (const [i, wish] of wishes.entries()) {
    checkTimeZone(main, wish?.schedule?.timeZone, ['presets', i, 'schedule', 'timeZone'], problems)
    if (!isWhole(wish) || problems.has(main, ['presets', i, 'at'])) continue
    const tagged = cameras.filter(({ raw }) => raw.tags?.includes(wish.tag))
    if (tagged.length === 0) {
      warnings.add(
        main,
        ['presets', i, 'tag'],
        `no camera has the tag "${wish.tag}": the preset does nothing`,
      )
    }
    const { line } = main.at(['presets', i])
    const earlier = wishes.slice(0, i).filter(isWhole)
    for (const camera of tagged) {
      const fault = faultOf(wish, camera, defaults, earlier, problems)
      const tag = ['cameras', camera.index, 'tags', camera.raw.tags.indexOf(wish.tag)]
      if (fault) problems.add(camera.source, tag, `preset "${wish.preset}" (${main.file}:${line}) ${fault}`)
    }
  }
}

/** A camera that is read, and that neither itself nor its tags give a rule. */
export function warnOfNoRules(
  { raw, source, index }: ListedCamera,
  defaults: Picture['raw'],
  wishes: readonly Partial<Wish>[],
  warnings: Problems,
): void {
  const isTagged = wishes.some((wish) => wish?.tag !== undefined && raw.tags?.includes(wish.tag))
  const rules = raw.ptz
    ? (raw.presets ?? []).flatMap((preset) => preset?.rules ?? [])
    : (raw.rules ?? defaults.rules ?? [])
  if (!raw.enabled || isTagged || rules.length > 0) return
  warnings.add(source, ['cameras', index], `camera "${raw.id}" has no rules: it raises no alert`)
}

/** What keeps the preset from the camera. */
function faultOf(
  wish: Wish,
  { raw, source, index }: ListedCamera,
  defaults: Picture,
  earlier: readonly Wish[],
  problems: Problems,
): string | undefined {
  const key = presetNamed(wish.preset).place
  const list = `${key}s` as const
  const at = wish.at ?? wish.preset
  const isRefused =
    problems.has(source, ['cameras', index, list]) || problems.has(defaults.source, [...defaults.path, list])
  const known = (raw[list] ?? defaults.raw[list] ?? []).map((place) => place?.name)
  if (!isRefused && !known.includes(at)) {
    const choice = known.length > 0 ? `${list}: ${known.join(', ')}` : `it has no ${list}`
    return `needs a ${key} "${at}", which camera "${raw.id}" lacks (${choice}); draw it, name another with at, or take the tag away`
  }
  const name = nameOf(ruleOf(wish))
  const rules = [
    ...(raw.rules ?? defaults.raw.rules ?? []).filter(Boolean),
    ...presetRules(earlier, raw.tags),
  ]
  if (!rules.some((rule) => nameOf(rule) === name)) return undefined
  return `makes a rule "${name}", but camera "${raw.id}" has one of that name already; rename or remove one of the two`
}

/** Until all problems are out, any field may be missing. */
function isWhole(wish: Partial<Wish> | undefined): wish is Wish {
  return typeof wish?.tag === 'string' && presetNamed(wish.preset as PresetName) !== undefined
}
