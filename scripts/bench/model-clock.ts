/**
 * Preloaded into a gateway under test (`node --import`): writes down what its models cost, measured around the native run
 * itself on the clock of the thread that runs it. From outside, so that any version of the gateway can be measured, and in
 * processor time, as on a busy machine the clock on the wall says more about the neighbours.
 */
import { readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { isMainThread, threadId } from 'node:worker_threads'

/** The environment variable that names the folder to write to; without it nothing is measured. */
export const clockFolder = 'SKYEYE_BENCH_CLOCK'

const everyMs = 500

/** What the runs of one model at one input size have cost so far. */
export interface ModelCost {
  readonly runs: number
  readonly cpuMs: number
}

/** By model input and size, as `images 416×416`: names of inputs tell the models apart. */
export type ModelCosts = Readonly<Record<string, ModelCost>>

type Feeds = Readonly<Record<string, { readonly dims: readonly number[] }>>
type Session = new (...args: unknown[]) => { run(feeds: Feeds, ...rest: unknown[]): unknown }

/** Costs of all threads up to half a second ago. */
export function readModelCosts(folder: string): ModelCosts {
  const sums: Record<string, ModelCost> = {}
  for (const name of readdirSync(folder).filter((file) => file.endsWith('.json'))) {
    const costs = JSON.parse(readFileSync(join(folder, name), 'utf8')) as ModelCosts
    for (const [key, { runs, cpuMs }] of Object.entries(costs)) {
      const sum = sums[key] ?? { runs: 0, cpuMs: 0 }
      sums[key] = { runs: sum.runs + runs, cpuMs: sum.cpuMs + cpuMs }
    }
  }
  return sums
}

/** What was spent between two readings. */
export function costsBetween(before: ModelCosts, after: ModelCosts): ModelCosts {
  const zero = { runs: 0, cpuMs: 0 }
  const spent = Object.entries(after).map(([key, { runs, cpuMs }]) => {
    const earlier = before[key] ?? zero
    return [key, { runs: runs - earlier.runs, cpuMs: cpuMs - earlier.cpuMs }] as const
  })
  return Object.fromEntries(spent.filter(([, { runs }]) => runs > 0))
}

export function totalCpuMs(costs: ModelCosts): number {
  return Object.values(costs).reduce((sum, { cpuMs }) => sum + cpuMs, 0)
}

/** Models run in worker threads only; the main thread need not load the runtime for this. */
function measure(folder: string): void {
  const require = createRequire(import.meta.url)
  const { binding } = require('onnxruntime-node/dist/binding.js') as {
    binding: { InferenceSession: Session }
  }
  const costs: Record<string, { runs: number; cpuMs: number }> = {}
  binding.InferenceSession = class extends binding.InferenceSession {
    override run(feeds: Feeds, ...rest: unknown[]): unknown {
      const before = process.threadCpuUsage()
      const results = super.run(feeds, ...rest)
      const { user, system } = process.threadCpuUsage(before)
      const [[name, { dims }]] = Object.entries(feeds)
      const key = `${name} ${dims[3]}×${dims[2]}`
      costs[key] ??= { runs: 0, cpuMs: 0 }
      costs[key].runs++
      costs[key].cpuMs += (user + system) / 1_000
      return results
    }
  }
  const file = join(folder, `${process.pid}-${threadId}.json`)
  const write = () => {
    writeFileSync(`${file}.part`, JSON.stringify(costs))
    renameSync(`${file}.part`, file)
  }
  setInterval(write, everyMs).unref()
}

const folder = process.env[clockFolder]
if (folder && !isMainThread) measure(folder)
