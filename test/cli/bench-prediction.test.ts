/** What many cameras cost, worked out by hand, and what the report makes of it. */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { forecast, type Hour, type Measured, mostCameras, usable } from '../../src/cli/bench-prediction.ts'

const MB = 1e6
/** Four cores; a quiet camera takes 1 % of one, an active one 5 % and five looks of 20 ms a second. */
const box: Measured = {
  ...{ cores: 4, workers: 4, others: 0, growth: 1, fullLookSeconds: 0.03 },
  quiet: { outside: 0.01, main: 0.002 },
  active: { outside: 0.05, main: 0.01, looks: 5, fps: 5, lookSeconds: 0.02 },
  memory: { free: 10_000 * MB, base: 300 * MB, quiet: 20 * MB, active: 50 * MB },
}
const busy: Hour = { cameras: 20, share: 0.5, fps: 5, floorFps: 1, fullLookEveryMs: 30_000 }

it('adds up what cameras, models and full looks take', () => {
  // Outside: 10 × 0.01 + 10 × 0.05 = 0.6. Models: 10 × 5 × 0.02 = 1.0, and 10 full looks of 0.03 s in 30 s = 0.01.
  const { coverage, fps, processor, memory, limit } = forecast(box, busy)
  expect([coverage, fps, limit]).toEqual([1, 5, 'models'])
  expect(processor).toBeCloseTo(1.61 / 4, 10)
  expect(memory).toBeCloseTo((300 + 10 * 20 + 10 * 50) * MB, 0)
})

it('lowers the rate first, and tells of lost coverage below the floor', () => {
  // 60 cameras: 3.6 of the usable cores, less outside 1.8 and full looks 0.03, leave 1.77 for 30 × 0.02 a picture.
  const full = forecast(box, { ...busy, cameras: 60 })
  expect(full.fps).toBeCloseTo(1.77 / 0.6, 10)
  expect(full.coverage).toBe(1)
  expect(full.processor).toBeCloseTo(usable, 10)
  // 110: 3.6 − 3.3 − 0.055 = 0.245 for 55 × 0.02 = 1.1 a picture.
  const over = forecast(box, { ...busy, cameras: 110 })
  expect(over.fps).toBeCloseTo(0.245 / 1.1, 10)
  expect(over.coverage).toBeCloseTo(0.245 / 1.1, 10)
  expect(over.limit).toBe('decoding')
})

it('counts as watched what is asked for, where that is less than the floor', () => {
  const slow = { ...busy, fps: 0.5 }
  expect(forecast({ ...box, active: { ...box.active, fps: 0.5, looks: 0.5 } }, slow).coverage).toBe(1)
})

it('knows that not every picture deserves a look', () => {
  const seldom = { ...box, active: { ...box.active, looks: 1 } }
  expect(forecast(seldom, busy).processor).toBeCloseTo((0.6 + 0.2 + 0.01) / 4, 10)
})

it('takes other programs and what a full box costs more into account', () => {
  const worse = { ...box, others: 1, growth: 1.5 }
  expect(forecast(worse, busy).processor).toBeCloseTo((1 + 1.5 * 1.61) / 4, 10)
})

it('finds the one thread that reads all cameras to be the limit of a large box', () => {
  const large = { ...box, cores: 64, workers: 64 }
  const { limit, coverage } = forecast(large, { ...busy, cameras: 200 })
  // 100 × 0.002 + 100 × 0.01 = 1.2 cores of one thread, of which 0.9 can be had.
  expect(limit).toBe('reading thread')
  expect(coverage).toBeCloseTo(0.9 / 1.2, 10)
})

it('finds few workers to be the limit, and memory', () => {
  const { limit, fps } = forecast({ ...box, workers: 1 }, busy)
  expect(limit).toBe('models')
  expect(fps).toBeCloseTo((0.9 - 0.01) / 0.2, 10)
  const small = { ...box, memory: { ...box.memory!, free: 900 * MB } }
  const tight = forecast(small, busy)
  expect(tight.limit).toBe('memory')
  expect(tight.coverage).toBeCloseTo((0.9 * 900) / 1_000, 10)
  expect(forecast({ ...box, memory: undefined }, busy)).toMatchObject({ coverage: 1, memory: undefined })
})

it('says the largest number, and zero where even one camera is too many', () => {
  const holds = ({ coverage }: { coverage: number }) => coverage >= 0.99
  const most = mostCameras(box, busy, holds)
  expect(holds(forecast(box, { ...busy, cameras: most }))).toBe(true)
  expect(holds(forecast(box, { ...busy, cameras: most + 1 }))).toBe(false)
  expect(mostCameras({ ...box, others: 4 }, busy, holds)).toBe(0)
})

it('never promises more for more cameras, or more of them moving', () => {
  const part = fc.double({ min: 0.001, max: 0.2, noNaN: true })
  const more = fc.integer({ min: 0, max: 300 })
  fc.assert(
    fc.property(part, part, part, fc.integer({ min: 1, max: 300 }), more, (q, a, look, cameras, extra) => {
      const measured: Measured = {
        ...box,
        quiet: { outside: q, main: q / 2 },
        active: { ...box.active, outside: q + a, main: (q + a) / 2, lookSeconds: look },
      }
      const at = (change: Partial<Hour>) => forecast(measured, { ...busy, cameras, ...change })
      for (const worse of [at({ cameras: cameras + extra }), at({ share: 0.8 })]) {
        expect(worse.coverage).toBeLessThanOrEqual(at({}).coverage + 1e-9)
        expect(worse.fps).toBeLessThanOrEqual(at({}).fps + 1e-9)
      }
    }),
  )
})
