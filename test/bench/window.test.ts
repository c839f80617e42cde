import { describe, expect, it } from 'vitest'
import { evenSeconds, median, percentile } from '../../scripts/bench/window.ts'

describe('a window', () => {
  it('is so long that evenly spread cameras show each part of their loop equally often', () => {
    expect(evenSeconds(60, 4, { seconds: 126 })).toBe(63)
    expect(evenSeconds(60, 2, { seconds: 60 })).toBe(60)
    expect(evenSeconds(1, 1, { seconds: 60 })).toBe(60)
  })

  it('knows medians and percentiles by nearest rank', () => {
    expect(median([3, 1, 2])).toBe(2)
    expect(median([4, 1, 2, 3])).toBe(2.5)
    expect(percentile([5, 1, 4, 2, 3], 0.95)).toBe(5)
    expect(percentile([5, 1, 4, 2, 3], 0.5)).toBe(3)
    expect(percentile([], 0.5)).toBeUndefined()
  })
})
