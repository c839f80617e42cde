/** Too many alerts in an hour end in a digest; nothing critical does. */
import { expect, it } from 'vitest'
import type { Rule } from '../../src/domain/rule.ts'
import { AlertBook } from '../../src/rules/alerts.ts'
import { RuleEngine } from '../../src/rules/engine.ts'
import { nothingSpent } from '../../src/rules/noise-budget.ts'
import { trackAt } from '../support/scene.ts'

const rule = (name: string, options: Partial<Rule> = {}) =>
  ({
    ...{ name, kind: 'intrusion', labels: ['person'], zone: 'yard', severity: 'minor', duty: 'city' },
    ...{ inertiaMs: 0, cooldownMs: 0, ...options },
  }) as Rule
const square = [
  { x: 0.5, y: 0 },
  { x: 1, y: 0 },
  { x: 1, y: 1 },
  { x: 0.5, y: 1 },
]
const hour = Date.UTC(2026, 10, 23, 4, 0, 0)
const minute = 60_000

function camera(rules: readonly Rule[], alertsPerHour: number) {
  const engine = new RuleEngine({
    rules,
    zones: [{ name: 'yard', polygon: square }],
    lines: [],
    alertsPerHour,
  })
  let ids = 0
  const book = new AlertBook({ camera: 'c', rules, newId: () => `id-${++ids}` })
  let walkers = 0
  return {
    /** Somebody comes into the yard and leaves it. */
    visit: (time: number) => {
      const id = ++walkers
      return [0.7, 0.2].flatMap((x, n) =>
        book.raise(engine.evaluate([trackAt(id, x, 0.5)], time + n * 1_000)),
      )
    },
    look: (time: number) => book.raise(engine.evaluate([], time)),
    lose: (time: number) => book.raise(engine.end('camera-lost', time)),
  }
}

it('counts what is beyond the budget in one alert, which is told again at times and ends with the hour', () => {
  const yard = camera([rule('in'), rule('too', { severity: 'major' })], 4)
  const first = [1, 2].flatMap((n) => yard.visit(hour + n * minute))
  expect(first.filter(({ phase }) => phase === 'began').map(({ rule }) => rule)).toEqual([
    ...['in', 'too', 'in', 'too'],
  ])
  const flood = Array.from({ length: 30 }, (_, n) => yard.visit(hour + (n + 5) * minute)).flat()
  expect(flood.every(({ kind, id }) => kind === 'digest' && id === 'id-5')).toBe(true)
  expect(flood.map(({ phase, digest }) => [phase, digest?.count])).toEqual([
    ['began', 1],
    ['updated', 21],
    ['updated', 41],
  ])
  expect(flood[0]).toMatchObject({
    rule: 'digest',
    severity: 'minor',
    duty: 'city',
    objects: [{ label: 'person' }],
  })
  const [over] = yard.look(hour + 60 * minute)
  expect(over).toMatchObject({
    ...{ id: 'id-5', kind: 'digest', phase: 'ended', endedBecause: 'cleared', severity: 'major' },
    digest: {
      count: 60,
      rules: [
        { rule: 'in', kind: 'intrusion', count: 30 },
        { rule: 'too', kind: 'intrusion', count: 30 },
      ],
    },
  })
  expect(yard.visit(hour + 61 * minute).map(({ rule, phase }) => `${rule} ${phase}`)).toEqual([
    ...['in began', 'too began', 'in ended', 'too ended'],
  ])
})

it('lets every critical alert through, and those of another duty as long as their own budget lasts', () => {
  const yard = camera([rule('in'), rule('fire', { duty: 'fire' }), rule('now', { severity: 'critical' })], 2)
  const alerts = [1, 2, 3, 4, 5].flatMap((n) => yard.visit(hour + n * minute))
  const began = alerts.filter(({ phase }) => phase === 'began')
  const count = (name: string, duty: string) =>
    began.filter((alert) => alert.rule === name && alert.duty === duty).length
  expect([count('now', 'city'), count('in', 'city'), count('fire', 'fire')]).toEqual([5, 2, 2])
  expect([count('digest', 'city'), count('digest', 'fire')]).toEqual([1, 1])
})

it('tells the end of what it told, and none of what it did not tell', () => {
  const rules = [rule('in')]
  const engine = new RuleEngine({
    rules,
    zones: [{ name: 'yard', polygon: square }],
    lines: [],
    alertsPerHour: 1,
  })
  const both = [trackAt(1, 0.6, 0.5), trackAt(2, 0.8, 0.5)]
  const phases = (tracks: typeof both, second: number) =>
    engine.evaluate(tracks, hour + second * 1_000).map(({ subject, phase }) => `${subject} ${phase}`)
  expect(phases(both, 1)).toEqual(['track 1 began', 'digest city began'])
  expect(phases([], 2)).toEqual(['track 1 ended'])
  // What stays over the hour without having been told is not told at its end.
  expect(phases([both[1]], 3)).toEqual([])
  expect(phases([both[1]], 3_601)).toEqual(['digest city ended'])
  expect(phases([], 3_602)).toEqual([])
  // The same thing may be told in the next hour, and then its end is told as well.
  expect(phases([both[1]], 3_603)).toEqual(['track 2 began'])
  expect(phases([], 3_604)).toEqual(['track 2 ended'])
})

it('ends the digest with everything else when the camera is lost', () => {
  const yard = camera([rule('in')], 1)
  for (const n of [1, 2]) yard.visit(hour + n * minute)
  expect(
    yard.lose(hour + 3 * minute).map(({ kind, phase, endedBecause }) => [kind, phase, endedBecause]),
  ).toEqual([['digest', 'ended', 'camera-lost']])
})

it('goes on with the hour where the engine of a camera is another one', () => {
  const spent = nothingSpent()
  const stay = (n: number) => {
    const rules = [rule('in')]
    const places = { zones: [{ name: 'yard', polygon: square }], lines: [] }
    const engine = new RuleEngine({ rules, ...places, alertsPerHour: 3, spent })
    const events = engine.evaluate([trackAt(n, 0.7, 0.5)], hour + n * minute)
    return [...events, ...engine.end('camera-turned', hour + n * minute + 1_000)]
  }
  const told = (from: number, to: number) =>
    Array.from({ length: to - from }, (_, n) => stay(from + n)).flatMap((events) =>
      events.filter(({ phase }) => phase === 'began').map(({ kind }) => kind),
    )
  expect(told(0, 5)).toEqual(['intrusion', 'intrusion', 'intrusion', 'digest', 'digest'])
  expect(told(60, 62)).toEqual(['intrusion', 'intrusion'])
})
