/** What is watched in the evaluation of events: the same zones, lines and rules in every clip, chosen before anything was measured. */
import type { Camera } from '../../../src/domain/camera.ts'
import type { Rule } from '../../../src/domain/rule.ts'
import type { Line, Zone } from '../../../src/domain/zone.ts'

/** Defaults of the kinds, but for numbers that clips of seven seconds can reach. */
const common = { labels: ['person'], severity: 'major', duty: 'public-order', cooldownMs: 30_000 } as const
const dwellMs = 5_000
/** People in the zone, from which on it is a crowd. */
const crowds = { all: 6, middle: 3 } as const

const zones: readonly Zone[] = [
  {
    name: 'middle',
    polygon: [
      { x: 0.35, y: 0.3 },
      { x: 0.65, y: 0.3 },
      { x: 0.75, y: 0.8 },
      { x: 0.25, y: 0.8 },
    ],
  },
  { name: 'left', polygon: rectangle(0, 0, 1 / 3, 1) },
  { name: 'right', polygon: rectangle(2 / 3, 0, 1, 1) },
  { name: 'near', polygon: rectangle(0, 0.55, 1, 1) },
  { name: 'all', polygon: rectangle(0, 0, 1, 1) },
]

/** From edge to edge of the picture, so that nobody passes their ends. */
const lines: readonly Line[] = [
  { name: 'first-third', a: { x: 1 / 3, y: 0 }, b: { x: 1 / 3, y: 1 } },
  { name: 'half', a: { x: 0.5, y: 0 }, b: { x: 0.5, y: 1 } },
  { name: 'last-third', a: { x: 2 / 3, y: 0 }, b: { x: 2 / 3, y: 1 } },
  { name: 'across', a: { x: 0, y: 0.5 }, b: { x: 1, y: 0.5 } },
]

const watchedZones = ['middle', 'left', 'right', 'near'] as const

const rules: readonly Rule[] = [
  ...watchedZones.map(
    (zone): Rule => ({ ...common, name: `intrusion-${zone}`, kind: 'intrusion', zone, inertiaMs: 500 }),
  ),
  ...lines.map(
    ({ name }): Rule => ({
      ...common,
      ...{ name: `line-crossing-${name}`, kind: 'line-crossing', line: name, direction: 'any', inertiaMs: 0 },
    }),
  ),
  ...watchedZones.map(
    (zone): Rule => ({
      ...common,
      ...{ name: `loitering-${zone}`, kind: 'loitering', zone, dwellMs, inertiaMs: 500 },
    }),
  ),
  ...Object.entries(crowds).map(
    ([zone, count]): Rule => ({
      ...common,
      ...{ name: `crowding-${zone}`, kind: 'crowding', zone, count, hysteresis: 1, inertiaMs: 2_000 },
    }),
  ),
]

export const crossroads = { zones, lines, rules } satisfies Pick<Camera, 'zones' | 'lines' | 'rules'>

function rectangle(x1: number, y1: number, x2: number, y2: number): Zone['polygon'] {
  return [
    { x: x1, y: y1 },
    { x: x2, y: y1 },
    { x: x2, y: y2 },
    { x: x1, y: y2 },
  ]
}
