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

test.each([600, 2_000, 4_900])(
  'pictures held up for %i ms that come at once keep their distances',
  (heldMs) => {
    const clock = new FrameClock()
    for (let ms = 0; ms <= 1_000; ms += 40) clock.at(ms, start + ms)
    const back = 1_040 + heldMs
    for (let ms = 1_040; ms <= back; ms += 40) expect(clock.at(ms, start + back)).toBe(start + ms)
    expect(clock.at(back + 40, start + back + 40)).toBe(start + back + 40)
    expect(clock.reanchored).toBe(0)
  },
)

test('what is later than five seconds is no picture that was held up', () => {
  const clock = new FrameClock()
  clock.at(0, start)
  expect(clock.at(40, start + 5_041)).toBe(start + 5_041)
  expect(clock.reanchored).toBe(1)
})

test('a stream that stood still and goes on is late for five seconds, and then anchored anew', () => {
  const clock = new FrameClock()
  clock.at(0, start)
  for (let ms = 40; ms <= 5_040; ms += 40) expect(clock.at(ms, start + 2_000 + ms)).toBe(start + ms)
  expect(clock.at(5_080, start + 7_080)).toBe(start + 7_080)
  expect(clock.reanchored).toBe(1)
})
