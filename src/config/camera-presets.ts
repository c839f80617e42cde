/** What a schema cannot say about cameras that turn: presets and ptz go together, and what is drawn is drawn at a preset. */
import { checkCalibration } from './calibration.ts'
import type { ListedCamera } from './cameras.ts'
import { checkPicture, checkRules, type Picture } from './pictures.ts'
import type { Path, Problems } from './problems.ts'
import { nameOf } from './rules/rule-schema.ts'
import type { RawConfig } from './schema/root.ts'

const drawn = ['zones', 'lines', 'masks', 'rules', 'calibration'] as const

export function checkCameraPresets(camera: ListedCamera, problems: Problems): void {
  const { raw, source, index } = camera
  const path: Path = ['cameras', index]
  if (!raw.ptz && !raw.presets) return
  const say = (at: Path, message: string) => problems.add(source, [...path, ...at], message)
  if (!raw.ptz) {
    say(['presets'], 'belong to a camera that turns: add ptz: true, or take them away')
    return
  }
  for (const list of drawn) {
    if (raw[list])
      say([list], `stand beside ptz: true: where they lie depends on the preset; move them into presets`)
  }
  const { presets } = raw
  if (!presets) {
    if (!problems.has(source, [...path, 'presets']))
      say(['ptz'], 'needs presets: a camera that turns is watched at its presets only')
    return
  }
  for (const [i, preset] of presets.entries()) {
    if (!preset) continue
    const picture: Picture = { raw: preset, source, path: [...path, 'presets', i] }
    checkPicture(picture, problems)
    const nothing = { ...picture, raw: {} }
    const own = { ...picture, raw: { ...preset, id: raw.id } }
    checkRules(own, nothing, problems)
    checkCalibration(own, nothing, problems)
  }
  checkNames(camera, problems)
}

/** Presets are told apart by name, and rules over all presets: alerts and commands name a rule and no preset. */
function checkNames({ raw: { presets = [] }, source, index }: ListedCamera, problems: Problems): void {
  const seen = { presets: new Map<string, Path>(), rules: new Map<string, Path>() }
  const note = (list: keyof typeof seen, name: string | undefined, path: Path) => {
    const first = name !== undefined && seen[list].get(name)
    if (name === undefined) return
    if (!first) seen[list].set(name, path)
    else {
      const { line } = source.at(first)
      problems.add(source, path, `the name "${name}" is taken (line ${line}); give it another name`)
    }
  }
  for (const [i, preset] of presets.entries()) {
    const path: Path = ['cameras', index, 'presets', i]
    note('presets', preset?.name, [...path, 'name'])
    for (const [j, rule] of (preset?.rules ?? []).entries()) {
      const at: Path = [...path, 'rules', j]
      // Twice in one preset was said before.
      if (!problems.has(source, at)) note('rules', rule ? nameOf(rule) : undefined, at)
    }
  }
}

/** Rules by tag know no preset. */
export function checkNoTagPresets(
  { raw, source, index }: ListedCamera,
  wishes: readonly Partial<NonNullable<RawConfig['presets']>[number]>[],
  problems: Problems,
): void {
  if (!raw.ptz) return
  for (const [i, tag] of (raw.tags ?? []).entries()) {
    const wish = wishes.find((one) => one?.tag !== undefined && one.tag === tag)
    if (!wish) continue
    const message = `the tag gives it the rule "${wish.preset}", which is for cameras that stand still; write the rule at one of its presets, or take the tag away`
    problems.add(source, ['cameras', index, 'tags', i], message)
  }
}
