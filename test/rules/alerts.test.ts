/** An alert keeps its id from began to ended and takes severity and duty from its rule. */
import { expect, it } from 'vitest'
import type { RuleEvent } from '../../src/domain/alert.ts'
import type { Rule } from '../../src/domain/rule.ts'
import { AlertBook } from '../../src/rules/alerts.ts'

const rule: Rule = {
  name: 'no entry',
  kind: 'intrusion',
  labels: ['person'],
  zone: 'yard',
  severity: 'critical',
  duty: 'safety',
  inertiaMs: 0,
  cooldownMs: 0,
}

const event = (
  phase: RuleEvent['phase'],
  time: number,
  subject = 'track 1',
  name = rule.name,
): RuleEvent => ({
  rule: name,
  kind: 'intrusion',
  subject,
  phase,
  time,
  objects: [],
  zone: 'yard',
  ...(phase === 'ended' ? { because: 'cleared' } : {}),
})

function book(): AlertBook {
  let next = 0
  return new AlertBook({ camera: 'yard-1', rules: [rule], newId: () => `id-${++next}` })
}

it('gives one id to began, updated and ended, and a new one to what begins later', () => {
  const alerts = book().raise([
    event('began', 1_000),
    event('updated', 2_000),
    event('ended', 3_000),
    event('began', 4_000),
  ])
  expect(alerts.map(({ id, phase, began, time }) => [id, phase, began, time])).toEqual([
    ['id-1', 'began', 1_000, 1_000],
    ['id-1', 'updated', 1_000, 2_000],
    ['id-1', 'ended', 1_000, 3_000],
    ['id-2', 'began', 4_000, 4_000],
  ])
  expect(alerts[2]).toMatchObject({ ended: 3_000, endedBecause: 'cleared', camera: 'yard-1', zone: 'yard' })
  expect(alerts[0]).toMatchObject({
    severity: 'critical',
    duty: 'safety',
    kind: 'intrusion',
    rule: 'no entry',
  })
  expect(alerts[0]).not.toHaveProperty('ended')
})

it('keeps subjects apart', () => {
  const alerts = book().raise([
    event('began', 1, 'track 1'),
    event('began', 2, 'track 2'),
    event('ended', 3, 'track 1'),
  ])
  expect(alerts.map(({ id }) => id)).toEqual(['id-1', 'id-2', 'id-1'])
})

it('leaves out what begins twice, ends without having begun, or belongs to no rule', () => {
  const alerts = book()
  expect(
    alerts.raise([event('ended', 1), event('updated', 2), event('began', 3, 'track 1', 'nobody')]),
  ).toEqual([])
  expect(alerts.raise([event('began', 4), event('began', 5)])).toHaveLength(1)
  expect(alerts.open).toBe(1)
})

it('holds a thousand open alerts, counts what it refuses, and has room again when one ends', () => {
  const alerts = book()
  const many = Array.from({ length: 1_200 }, (_, n) => event('began', n, `track ${n}`))
  expect(alerts.raise(many)).toHaveLength(1_000)
  expect(alerts.refused).toBe(200)
  expect(alerts.raise([event('ended', 2_000, 'track 1100')])).toEqual([])
  expect(alerts.raise([event('ended', 2_000, 'track 1'), event('began', 2_001, 'track 1100')])).toHaveLength(
    2,
  )
})
