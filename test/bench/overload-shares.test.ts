import { describe, expect, it } from 'vitest'
import { fairness, jain } from '../../scripts/bench/overload-shares.ts'

describe('how evenly cameras are served', () => {
  it('is the least share beside the mean: it falls with the worst one alone', () => {
    expect(fairness([2, 2, 2, 2])).toBe(1)
    // The mean is 2.
    expect(fairness([1, 3, 2, 2])).toBe(0.5)
    expect(fairness([0, 4])).toBe(0)
    expect(fairness([0, 0])).toBe(0)
    expect(fairness([])).toBe(0)
  })

  it("is Jain's index: it falls with how many are served", () => {
    expect(jain([2, 2, 2, 2])).toBe(1)
    // (1 + 2 + 3)² / (3 · (1 + 4 + 9))
    expect(jain([1, 2, 3])).toBeCloseTo(36 / 42)
    expect(jain([5, 0, 0, 0])).toBe(0.25)
    expect(jain([0, 0])).toBe(0)
  })
})
