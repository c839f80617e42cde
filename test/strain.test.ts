/** How overload is felt: it rises while frames queue, falls when they no longer do, and never leaves 0..1. */
import { expect, it } from 'vitest'
import { Strain } from '../src/strain.ts'

/** Readings of seconds in each of which `frames` frames waited for `meanMs`. */
function felt(seconds: readonly (readonly [meanMs: number, frames: number])[]): number[] {
  const sums = { waitMs: 0, frames: 0 }
  const strain = new Strain(
    () => sums,
    () => {},
  )
  return seconds.map(([meanMs, frames]) => {
    sums.frames += frames
    sums.waitMs += meanMs * frames
    return strain.feel()
  })
}

const times = <T>(count: number, value: T) => Array.from({ length: count }, () => value)

it('is nothing while frames find a free worker', () => {
  expect(felt(times(5, [10, 40]))).toEqual([0, 0, 0, 0, 0])
})

it('rises to its full within some seconds of queueing, and no further', () => {
  const rising = felt(times(20, [400, 40]))
  expect(rising).toEqual(rising.toSorted((a, b) => a - b))
  expect(rising[3]).toBeLessThan(0.6)
  expect(rising.at(-1)).toBe(1)
})

it('holds still between the two thresholds, and falls more slowly than it rose', () => {
  const all = felt([
    ...times(10, [400, 40] as const),
    ...times(5, [100, 40] as const),
    ...times(10, [5, 40] as const),
  ])
  expect(all[14]).toBe(all[9])
  expect(all.at(-1)).toBeGreaterThan(0.5)
  expect(all.at(-1)).toBeLessThan(all[14])
})

it('falls too where no frame comes at all', () => {
  expect(felt([...times(10, [400, 40] as const), ...times(60, [0, 0] as const)]).at(-1)).toBe(0)
})
