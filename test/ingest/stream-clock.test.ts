/** Cameras whose time stamps run at another rate than they announce are read by arrival; nothing else makes that happen. */
import { describe, expect, it } from 'vitest'
import { StreamClock } from '../../src/ingest/rtsp/stream-clock.ts'

const start = 1_700_000_000_000
const stepMs = 40

/** Feeds a picture each 40 ms; stamp and delay of arrival (ms) by its true time. Gives the times of all. */
function run(clock: StreamClock, untilMs: number, stamp: (ms: number) => number, delay = (_: number) => 0) {
  const times: number[] = []
  for (let ms = 0; ms <= untilMs; ms += stepMs) {
    times.push(clock.advance(Math.round(stamp(ms)) >>> 0, start + ms + delay(ms)))
  }
  return times
}

const right = (ms: number) => 90 * ms

describe('StreamClock', () => {
  it.each([
    ['milliseconds called 90 kHz', 90_000, (ms: number) => ms],
    ['stamps that stand still', 90_000, () => 7],
    ['90 kHz called 8 kHz', 8_000, right],
  ])('goes on by arrival where it gets %s', (_, clockRate, stamp) => {
    const clock = new StreamClock(clockRate)
    const times = run(clock, 60_000, stamp)
    expect(clock.byArrival).toBe(true)
    // Found after two spans of 10 s; no jump there.
    const settled = times.slice(20_080 / stepMs)
    for (const [at, time] of settled.entries()) expect(time - settled[0]).toBeCloseTo(at * stepMs, 6)
    expect(clock.locate(1, start + 60_500)).toBeCloseTo(times[times.length - 1] + 500, 6)
  })

  it('by arrival gives every picture a later time, also where many come at once or the box goes back', () => {
    const clock = new StreamClock(90_000)
    run(clock, 30_000, () => 7)
    const at = [0, 0, 0, -3_600_000, -3_599_960].map((ms) => clock.advance(7, start + 30_040 + ms))
    expect(at.map((time) => Math.round(time - at[0]))).toEqual([0, 1, 2, 3, 43])
  })

  it.each<[string, (ms: number) => number, (ms: number) => number]>([
    ['half or twice as fast', (ms) => (ms < 60_000 ? 45 * ms : 45 * 60_000 + 180 * (ms - 60_000)), () => 0],
    ['held up for 9 s', right, (ms) => (ms >= 20_000 && ms < 29_000 ? 29_000 - ms : 0)],
    ['with stamps that leap', (ms) => right(ms) + (ms >= 20_000 ? 90 * 3_600_000 : 0), () => 0],
    ['with a box clock that is set', right, (ms) => (ms >= 20_000 ? 3_600_000 : 0)],
    ['that drift', (ms) => 91 * ms, () => 0],
  ])('goes on by the stamps of a stream %s', (_, stamp, delay) => {
    const clock = new StreamClock(90_000)
    const times = run(clock, 120_000, stamp, delay)
    expect(clock.byArrival).toBe(false)
    expect(times[times.length - 1]).toBeCloseTo((stamp(120_000) - stamp(0)) / 90, 1)
  })
})
