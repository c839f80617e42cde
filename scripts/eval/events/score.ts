/** Alerts against what really happened: each truth is found by one alert at most, and each alert is right, wrong or neither. */
import { type Box, iou } from '../../../src/domain/geometry.ts'
import type { TruthEvent } from './truth.ts'

/** The beginning of an alert. */
export interface Told {
  readonly rule: string
  readonly timeMs: number
  /** Of what it is about; absent where it is about a number. */
  readonly box?: Box
  readonly direction?: 'left' | 'right'
}

/** Where somebody is annotated at that time; undefined where nowhere. */
export interface Whereabouts {
  at(who: number, timeMs: number): Box | undefined
  /** What is neither right nor wrong to be found. */
  ignored(timeMs: number): readonly Box[]
}

export interface Score {
  /** Sure truths, and how many of them were told. */
  readonly truths: number
  readonly found: number
  /** Alerts that tell of nothing that happened, or of something told already. */
  readonly wrong: number
  /** Alerts of what was not sure: they count nowhere. */
  readonly neither: number
  /** From when it came true to the alert, of those found, ms. */
  readonly delaysMs: readonly number[]
}

/** An alert may come this much before the annotation says it came true, and after it says it was over, ms. */
export const earlyMs = 500
export const lateMs = 2_000
/** From this overlap on a box is that person's. */
const sameFrom = 0.3

export function score(
  truths: readonly TruthEvent[],
  alerts: readonly Told[],
  { at, ignored }: Whereabouts,
): Score {
  const open = new Set(truths)
  const delaysMs: number[] = []
  let [wrong, neither] = [0, 0]
  for (const alert of [...alerts].sort((a, b) => a.timeMs - b.timeMs)) {
    const truth = best([...open], alert, at)
    if (truth) open.delete(truth)
    if (truth?.sure) delaysMs.push(alert.timeMs - truth.fromMs)
    else if (truth || isIgnored(alert, ignored)) neither++
    else wrong++
  }
  const sure = truths.filter((one) => one.sure)
  return { truths: sure.length, found: delaysMs.length, wrong, neither, delaysMs }
}

/** Whoever lies best under the alert's box; of one person's what is sure first. */
function best(truths: readonly TruthEvent[], alert: Told, at: Whereabouts['at']): TruthEvent | undefined {
  const { rule, timeMs, box, direction } = alert
  const fitting = truths
    .filter((one) => one.rule === rule && (!one.direction || !direction || one.direction === direction))
    .filter(
      ({ fromMs, earliestMs = fromMs, untilMs }) =>
        timeMs >= earliestMs - earlyMs && timeMs <= untilMs + lateMs,
    )
    .map((truth) => ({ truth, overlap: overlapOf(truth, box, timeMs, at) }))
    .filter(({ overlap }) => overlap >= sameFrom)
  fitting.sort((a, b) => b.overlap - a.overlap || Number(b.truth.sure) - Number(a.truth.sure))
  return fitting[0]?.truth
}

function overlapOf({ who }: TruthEvent, box: Box | undefined, timeMs: number, at: Whereabouts['at']): number {
  if (who === undefined || !box) return 1
  const there = at(who, timeMs)
  return there ? iou(there, box) : 0
}

function isIgnored({ box, timeMs }: Told, ignored: Whereabouts['ignored']): boolean {
  return box !== undefined && ignored(timeMs).some((one) => iou(one, box) >= sameFrom)
}

export function sum(scores: readonly Score[]): Score {
  const total = (key: 'truths' | 'found' | 'wrong' | 'neither') =>
    scores.reduce((all, one) => all + one[key], 0)
  return {
    ...{ truths: total('truths'), found: total('found'), wrong: total('wrong'), neither: total('neither') },
    delaysMs: scores.flatMap(({ delaysMs }) => delaysMs),
  }
}

/** Null where there is nothing to divide by. */
export interface Rates {
  readonly truths: number
  readonly found: number
  readonly wrong: number
  readonly neither: number
  readonly precision: number | null
  readonly recall: number | null
  readonly medianDelayMs: number | null
}

export function ratesOf({ truths, found, wrong, neither, delaysMs }: Score): Rates {
  const delays = [...delaysMs].sort((a, b) => a - b)
  return {
    ...{ truths, found, wrong, neither },
    precision: found + wrong > 0 ? found / (found + wrong) : null,
    recall: truths > 0 ? found / truths : null,
    medianDelayMs: delays.length > 0 ? delays[delays.length >> 1] : null,
  }
}
