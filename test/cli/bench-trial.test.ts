/** What is read off two readings of a gateway, and what one camera costs by that. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, it, onTestFinished, vi } from 'vitest'
import { costOf, growthOf, type Phase, phaseBetween } from '../../src/cli/bench-trial.ts'
import { freeBytes, usageOf } from '../../src/cli/bench-usage.ts'

const zero = {
  ...{ atMs: 0, allMs: 0, mainMs: 0, modelsMs: 0, machineMs: 0, bytes: 300, ownMs: 0 },
  ...{ looks: 0, coded: 0, decoded: 0 },
}

it('takes models, our own cameras and other programs apart', () => {
  const after = {
    ...{ atMs: 10_000, allMs: 5_000, mainMs: 1_000, modelsMs: 3_000, machineMs: 9_000, bytes: 500 },
    ...{ ownMs: 500, looks: 100, coded: 1_000, decoded: 250 },
  }
  expect(phaseBetween(zero, after, 4)).toEqual({
    ...{ cameras: 4, seconds: 10, outside: 0.2, main: 0.1, models: 0.3, looksPerSecond: 10 },
    ...{ others: expect.closeTo(0.35, 10), bytes: 500, decoded: 0.25 },
  })
})

const phase = (change: Partial<Phase>): Phase => ({
  ...{ cameras: 2, seconds: 10, outside: 0, main: 0, models: 0, looksPerSecond: 0, others: 0 },
  ...{ bytes: 300, decoded: 0 },
  ...change,
})
const idle = phase({ cameras: 0, outside: 0.02, main: 0.01 })
const active = phase({ outside: 0.12, main: 0.03, models: 0.2, looksPerSecond: 10, bytes: 400 })

it('gives each camera its part of what cameras add', () => {
  expect(costOf(active, idle)).toEqual({
    ...{ outside: expect.closeTo(0.05, 10), main: expect.closeTo(0.01, 10), bytes: 50 },
  })
  expect(costOf(phase({ bytes: undefined }), idle).bytes).toBeUndefined()
})

it('compares the check with what was to be expected for the looks that were really taken', () => {
  const quiet = phase({})
  // Four cameras: 0.02 + 4 × 0.05, and 20 looks a second of 0.02 s.
  const asExpected = phase({ cameras: 4, outside: 0.22, models: 0.4, looksPerSecond: 20 })
  expect(growthOf({ idle, quiet, active, check: asExpected })).toBeCloseTo(1, 10)
  // It kept up with half of the looks, and each cost as before.
  const overloaded = phase({ cameras: 4, outside: 0.22, models: 0.2, looksPerSecond: 10 })
  expect(growthOf({ idle, quiet, active, check: overloaded })).toBeCloseTo(1, 10)
  const dearer = phase({ cameras: 4, outside: 0.33, models: 0.6, looksPerSecond: 20 })
  expect(growthOf({ idle, quiet, active, check: dearer })).toBeCloseTo(1.5, 10)
})

const burning = `
  const { Worker } = require('node:worker_threads')
  const burn = 'const end = Date.now() + 700; while (Date.now() < end);'
  const kept = Buffer.alloc(64e6, 1)
  new Worker(burn + 'setInterval(() => {}, 1000)', { eval: true, name: 'vision' })
  require('node:child_process').spawnSync(process.execPath, ['-e', burn])
  process.stdout.write('burnt')
  setInterval(() => kept.length, 1000)`

it('reads the processor time of threads and children, of those too that are gone, and memory', async () => {
  const child = spawn(process.execPath, ['-e', burning], { stdio: ['ignore', 'pipe', 'inherit'] })
  onTestFinished(() => void child.kill('SIGKILL'))
  await once(child.stdout, 'data')
  const before = usageOf(process.pid)
  // A loop of 700 ms by the clock gets a part of it only where the machine is busy.
  const { allMs, mainMs, modelsMs, machineMs, bytes } = await vi.waitFor(
    () => {
      const usage = usageOf(child.pid!)
      expect(usage.modelsMs).toBeGreaterThan(50)
      return usage
    },
    { timeout: 20_000 },
  )
  expect(allMs).toBeGreaterThan(mainMs + modelsMs + 50)
  expect(bytes).toBeGreaterThan(64e6)
  expect(bytes).toBeLessThan(400e6)
  expect(machineMs).toBeGreaterThanOrEqual(allMs)
  expect(before.allMs).toBeGreaterThan(0)
  expect(freeBytes()).toBeGreaterThan(1e6)
  expect(() => usageOf(2 ** 22 + 1)).toThrow()
})
