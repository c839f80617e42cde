import { describe, expect, it } from 'vitest'
import { heldBy, isLargest, nextToTry, type Tried } from '../../scripts/bench/held-search.ts'

const tried = (...pairs: readonly (readonly [number, boolean])[]): Tried[] =>
  pairs.map(([cameras, holds]) => ({ cameras, holds }))

/** All steps of a machine that holds so many cameras. */
function search(holds: number, first: readonly number[]): number[] {
  const steps = tried(...first.map((cameras) => [cameras, cameras <= holds] as const))
  for (let next = nextToTry(steps); next; next = nextToTry(steps))
    steps.push({ cameras: next, holds: next <= holds })
  expect([heldBy(steps), isLargest(steps)]).toEqual([holds, true])
  return steps.map(({ cameras }) => cameras)
}

describe('the search for the number of cameras that a machine holds', () => {
  it('halves the way between what holds and what does not', () => {
    expect(search(11, [1, 8, 16])).toEqual([1, 8, 16, 12, 10, 11])
    expect(search(2, [1, 8, 16])).toEqual([1, 8, 16, 4, 2, 3])
  })

  it('doubles while everything holds, up to what a gateway takes', () => {
    expect(search(20, [1, 8, 16])).toEqual([1, 8, 16, 32, 24, 20, 22, 21])
    expect(nextToTry(tried([8, true], [160, true]))).toBe(256)
    expect(nextToTry(tried([8, true], [256, true]))).toBeUndefined()
    expect(isLargest(tried([8, true], [256, true]))).toBe(false)
  })

  it('ends where not even one camera is held', () => {
    expect(search(0, [1, 8])).toEqual([1, 8])
    expect(search(0, [4])).toEqual([4, 2, 1])
  })

  it('does not believe a number that holds above one that does not', () => {
    const steps = tried([1, true], [8, false], [16, true])
    expect(heldBy(steps)).toBe(1)
    expect(nextToTry(steps)).toBe(4)
  })
})
