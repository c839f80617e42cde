/** CLEAR MOT (Bernardin and Stiefelhagen 2008) and identity scores (Ristani et al. 2016), matched at IoU 0.5. */
import { type Box, iou } from '../../src/domain/geometry.ts'
import { assign } from '../../src/track/assignment.ts'

/** One thing in one frame. */
export interface Placed {
  readonly id: number
  readonly box: Box
}

export interface MotScores {
  readonly mota: number
  readonly idf1: number
  readonly misses: number
  readonly falseBoxes: number
  readonly switches: number
  readonly truths: number
}

const leastIou = 0.5

/** Scores found boxes against true ones, frame by frame. */
export function motScores(
  truth: readonly (readonly Placed[])[],
  found: readonly (readonly Placed[])[],
): MotScores {
  const holder = new Map<number, number>()
  const together = new Map<string, number>()
  let misses = 0
  let falseBoxes = 0
  let switches = 0
  truth.forEach((truths, frame) => {
    const guesses = found[frame]
    const overlaps = truths.map((t) => guesses.map((g) => iou(t.box, g.box)))
    truths.forEach((t, row) => {
      guesses.forEach((g, column) => {
        const key = `${t.id} ${g.id}`
        if (overlaps[row][column] >= leastIou) together.set(key, (together.get(key) ?? 0) + 1)
      })
    })
    // A pair of the frame before stays a pair for as long as it overlaps enough.
    const gain = (row: number, column: number) => {
      if (overlaps[row][column] < leastIou) return 0
      return overlaps[row][column] + (holder.get(truths[row].id) === guesses[column].id ? 1_000 : 1)
    }
    const columnOf = assign(truths.length, guesses.length, (row, column) => -gain(row, column))
    let matched = 0
    truths.forEach((t, row) => {
      const column = columnOf[row]
      if (column === -1 || gain(row, column) === 0) return
      matched++
      const before = holder.get(t.id)
      if (before !== undefined && before !== guesses[column].id) switches++
      holder.set(t.id, guesses[column].id)
    })
    misses += truths.length - matched
    falseBoxes += guesses.length - matched
  })
  const truths = truth.reduce((sum, frame) => sum + frame.length, 0)
  const guesses = found.reduce((sum, frame) => sum + frame.length, 0)
  const idf1 = (2 * identityMatches(truth, found, together)) / (truths + guesses)
  return { mota: 1 - (misses + falseBoxes + switches) / truths, idf1, misses, falseBoxes, switches, truths }
}

/** Boxes that agree under the one-to-one naming of tracks that makes most agree. */
function identityMatches(
  truth: readonly (readonly Placed[])[],
  found: readonly (readonly Placed[])[],
  together: ReadonlyMap<string, number>,
): number {
  const ids = (frames: readonly (readonly Placed[])[]) => [...new Set(frames.flat().map(({ id }) => id))]
  const trueIds = ids(truth)
  const foundIds = ids(found)
  const frames = (row: number, column: number) => together.get(`${trueIds[row]} ${foundIds[column]}`) ?? 0
  const columnOf = assign(trueIds.length, foundIds.length, (row, column) => -frames(row, column))
  return trueIds.reduce((sum, _, row) => sum + (columnOf[row] === -1 ? 0 : frames(row, columnOf[row])), 0)
}
