/** What is watched in every replayed clip: one rule of each kind that clips of a minute can show, with its defaults but for shorter times. */
import type { Rule } from '../../src/domain/rule.ts'
import type { Zone } from '../../src/domain/zone.ts'
import type { Watched } from '../eval/main-path.ts'

const common = { severity: 'minor', duty: 'public-order', inertiaMs: 500, cooldownMs: 30_000 } as const
const everything = ['person', 'two-wheeler', 'vehicle'] as const

const zones: readonly Zone[] = [
  {
    name: 'middle',
    polygon: [
      { x: 0.3, y: 0.3 },
      { x: 0.7, y: 0.3 },
      { x: 0.8, y: 0.9 },
      { x: 0.2, y: 0.9 },
    ],
  },
  {
    name: 'all',
    polygon: [
      { x: 0, y: 0 },
      { x: 1, y: 0 },
      { x: 1, y: 1 },
      { x: 0, y: 1 },
    ],
  },
]

const rules: readonly Rule[] = [
  { ...common, name: 'intrusion', kind: 'intrusion', labels: ['person'], zone: 'middle' },
  {
    ...{ ...common, name: 'line-crossing', kind: 'line-crossing', labels: everything },
    ...{ line: 'half', direction: 'any', inertiaMs: 0 },
  },
  { ...common, name: 'loitering', kind: 'loitering', labels: ['person'], zone: 'middle', dwellMs: 5_000 },
  {
    ...{ ...common, name: 'crowding', kind: 'crowding', labels: ['person'], zone: 'all' },
    ...{ count: 6, hysteresis: 2, inertiaMs: 2_000 },
  },
  {
    ...{
      ...common,
      name: 'stationary-vehicle',
      kind: 'stationary-vehicle',
      labels: ['vehicle'],
      zone: 'middle',
    },
    ...{ dwellMs: 5_000, tolerance: 0.02, inertiaMs: 1_000 },
  },
]

export const watched: Watched = {
  zones,
  lines: [{ name: 'half', a: { x: 0.5, y: 0 }, b: { x: 0.5, y: 1 } }],
  rules,
}
