import { describe, expect, it } from 'vitest'
import type { ArrivedAlert } from '../../scripts/bench/centre.ts'
import { scoreEvents } from '../../scripts/bench/events.ts'

const window = { from: 10_000, to: 60_000 }
const visit = (camera: string, from: number) => ({ camera, from, to: from + 5_000 })
const alert = (camera: string, began: number, phase: ArrivedAlert['phase'] = 'began'): ArrivedAlert => {
  return { camera, began, phase, arrivedAt: began + 100 }
}

describe('the score of events', () => {
  it('counts a visit as told of when an alert about its camera begins within it, less the patience of the rule', () => {
    const visits = [visit('a', 20_000), visit('b', 30_000)]
    expect(scoreEvents(visits, [alert('a', 21_000), alert('b', 31_900)], window, 500)).toEqual({
      expected: 2,
      found: 2,
      false: 0,
      repeated: 0,
      delayMs: { p50: 600, p95: 1_500 },
    })
  })

  it('tells a missed visit, an alert about nothing and one more about the same visit apart', () => {
    const visits = [visit('a', 20_000), visit('b', 30_000)]
    const alerts = [alert('a', 21_000), alert('a', 24_000), alert('a', 31_000), alert('b', 45_000)]
    expect(scoreEvents(visits, alerts, window, 0)).toMatchObject({
      expected: 2,
      found: 1,
      false: 2,
      repeated: 1,
    })
  })

  it('neither expects nor blames what began before the window or goes on in it', () => {
    const alerts = [alert('a', 12_000), alert('a', 13_000, 'ended'), alert('a', 5_000), alert('b', 61_000)]
    expect(scoreEvents([visit('a', 8_000), visit('b', 61_000)], alerts, window, 0)).toEqual({
      expected: 0,
      found: 0,
      false: 0,
      repeated: 0,
      delayMs: { p50: undefined, p95: undefined },
    })
  })
})
