/**
 * HOTA: J. Luiten et al., "HOTA: A Higher Order Metric for Evaluating Multi-Object Tracking", IJCV 2021; with the pairs
 * chosen as the authors' TrackEval does, once for all thresholds.
 */
import { iou } from '../../src/domain/geometry.ts'
import { assign } from '../../src/track/assignment.ts'
import { idsOf, type TrackedFrame } from './tracked-frame.ts'

export interface Hota {
  /** Geometric mean of the next two at each threshold, mean over the thresholds. */
  readonly hota: number
  /** Share of the boxes, true and found, that are pairs. */
  readonly detA: number
  /** Of the frames in which the two ids of a pair are, the share in which they are a pair; mean over the pairs. */
  readonly assA: number
}

/** IoU 0.05, 0.1 … 0.95. */
const thresholds = Array.from({ length: 19 }, (_, i) => (i + 1) / 20)
/** A half is a half, however it was computed. */
const tiny = 1e-9

interface Pair {
  /** Numbers of the ids. */
  readonly truth: number
  readonly guess: number
  readonly iou: number
}

export function hota(frames: readonly TrackedFrame[]): Hota {
  const tables = new Ids(frames)
  const pairs = frames.flatMap((frame) => tables.pairsOf(frame))
  const boxes = frames.reduce((sum, { truths, found }) => sum + truths.length + found.length, 0)
  const at = thresholds.map((threshold) => {
    const right = pairs.filter((pair) => pair.iou >= threshold - tiny)
    const detA = right.length / (boxes - right.length)
    return { detA, assA: tables.association(right) }
  })
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length
  return {
    hota: mean(at.map(({ detA, assA }) => Math.sqrt(detA * assA))),
    detA: mean(at.map(({ detA }) => detA)),
    assA: mean(at.map(({ assA }) => assA)),
  }
}

/** How long each id is there, and how well two of them fit over the whole clip. */
class Ids {
  readonly #truths: ReadonlyMap<number, number>
  readonly #found: ReadonlyMap<number, number>
  readonly #truthFrames: Float64Array
  readonly #foundFrames: Float64Array
  /** Overlap of two ids over the whole clip, as a share of what either has. */
  readonly #alignment: Float64Array

  constructor(frames: readonly TrackedFrame[]) {
    this.#truths = idsOf(frames.map(({ truths }) => truths))
    this.#found = idsOf(frames.map(({ found }) => found))
    this.#truthFrames = new Float64Array(this.#truths.size)
    this.#foundFrames = new Float64Array(this.#found.size)
    const shared = new Float64Array(this.#truths.size * this.#found.size)
    for (const frame of frames) this.#add(frame, shared)
    this.#alignment = shared.map((sum, at) => {
      const [truth, guess] = [Math.floor(at / this.#found.size), at % this.#found.size]
      return sum / (this.#truthFrames[truth] + this.#foundFrames[guess] - sum)
    })
  }

  #add({ truths, found }: TrackedFrame, shared: Float64Array): void {
    for (const { id } of truths) this.#truthFrames[this.#truths.get(id)!]++
    for (const { id } of found) this.#foundFrames[this.#found.get(id)!]++
    const overlaps = truths.map((truth) => found.map((guess) => iou(truth.box, guess.box)))
    const ofTruth = overlaps.map((row) => row.reduce((sum, one) => sum + one, 0))
    const ofGuess = found.map((_, column) => overlaps.reduce((sum, row) => sum + row[column], 0))
    truths.forEach((truth, row) => {
      found.forEach((guess, column) => {
        const overlap = overlaps[row][column]
        // A box that overlaps with several others belongs to none of them wholly.
        if (overlap > 0)
          shared[this.#at(truth.id, guess.id)] += overlap / (ofTruth[row] + ofGuess[column] - overlap)
      })
    })
  }

  /** Those that fit best in the frame, where ids that fit in the whole clip fit better. */
  pairsOf({ truths, found }: TrackedFrame): Pair[] {
    const overlap = (row: number, column: number) => iou(truths[row].box, found[column].box)
    const gain = (row: number, column: number) =>
      this.#alignment[this.#at(truths[row].id, found[column].id)] * overlap(row, column)
    const columnOf = assign(truths.length, found.length, (row, column) => -gain(row, column))
    return truths.flatMap(({ id }, row) => {
      const column = columnOf[row]
      if (column === -1) return []
      const [truth, guess] = [this.#truths.get(id)!, this.#found.get(found[column].id)!]
      return [{ truth, guess, iou: overlap(row, column) }]
    })
  }

  association(pairs: readonly Pair[]): number {
    if (pairs.length === 0) return 0
    const together = new Float64Array(this.#alignment.length)
    for (const { truth, guess } of pairs) together[truth * this.#found.size + guess]++
    const sum = pairs.reduce((sum, { truth, guess }) => {
      const both = together[truth * this.#found.size + guess]
      return sum + both / (this.#truthFrames[truth] + this.#foundFrames[guess] - both)
    }, 0)
    return sum / pairs.length
  }

  #at(truthId: number, foundId: number): number {
    return this.#truths.get(truthId)! * this.#found.size + this.#found.get(foundId)!
  }
}
