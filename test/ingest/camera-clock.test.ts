import { describe, expect, it } from 'vitest'
import { CameraClock } from '../../src/ingest/rtsp/camera-clock.ts'

const now = Date.UTC(2026, 10, 26, 8)
const everyMs = 5_000

/** Reports each five seconds of a camera that is `offMs` ahead, each as late as said, ms. */
function told(
  offMs: (at: number) => number,
  lateMs: readonly number[],
  clock = new CameraClock(),
): CameraClock {
  for (const [index, late] of lateMs.entries()) {
    const sentAt = now + index * everyMs
    clock.report(sentAt + offMs(sentAt), sentAt + late)
  }
  return clock
}

const prompt = Array.from({ length: 8 }, () => 2)

describe('the clock of a camera', () => {
  it('is told from the report that was least delayed', () => {
    expect(told(() => 7_000, [400, 3, 90]).offsetMs).toBe(6_997)
    expect(told(() => -3_600_000, prompt).offsetMs).toBe(-3_600_002)
  })

  it('is not known from one or two reports', () => {
    expect(told(() => 7_000, []).offsetMs).toBeUndefined()
    expect(told(() => 7_000, [2, 2]).offsetMs).toBeUndefined()
  })

  it.each([
    ['stands still', (at: number) => now - at],
    ['runs at half the rate', (at: number) => (now - at) / 2],
    ['counts from 1970 how long it has run', () => 3_600_000 - now],
    ['counts from 1900, which reads as 2036', () => Date.UTC(2036, 1, 8) - now],
  ])('is none where it %s', (_, offMs) => {
    expect(told(offMs, prompt).offsetMs).toBeNull()
  })

  it('is wrong, and a clock, where it begins at 2000 after a power cut', () => {
    const off = Date.UTC(2000, 0, 1, 0, 5) - now
    expect(told(() => off, prompt).offsetMs).toBe(off - 2)
  })

  it('is known again some reports after it was set', () => {
    const clock = told(() => 90_000, prompt)
    expect(told(() => 0, [2], clock).offsetMs).toBeNull()
    expect(told(() => 0, prompt, clock).offsetMs).toBe(-2)
  })
})
