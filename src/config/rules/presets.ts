/** The presets that there are: a name in English and one in Chinese for a rule with defaults that have proved good. */
import type { RuleKind } from '../../domain/rule.ts'

interface Preset {
  readonly en: string
  readonly zh: string
  /** What it watches for, for people. */
  readonly says: string
  readonly place: 'zone' | 'line'
  /** The rule without its name and place; what is absent is the default of its kind. */
  readonly rule: { readonly kind: RuleKind } & Readonly<Record<string, unknown>>
}

const night = { hours: ['22:00-06:00'] }

export const presets = [
  {
    ...{ en: 'fire-lane', zh: '消防通道', place: 'zone' },
    says: 'A vehicle, a two-wheeler or any thing stands in the fire lane for a minute.',
    rule: { kind: 'fire-lane-blocked' },
  },
  {
    ...{ en: 'e-bike-indoors', zh: '电动车进楼', place: 'zone' },
    says: 'An e-bike (or bicycle) is brought into a stairwell, lobby or lift.',
    rule: { kind: 'two-wheeler-indoors' },
  },
  {
    ...{ en: 'illegal-dumping', zh: '夜间偷倒', place: 'zone' },
    says: 'A vehicle is where none may dig or dump, from 22:00 to 06:00.',
    rule: { kind: 'vehicle-in-protected-area', schedule: night },
  },
  {
    ...{ en: 'after-hours', zh: '非开放时间', place: 'zone' },
    says: 'Somebody is there from 22:00 to 06:00.',
    rule: { kind: 'after-hours-presence', schedule: night },
  },
  {
    ...{ en: 'no-entry', zh: '禁止入内', place: 'zone' },
    says: 'Somebody is where nobody may be.',
    rule: { kind: 'intrusion', inertiaMs: 1_000 },
  },
  {
    ...{ en: 'no-parking', zh: '禁止停车', place: 'zone' },
    says: 'A vehicle stands for three minutes.',
    rule: { kind: 'stationary-vehicle', dwellMs: 180_000 },
  },
  {
    ...{ en: 'wrong-way', zh: '逆行', place: 'line' },
    says: 'A vehicle or two-wheeler goes to the left of the line, seen by someone who walks from `a` to `b`.',
    rule: { kind: 'line-crossing', direction: 'left', labels: ['vehicle', 'two-wheeler'], duty: 'city' },
  },
  {
    ...{ en: 'crowd', zh: '人员聚集', place: 'zone' },
    says: 'Twenty people are there for ten seconds.',
    rule: { kind: 'crowding', count: 20, hysteresis: 5, inertiaMs: 10_000 },
  },
  {
    ...{ en: 'loitering', zh: '徘徊', place: 'zone' },
    says: 'Somebody stays for two minutes.',
    rule: { kind: 'loitering', dwellMs: 120_000 },
  },
  {
    ...{ en: 'left-luggage', zh: '遗留物', place: 'zone' },
    says: 'Something was left there two minutes ago.',
    rule: { kind: 'object-left', dwellMs: 120_000 },
  },
  {
    ...{ en: 'protected-item', zh: '重点物品', place: 'zone' },
    says: 'Something that always stood there has been gone for half a minute.',
    rule: { kind: 'object-removed', dwellMs: 30_000 },
  },
] as const satisfies readonly Preset[]

export const presetNames = presets.flatMap(({ en, zh }) => [en, zh])
export type PresetName = (typeof presetNames)[number]

const byName: ReadonlyMap<string, Preset> = new Map(
  presets.flatMap((preset) => [
    [preset.en, preset],
    [preset.zh, preset],
  ]),
)

/** Of either name. */
export function presetNamed(name: PresetName): Preset {
  return byName.get(name) as Preset
}
