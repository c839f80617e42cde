/** bench:overload: what is read of a gateway every few seconds, and what can be told from two such readings. */
import type { GatewayProcess } from './gateway-process.ts'
import { cameraPort, unreadBytes } from './overload-sockets.ts'
import type { PlayingCamera } from './sim-process.ts'

type Counters = Readonly<Record<string, number>>

export interface Sample {
  /** Epoch ms. */
  readonly at: number
  /** Sums over all cameras, by name of the metric. */
  readonly sums: Counters
  readonly cameras: Readonly<Record<string, Counters>>
  /** Of the gateway's whole process tree. */
  readonly pssBytes: number
  readonly processes: number
  /** From the cameras, in the kernel: not read by the gateway yet. */
  readonly unreadBytes: number
  /** How long the gateway took to tell its metrics. */
  readonly answeredMs: number
}

export async function takeSample(
  gateway: GatewayProcess,
  cameras: readonly PlayingCamera[],
): Promise<Sample> {
  const before = performance.now()
  const sums = await gateway.metrics()
  const answeredMs = performance.now() - before
  const perCamera = await gateway.cameraMetrics()
  return {
    at: Date.now(),
    sums,
    cameras: perCamera,
    pssBytes: gateway.tree.pssBytes(),
    processes: gateway.tree.size,
    unreadBytes: unreadBytes(cameraPort(cameras)),
    answeredMs,
  }
}

export const analysedMetric = 'skyeye_frames_analysed_total'

/**
 * Frames of each camera per second that went through the models. A gateway that counts them all together only tells what of each
 * camera was decoded, less what a newer frame replaced and what attention found nothing in: `uncounted` says how far off that is.
 */
export function rates(first: Sample, last: Sample): Record<string, number> {
  const seconds = (last.at - first.at) / 1_000
  const names = Object.keys(last.cameras)
  return Object.fromEntries(
    names.map((name) => [name, (analysed(last.cameras[name]) - analysed(first.cameras[name])) / seconds]),
  )
}

function analysed(counters: Counters = {}): number {
  const decoded = counters.skyeye_frames_total ?? 0
  const [replaced, quiet] = [counters.skyeye_frames_replaced_total, counters.skyeye_quiet_pictures_total]
  return counters[analysedMetric] ?? decoded - (replaced ?? 0) - (quiet ?? 0)
}

/** All cameras together, frames per second that went through the models, by the gateway's own counter of them. */
export function analysedPerSecond(first: Sample, last: Sample): number {
  return perSecond(first, last, analysedMetric)
}

/** How far the rates of the cameras miss the counter of all together, as a share of it. */
export function uncounted(first: Sample, last: Sample): number {
  const total = analysedPerSecond(first, last)
  const told = Object.values(rates(first, last)).reduce((sum, rate) => sum + rate, 0)
  return total > 0 ? Math.abs(told - total) / total : 0
}

export function perSecond(first: Sample, last: Sample, name: string): number {
  return ((last.sums[name] ?? 0) - (first.sums[name] ?? 0)) / ((last.at - first.at) / 1_000)
}

/** Counters of the gateway's own, as far as they grew. */
export function grown(first: Sample, last: Sample): Record<string, number> {
  const counters = Object.entries(last.sums).filter(([name]) => name.endsWith('_total'))
  const more = counters.map(([name, value]) => [name, value - (first.sums[name] ?? 0)] as const)
  return Object.fromEntries(more.filter(([, value]) => value !== 0))
}
