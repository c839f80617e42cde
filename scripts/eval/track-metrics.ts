/**
 * How well things are followed, from plain boxes with ids.
 *
 * MOTA: K. Bernardin, R. Stiefelhagen, "Evaluating Multiple Object Tracking Performance: The CLEAR MOT Metrics", 2008.
 * IDF1: E. Ristani et al., "Performance Measures and a Data Set for Multi-Target, Multi-Camera Tracking", 2016. Both
 * take boxes for the same from IoU 0.5 on.
 */
import { type Box, iou } from '../../src/domain/geometry.ts'
import { assign } from '../../src/track/assignment.ts'
import { type Hota, hota } from './hota.ts'
import { idsOf, type Placed, type TrackedFrame } from './tracked-frame.ts'

export interface Clear {
  readonly mota: number
  readonly misses: number
  readonly falseBoxes: number
  /** A thing goes on under another id than its last one. */
  readonly switches: number
}

export interface TrackScores extends Hota, Clear {
  readonly idf1: number
}

const leastIou = 0.5

/** There has to be something to find. */
export function trackScores(frames: readonly TrackedFrame[]): TrackScores {
  return { ...hota(frames), ...clear(frames), idf1: idf1(frames) }
}

export function clear(frames: readonly TrackedFrame[]): Clear {
  const holder = new Map<number, number>()
  let [all, misses, falseBoxes, switches] = [0, 0, 0, 0]
  for (const { truths, found } of frames) {
    // A pair of the frame before stays a pair for as long as it overlaps enough.
    const gain = (row: number, column: number) => {
      const shared = iou(truths[row].box, found[column].box)
      if (shared < leastIou) return 0
      return shared + (holder.get(truths[row].id) === found[column].id ? 1_000 : 1)
    }
    const columnOf = assign(truths.length, found.length, (row, column) => -gain(row, column))
    const pairs = [...columnOf.entries()].filter(([row, column]) => column !== -1 && gain(row, column) > 0)
    for (const [row, column] of pairs) {
      const before = holder.get(truths[row].id)
      if (before !== undefined && before !== found[column].id) switches++
      holder.set(truths[row].id, found[column].id)
    }
    all += truths.length
    misses += truths.length - pairs.length
    falseBoxes += found.length - pairs.length
  }
  return { mota: 1 - (misses + falseBoxes + switches) / all, misses, falseBoxes, switches }
}

/** The share of boxes that agree under the one-to-one naming of ids under which most agree. */
export function idf1(frames: readonly TrackedFrame[]): number {
  const trueIds = idsOf(frames.map(({ truths }) => truths))
  const foundIds = idsOf(frames.map(({ found }) => found))
  const together = new Float64Array(trueIds.size * foundIds.size)
  for (const { truths, found } of frames) {
    for (const truth of truths) {
      for (const guess of found) {
        if (iou(truth.box, guess.box) < leastIou) continue
        together[trueIds.get(truth.id)! * foundIds.size + foundIds.get(guess.id)!]++
      }
    }
  }
  const agree = (row: number, column: number) => together[row * foundIds.size + column]
  const columnOf = assign(trueIds.size, foundIds.size, (row, column) => -agree(row, column))
  const agreed = columnOf.reduce((sum, column, row) => sum + (column === -1 ? 0 : agree(row, column)), 0)
  const boxes = frames.reduce((sum, { truths, found }) => sum + truths.length + found.length, 0)
  return (2 * agreed) / boxes
}

/** Without what was found where something is to be ignored; a truth that counts has the first claim. */
export function withoutIgnored(
  found: readonly Placed[],
  truths: readonly Placed[],
  ignored: readonly Box[],
): readonly Placed[] {
  if (ignored.length === 0) return found
  const boxes = [...truths.map(({ box }) => box), ...ignored]
  const gain = (row: number, column: number) => {
    const shared = iou(found[row].box, boxes[column])
    if (shared < leastIou) return 0
    return shared + (column < truths.length ? 1 : 0)
  }
  const columnOf = assign(found.length, boxes.length, (row, column) => -gain(row, column))
  return found.filter((_, row) => columnOf[row] < truths.length || gain(row, columnOf[row]) === 0)
}
