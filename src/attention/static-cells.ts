/** What each cell of a view has looked like for how long, where it differs from the long-term background. */
import type { Box } from '../domain/geometry.ts'
import type { Luma } from '../domain/luma.ts'
import { type Background, cellSide } from './background.ts'
import type { Covers } from './covers.ts'

/** So much quiet makes a cell known, ms; before that what holds still in it is background: nobody knows what came first. */
const knownMs = 10_000
const learnsAfterMs = 2_500
/** Grey levels by which the mean of a cell that holds still trembles. */
const tremble = 4
/** No more patience than this is gathered, ms: what hides a thing for so long makes it be forgotten. */
export const mostHeldMs = 30_000
/** A cell that is as it was before loses patience so many times faster. */
const backAgain = 4
/** From this share of its box on that is as the background is, what stands there was always there. */
const rootedShare = 0.75

const [inBackground, inPicture] = [1, 2]

export class StaticCells {
  /** Per cell: for how long it has differed and held still, ms. */
  readonly heldMs: Uint16Array
  readonly #columns: number
  readonly #rows: number
  readonly #look: Uint8Array
  readonly #quietMs: Uint16Array
  /** Per cell: is something that is (or was) followed what the background shows there, or what the picture shows? */
  readonly #theirs: Uint8Array
  readonly #passed: Uint8Array
  readonly #stood: Uint8Array

  constructor(columns: number, rows: number) {
    this.#columns = columns
    this.#rows = rows
    const cells = columns * rows
    this.heldMs = new Uint16Array(cells)
    this.#look = new Uint8Array(cells)
    this.#quietMs = new Uint16Array(cells)
    this.#theirs = new Uint8Array(cells)
    this.#passed = new Uint8Array(cells)
    this.#stood = new Uint8Array(cells)
  }

  /** Nothing is known of the view. */
  forget(): void {
    for (const one of [this.heldMs, this.#quietMs, this.#theirs]) one.fill(0)
  }

  /** Does the background show something there that is followed, or was? */
  isRooted(cell: number): boolean {
    return (this.#theirs[cell] & inBackground) > 0
  }

  /** The picture is the background there from now on. */
  absorb(background: Background, pixels: Uint8Array, cell: number): void {
    background.absorb(pixels, cell)
    this.heldMs[cell] = 0
    this.#theirs[cell] = 0
  }

  /** One look at the view, after the background's. */
  step({ pixels, width, height }: Luma, background: Background, covers: Covers, elapsedMs: number): void {
    this.#cover(background, covers)
    const { changed } = background
    for (let cell = 0; cell < changed.length; cell++) {
      if (changed[cell] === 0) {
        this.#rest(cell, elapsedMs)
        continue
      }
      const look = meanOf(pixels, width, height, cell, this.#columns)
      const before = this.#look[cell]
      // Not all that lies there follows the light.
      const off = Math.min(Math.abs(look - background.underLight(before)), Math.abs(look - before))
      const isAlike = off <= tremble
      this.#hold(cell, look, isAlike, elapsedMs)
      const isNew = this.#quietMs[cell] < knownMs && this.heldMs[cell] >= learnsAfterMs
      if (isNew) this.absorb(background, pixels, cell)
    }
  }

  #cover({ changed }: Background, covers: Covers): void {
    for (const box of covers.takeLeft()) this.#each(box, (cell) => (this.#theirs[cell] &= ~inPicture))
    this.#passed.fill(0)
    this.#stood.fill(0)
    for (const box of covers.passing) this.#each(box, (cell) => (this.#passed[cell] = 1))
    for (const { own, box, isParked } of covers.standing) {
      let [all, same] = [0, 0]
      this.#each(own, (cell) => {
        all++
        if (changed[cell] === 0) same++
      })
      const isRooted = same >= rootedShare * all
      this.#each(box, (cell) => {
        if (isParked) this.#stood[cell] = 1
        else this.#passed[cell] = 1
        if (isRooted) this.#theirs[cell] |= inBackground
      })
    }
  }

  /** As it was before. */
  #rest(cell: number, elapsedMs: number): void {
    this.#quietMs[cell] = Math.min(knownMs, this.#quietMs[cell] + elapsedMs)
    this.heldMs[cell] = Math.max(0, this.heldMs[cell] - backAgain * elapsedMs)
    this.#theirs[cell] &= ~inPicture
  }

  #hold(cell: number, look: number, isAlike: boolean, elapsedMs: number): void {
    if (this.#stood[cell]) {
      this.#theirs[cell] |= inPicture
      this.#look[cell] = look
      this.heldMs[cell] = 0
      return
    }
    if (this.#passed[cell]) return
    if (this.#theirs[cell] & inPicture) {
      // What parked there is followed no more and still there.
      if (isAlike) return
      this.#theirs[cell] &= ~inPicture
    }
    const held = this.heldMs[cell] + (isAlike ? elapsedMs : -elapsedMs)
    this.heldMs[cell] = Math.min(mostHeldMs, Math.max(0, held))
    if (isAlike || held <= 0) this.#look[cell] = look
  }

  #each({ x1, y1, x2, y2 }: Box, act: (cell: number) => void): void {
    const [columns, rows] = [this.#columns, this.#rows]
    const right = Math.min(columns, Math.ceil(x2 * columns))
    for (let row = Math.max(0, Math.floor(y1 * rows)); row < Math.min(rows, Math.ceil(y2 * rows)); row++) {
      for (let column = Math.max(0, Math.floor(x1 * columns)); column < right; column++)
        act(row * columns + column)
    }
  }
}

function meanOf(pixels: Uint8Array, width: number, height: number, cell: number, columns: number): number {
  const left = (cell % columns) * cellSide
  const top = Math.floor(cell / columns) * cellSide
  const right = Math.min(width, left + cellSide)
  const bottom = Math.min(height, top + cellSide)
  let sum = 0
  for (let y = top; y < bottom; y++) {
    for (let at = y * width + left; at < y * width + right; at++) sum += pixels[at]
  }
  return Math.round(sum / ((right - left) * (bottom - top)))
}
