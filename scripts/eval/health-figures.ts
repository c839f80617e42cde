/** What camera health says of clips with and without planted faults. */

import type { Luma } from '../../src/domain/luma.ts'
import type { ViewFault } from '../../src/domain/view.ts'
import { View } from '../../src/health/view.ts'
import { healthyS, type Planted } from './planted-faults.ts'

export interface Alarm {
  readonly fault: ViewFault
  /** Seconds from the beginning of the clip. */
  readonly atS: number
}

export interface Outcome {
  readonly clip: string
  readonly planted: string
  /** What was to be found; absent where nothing is wrong. */
  readonly fault?: ViewFault
  /** Seconds from the fault until it was found; absent where it was not. */
  readonly afterS?: number
  /** What was said beside it, or too early. */
  readonly falseAlarms: readonly Alarm[]
}

/** A fault is to be found within so many seconds. */
export const limitS = 10

/** Limits were last chosen by the other half of the clips (they were first set by all of them). */
const heldOut = ['frigate_ir_motion_1', 'car-detection', 'person-bicycle', 'mot16', 'pets09', 'tud']

/** The first time that each fault is found, in pictures of which there is one each second. */
export function alarmsIn(pictures: readonly Luma[]): Alarm[] {
  const view = new View()
  const alarms = new Map<ViewFault, number>()
  for (const [atS, luma] of pictures.entries()) {
    view.see(luma, atS * 1_000)
    for (const fault of view.faults) if (!alarms.has(fault)) alarms.set(fault, atS)
  }
  return [...alarms].map(([fault, atS]) => ({ fault, atS }))
}

export function outcome(clip: string, { name, fault }: Planted, alarms: readonly Alarm[]): Outcome {
  const found = alarms.find((alarm) => alarm.fault === fault && alarm.atS >= healthyS)
  const falseAlarms = alarms.filter((alarm) => alarm !== found)
  return { clip, planted: name, fault, ...(found && { afterS: found.atS - healthyS }), falseAlarms }
}

export interface Summary {
  readonly planted: string
  /** Absent where nothing is wrong. */
  readonly fault?: ViewFault
  readonly chosen: Half
  readonly heldOut: Half
  /** Of those found, seconds. */
  readonly medianS?: number
  readonly slowestS?: number
}

export interface Half {
  readonly clips: number
  /** Within `limitS`. */
  readonly found: number
  readonly falseAlarms: number
}

export function summaries(outcomes: readonly Outcome[]): Summary[] {
  return [...Map.groupBy(outcomes, ({ planted }) => planted)].map(([planted, all]) => {
    const delays = all.flatMap(({ afterS }) => afterS ?? []).sort((a, b) => a - b)
    const times = delays.length > 0 ? { medianS: delays[delays.length >> 1], slowestS: delays.at(-1) } : {}
    const [held, chosen] = [true, false].map((held) =>
      half(all.filter(({ clip }) => isHeldOut(clip) === held)),
    )
    return { planted, fault: all[0].fault, chosen, heldOut: held, ...times }
  })
}

export function isHeldOut(clip: string): boolean {
  return heldOut.some((part) => clip.includes(part))
}

function half(outcomes: readonly Outcome[]): Half {
  const found = outcomes.filter(({ afterS }) => afterS !== undefined && afterS <= limitS)
  const falseAlarms = outcomes.reduce((sum, one) => sum + one.falseAlarms.length, 0)
  return { clips: outcomes.length, found: found.length, falseAlarms }
}
