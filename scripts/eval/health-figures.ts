/** What camera health says of clips with and without planted faults. */
import type { ViewFault } from '../../src/domain/view.ts'
import { View } from '../../src/health/view.ts'
import type { Picture } from './health-pictures.ts'
import { healthyS, type Planted } from './planted-faults.ts'

export interface Alarm {
  readonly fault: ViewFault
  /** Seconds from the beginning of the clip. */
  readonly atS: number
}

export interface Outcome {
  readonly clip: string
  readonly planted: string
  /** Seconds from the fault until it was found; absent where it was not. */
  readonly afterS?: number
  /** What was said beside it, or too early. */
  readonly falseAlarms: readonly Alarm[]
}

/** The first time that each fault is found. */
export async function alarmsIn(pictures: AsyncIterable<Picture>): Promise<Alarm[]> {
  const view = new View()
  const alarms = new Map<ViewFault, number>()
  for await (const { luma, timeMs } of pictures) {
    view.see(luma, timeMs)
    for (const fault of view.faults) if (!alarms.has(fault)) alarms.set(fault, timeMs / 1_000)
  }
  return [...alarms].map(([fault, atS]) => ({ fault, atS }))
}

export function outcome(clip: string, { name, fault }: Planted, alarms: readonly Alarm[]): Outcome {
  const found = alarms.find((alarm) => alarm.fault === fault && alarm.atS >= healthyS)
  const falseAlarms = alarms.filter((alarm) => alarm !== found)
  return { clip, planted: name, ...(found && { afterS: found.atS - healthyS }), falseAlarms }
}

export interface Summary {
  readonly planted: string
  readonly clips: number
  readonly found: number
  /** Of those found, seconds. */
  readonly medianS?: number
  readonly slowestS?: number
  readonly falseAlarms: number
}

export function summaries(outcomes: readonly Outcome[]): Summary[] {
  return [...Map.groupBy(outcomes, ({ planted }) => planted)].map(([planted, all]) => {
    const delays = all.flatMap(({ afterS }) => afterS ?? []).sort((a, b) => a - b)
    const falseAlarms = all.reduce((sum, one) => sum + one.falseAlarms.length, 0)
    const times = delays.length > 0 ? { medianS: delays[delays.length >> 1], slowestS: delays.at(-1) } : {}
    return { planted, clips: all.length, found: delays.length, ...times, falseAlarms }
  })
}
