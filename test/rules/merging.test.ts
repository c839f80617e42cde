/** Several rules of one duty that hold for one thing are one alert with several reasons. */
import { expect, it } from 'vitest'
import type { Rule } from '../../src/domain/rule.ts'
import type { Track } from '../../src/domain/track.ts'
import { AlertBook } from '../../src/rules/alerts.ts'
import { RuleEngine } from '../../src/rules/engine.ts'
import { trackAt } from '../support/scene.ts'

const base = { severity: 'minor', duty: 'public-order', inertiaMs: 0, cooldownMs: 0 } as const
const person = { labels: ['person'], zone: 'yard' } as const
const intrusion: Rule = { ...base, ...person, name: 'inside', kind: 'intrusion' }
const loitering: Rule = {
  ...{ ...base, ...person, name: 'lingers', kind: 'loitering', dwellMs: 2_000 },
  severity: 'major',
}
const crossing: Rule = {
  ...{ ...base, name: 'over', kind: 'line-crossing', labels: ['person'] },
  ...{ line: 'gate', direction: 'any' },
}
const yard = {
  name: 'yard',
  polygon: [
    { x: 0.5, y: 0 },
    { x: 1, y: 0 },
    { x: 1, y: 1 },
    { x: 0.5, y: 1 },
  ],
}
const gate = { name: 'gate', a: { x: 0.8, y: 1 }, b: { x: 0.8, y: 0 } }
const start = Date.UTC(2026, 10, 23, 4, 0, 0)

/** Alerts of a scene at one frame per second. */
function alertsOf(
  rules: readonly Rule[],
  frames: number,
  show: (second: number) => Track[],
  mergeAlerts = true,
) {
  const engine = new RuleEngine({ rules, zones: [yard], lines: [gate], mergeAlerts })
  let ids = 0
  const book = new AlertBook({ camera: 'c', rules, newId: () => `id-${++ids}` })
  return Array.from({ length: frames }, (_, second) =>
    book.raise(engine.evaluate(show(second), start + second * 1_000)),
  ).flat()
}

/** In the yard from second 1 to 5, over the gate in second 3, and back over it while leaving. */
const visit = (second: number) => [trackAt(1, second === 0 || second > 5 ? 0.2 : second < 3 ? 0.7 : 0.9, 0.5)]

it('begins with the first rule, is updated by each further one and ends with the last', () => {
  const alerts = alertsOf([intrusion, loitering, crossing], 8, visit)
  expect(
    alerts.map(({ id, rule, phase, severity, time }) => [id, rule, phase, severity, time - start]),
  ).toEqual([
    ['id-1', 'inside', 'began', 'minor', 1_000],
    ['id-1', 'inside', 'updated', 'major', 3_000],
    ['id-1', 'inside', 'updated', 'major', 3_000],
    ['id-1', 'inside', 'updated', 'major', 6_000],
    ['id-1', 'inside', 'ended', 'major', 6_000],
  ])
  expect(alerts[0]).not.toHaveProperty('reasons')
  expect(alerts[4].reasons).toMatchObject([
    { rule: 'inside', kind: 'intrusion', zone: 'yard', began: start + 1_000, ended: start + 6_000 },
    { rule: 'lingers', kind: 'loitering', zone: 'yard', began: start + 3_000, ended: start + 6_000 },
    { rule: 'over', kind: 'line-crossing', line: 'gate', direction: 'left', ended: start + 6_000 },
  ])
  expect(alerts[4]).toMatchObject({ zone: 'yard', endedBecause: 'cleared' })
})

it('each rule raises its own where that is not configured', () => {
  const began = alertsOf([intrusion, loitering, crossing], 8, visit, false).filter(
    ({ phase }) => phase === 'began',
  )
  expect(began.map(({ rule, id }) => [rule, id])).toEqual([
    ['inside', 'id-1'],
    ['lingers', 'id-2'],
    ['over', 'id-3'],
    ['over', 'id-4'],
  ])
})

it('keeps apart what is about another thing, another duty, a place, or critical', () => {
  const many: Rule = { ...base, ...person, name: 'many', kind: 'crowding', count: 2, hysteresis: 0 }
  const rules: Rule[] = [
    intrusion,
    { ...intrusion, name: 'fire', duty: 'fire' },
    { ...intrusion, name: 'urgent', severity: 'critical' },
    many,
  ]
  const alerts = alertsOf(rules, 3, () => [trackAt(1, 0.6, 0.5), trackAt(2, 0.7, 0.5)])
  expect(alerts.map(({ rule, phase }) => `${rule} ${phase}`)).toEqual([
    ...['inside began', 'inside began', 'fire began', 'fire began'],
    ...['urgent began', 'urgent began', 'many began'],
  ])
})

it('goes on under its own name when its first rule is over and holds again', () => {
  const right: Rule = { ...intrusion, name: 'right', zone: 'right' }
  const zones = [
    yard,
    { name: 'right', polygon: yard.polygon.map(({ x, y }) => ({ x: Math.max(0.8, x), y })) },
  ]
  const engine = new RuleEngine({ rules: [right, intrusion], zones, lines: [], mergeAlerts: true })
  // Comes in at the right, leaves it and comes again, always in the yard.
  const events = [0.9, 0.9, 0.7, 0.7, 0.9, 0.7, 0.2, 0.2].flatMap((x, n) =>
    engine.evaluate([trackAt(1, x, 0.5)], start + n * 1_000),
  )
  expect(events.map(({ rule, phase, reasons = [] }) => `${rule} ${phase} ${reasons.length}`)).toEqual([
    ...['right began 0', 'right updated 2', 'right updated 2', 'right ended 2'],
  ])
})
