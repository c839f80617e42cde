import { describe, expect, it } from 'vitest'
import { costsBetween, totalCpuMs } from '../../scripts/bench/model-clock.ts'

describe('the clock of models', () => {
  it('says what was spent between two readings, also by models that had not run before', () => {
    const spent = costsBetween(
      { 'a 1×1': { runs: 1, cpuMs: 10 }, 'b 1×1': { runs: 2, cpuMs: 5 } },
      { 'a 1×1': { runs: 3, cpuMs: 25 }, 'b 1×1': { runs: 2, cpuMs: 5 }, 'c 1×1': { runs: 1, cpuMs: 1 } },
    )
    expect(spent).toEqual({ 'a 1×1': { runs: 2, cpuMs: 15 }, 'c 1×1': { runs: 1, cpuMs: 1 } })
    expect(totalCpuMs(spent)).toBe(16)
  })
})
