import { describe, expect, it } from 'vitest'
import { busySeconds, Neighbours, othersBetween } from '../../scripts/bench/neighbours.ts'

describe('the neighbours of a benchmark', () => {
  it('are all that keeps processors busy and is not of the benchmark, time that the host took included', () => {
    const line = 'cpu  100 20 30 9000 800 1 2 47 0 0'
    expect(busySeconds(line)).toBe(2)
    const before = { at: 10, machine: 100, ours: 5 }
    expect(othersBetween(before, { at: 20, machine: 118, ours: 12 })).toBe(1.1)
    expect(othersBetween(before, { at: 20, machine: 106.9, ours: 12 })).toBe(0)
  })

  it('can be read where there is a /proc', () => {
    expect(new Neighbours().cores).toBeGreaterThanOrEqual(0)
  })
})
