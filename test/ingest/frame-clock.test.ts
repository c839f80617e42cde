/** Stream time on the box's clock: anchored, steady, and anchored anew where it cannot be right. */
import { expect, test } from 'vitest'
import { FrameClock } from '../../src/ingest/frame-clock.ts'

const start = 1_700_000_000_000

test('the first frame is anchored at its arrival, and the next ones keep the distances of the stream', () => {
  const clock = new FrameClock()
  expect(clock.at(90_000, start)).toBe(start)
  expect(clock.at(90_200, start + 290)).toBe(start + 200)
  expect(clock.at(90_400, start + 470)).toBe(start + 400)
  expect(clock.reanchored).toBe(0)
})

test('no frame is younger than its arrival: one that comes early shows that the first was late', () => {
  const clock = new FrameClock()
  clock.at(0, start)
  expect(clock.at(200, start + 120)).toBe(start + 120)
  expect(clock.at(400, start + 350)).toBe(start + 320)
  expect(clock.reanchored).toBe(0)
})

test('a stream that runs slow is anchored anew after half a second of drift', () => {
  const clock = new FrameClock()
  for (let second = 0; second < 600; second++) {
    const arrivedAt = start + second * 1_000
    const time = clock.at(second * 999, arrivedAt)
    expect(arrivedAt - time).toBeGreaterThanOrEqual(0)
    expect(arrivedAt - time).toBeLessThanOrEqual(500)
  }
  expect(clock.reanchored).toBe(1)
})

test.each([
  ['backwards by an hour', -3_600_000],
  ['forwards from 1970 to today', start],
  ['back over a 32-bit wrap', -47_721_858],
])('a jump %s goes to the box clock and is counted once', (_, jumpMs) => {
  const clock = new FrameClock()
  clock.at(50_000_000, start)
  expect(clock.at(50_000_200 + jumpMs, start + 210)).toBe(start + 210)
  expect(clock.at(50_000_400 + jumpMs, start + 450)).toBe(start + 410)
  expect(clock.reanchored).toBe(1)
})

test('a small step backwards never gives a frame the time of an earlier one', () => {
  const clock = new FrameClock()
  clock.at(10_000, start)
  const before = clock.at(10_200, start + 220)
  expect(clock.at(10_100, start + 420)).toBeGreaterThan(before)
})
