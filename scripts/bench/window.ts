/** A stretch of time in which process trees are observed: processor seconds between its ends, memory in between. */
import { setTimeout as delay } from 'node:timers/promises'
import type { Material } from './material.ts'
import type { ProcessTree } from './process-tree.ts'

const sampleEveryMs = 5_000

export interface Observation {
  /** Epoch ms. */
  readonly from: number
  readonly to: number
  readonly cpuSeconds: number
  /** Of all trees together, each some seconds; the last is the median of nothing less than one. */
  readonly pssBytes: readonly number[]
}

/** Watches the trees for so many seconds. */
export async function observe(trees: readonly ProcessTree[], seconds: number): Promise<Observation> {
  const cpu = () => trees.reduce((sum, tree) => sum + tree.cpuSeconds(), 0)
  const [from, before] = [Date.now(), cpu()]
  const until = from + seconds * 1_000
  const pssBytes: number[] = []
  do {
    await delay(Math.min(sampleEveryMs, Math.max(0, until - Date.now())))
    pssBytes.push(trees.reduce((sum, tree) => sum + tree.pssBytes(), 0))
  } while (Date.now() < until)
  return { from, to: Date.now(), cpuSeconds: cpu() - before, pssBytes }
}

/**
 * The shortest time of at least so many seconds in which cameras that are spread evenly over the loop show each part of it
 * equally often: otherwise a short window would meet more or fewer visits than their share.
 */
export function evenSeconds(
  seconds: number,
  cameras: number,
  { seconds: loop }: Pick<Material, 'seconds'>,
): number {
  const step = loop / cameras
  return Math.ceil(seconds / step) * step
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

/** The value below which this share of them lies (nearest rank); undefined where there are none. */
export function percentile(values: readonly number[], share: number): number | undefined {
  return values.toSorted((a, b) => a - b)[Math.max(0, Math.ceil(share * values.length) - 1)]
}
