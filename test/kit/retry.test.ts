import { expect, it } from 'vitest'
import { backoffMs, defaultBackoff, retry, sleep } from '../../src/kit/retry.ts'

it('doubles the delay up to the limit and adds a fifth of jitter either way', () => {
  const plain = (failures: number) => backoffMs(defaultBackoff, failures, () => 0.5)
  expect([1, 2, 3, 4, 5, 6, 7, 50].map(plain)).toEqual([1000, 2000, 4000, 8000, 16000, 32000, 60000, 60000])
  expect(backoffMs(defaultBackoff, 1, () => 0)).toBe(800)
  expect(backoffMs(defaultBackoff, 1, () => 1)).toBe(1200)
})

it('tries again after each failure, tells why, and stops at the signal', async () => {
  const stop = new AbortController()
  const reasons: string[] = []
  let attempts = 0
  await retry(
    stop.signal,
    async () => {
      attempts++
      throw new Error(`attempt ${attempts}`)
    },
    (error, waitMs, failures) => {
      reasons.push(`${(error as Error).message} / ${failures}`)
      expect(waitMs).toBeGreaterThan(0)
      if (attempts === 3) stop.abort()
      return 1
    },
  )
  expect(reasons).toEqual(['attempt 1 / 1', 'attempt 2 / 2', 'attempt 3 / 3'])
})

it('waits a different time at each attempt and in each box, within a fifth of the plain one', async () => {
  const waits = await Promise.all(
    Array.from({ length: 30 }, async () => {
      const stop = new AbortController()
      const { promise, resolve } = Promise.withResolvers<number>()
      const attempt = async () => Promise.reject(new Error('the broker is away'))
      await retry(stop.signal, attempt, (_, waitMs) => {
        resolve(waitMs)
        stop.abort()
        return undefined
      })
      return promise
    }),
  )
  for (const wait of waits) expect(Math.abs(wait - defaultBackoff.firstMs)).toBeLessThanOrEqual(200)
  expect(new Set(waits).size).toBeGreaterThan(15)
})

it('counts from one again after a healthy attempt', async () => {
  const stop = new AbortController()
  const failures: number[] = []
  await retry(
    stop.signal,
    () => sleep(5),
    (_, __, count) => {
      failures.push(count)
      if (failures.length === 3) stop.abort()
      return 0
    },
    { firstMs: 1, maxMs: 1, healthyAfterMs: 1 },
  )
  expect(failures).toEqual([1, 1, 1])
})

it('wakes a sleeper when the signal fires', async () => {
  const stop = new AbortController()
  const slept = sleep(3_600_000, stop.signal)
  stop.abort()
  await expect(slept).resolves.toBeUndefined()
})
