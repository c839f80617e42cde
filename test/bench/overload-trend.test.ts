import { describe, expect, it } from 'vitest'
import { growthOf, lineThrough } from '../../scripts/bench/overload-trend.ts'

/** One reading each ten seconds. */
const series = (...values: number[]) => values.map((value, n) => ({ seconds: n * 10, value }))

describe('a line through readings', () => {
  it('rises by what they gain in a minute', () => {
    expect(lineThrough(series(100, 101, 102, 103))).toEqual({ perMinute: 6, errorPerMinute: 0 })
  })

  it('is the one of least squares, with its standard error', () => {
    // Seconds around 10: -10, 0, 10; values around 3: -2, 1, 1. Slope 30 / 200; what is left: -0.5, 1, -0.5, squares 1.5.
    const { perMinute, errorPerMinute } = lineThrough(series(1, 4, 4))
    expect(perMinute).toBeCloseTo(9)
    expect(errorPerMinute).toBeCloseTo(60 * Math.sqrt(1.5 / 1 / 200))
  })

  it('is flat where there are fewer than two moments', () => {
    const flat = { perMinute: 0, errorPerMinute: 0 }
    expect(lineThrough([])).toEqual(flat)
    expect(lineThrough(series(7))).toEqual(flat)
    expect(
      lineThrough([
        { seconds: 3, value: 1 },
        { seconds: 3, value: 9 },
      ]),
    ).toEqual(flat)
  })

  it('knows nothing of its error with two readings: two points lie on their line', () => {
    expect(lineThrough(series(1, 2))).toEqual({ perMinute: 6, errorPerMinute: Number.POSITIVE_INFINITY })
    expect(growthOf(series(1, 9)).grows).toBe(false)
  })
})

describe('a queue', () => {
  it('grows where it rises steadily and its peaks rise', () => {
    const growth = growthOf(series(10, 12, 13, 16, 17, 20, 22, 23, 26, 28))
    expect(growth).toMatchObject({ most: 28, firstMost: 16, lastMost: 28, grows: true })
    // Seconds around 45 and values: 1655 over 8250.
    expect(growth.perMinute).toBeCloseTo((60 * 1_655) / 8_250)
  })

  it('does not where it goes up and down, falls, or stands', () => {
    expect(growthOf(series(0, 9, 2, 8, 1, 9, 0, 10, 3)).grows).toBe(false)
    expect(growthOf(series(9, 8, 7, 6, 5, 4)).grows).toBe(false)
    expect(growthOf(series(4, 4, 4, 4))).toMatchObject({ perMinute: 0, most: 4, grows: false })
  })

  it('does not where it gains less than a quarter of its first peak, or less than one', () => {
    expect(growthOf(series(100, 101, 102, 103, 104, 105, 106)).grows).toBe(false)
    expect(growthOf(series(0, 0.1, 0.2, 0.3, 0.4, 0.5)).grows).toBe(false)
  })

  it('does not for a last peak alone that is higher than all before', () => {
    expect(growthOf(series(0, 0, 0, 0, 0, 0, 0, 0, 0, 9)).grows).toBe(false)
  })
})
