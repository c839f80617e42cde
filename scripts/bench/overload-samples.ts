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

/** Frames of each camera per second that went through the models. */
export function rates(first: Sample, last: Sample): Record<string, number> {
  const seconds = (last.at - first.at) / 1_000
  const analysed = ({ cameras }: Sample, name: string) => cameras[name]?.[analysedMetric] ?? 0
  return Object.fromEntries(
    Object.keys(last.cameras).map((name) => [name, (analysed(last, name) - analysed(first, name)) / seconds]),
  )
}

/** All cameras together, frames per second that went through the models, by the gateway's own counter of them. */
export function analysedPerSecond(first: Sample, last: Sample): number {
  return perSecond(first, last, analysedMetric)
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
