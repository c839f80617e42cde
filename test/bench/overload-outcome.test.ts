import { describe, expect, it } from 'vitest'
import { lowsOf } from '../../scripts/bench/overload-outcome.ts'

const readings = (...values: number[]) => values.map((value, n) => ({ seconds: n * 3, value }))

describe('the memory that is really held', () => {
  it('is the least of each five readings, at its own time: garbage comes and goes', () => {
    expect(lowsOf(readings(500, 540, 520, 560, 530, 580, 501, 540, 530, 520))).toEqual([
      { seconds: 0, value: 500 },
      { seconds: 18, value: 501 },
    ])
  })

  it('takes too few readings for a low of their own to the one before', () => {
    expect(lowsOf(readings(5, 6, 7, 8, 9, 4, 3))).toEqual([{ seconds: 18, value: 3 }])
    expect(lowsOf(readings(5, 4))).toEqual([{ seconds: 3, value: 4 }])
  })
})
