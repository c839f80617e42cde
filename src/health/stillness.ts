/**
 * Is it always the same picture? A camera has noise: where it had some everywhere and has none any more, it is frozen. Where strong
 * coding leaves no noise, there may be a clock written into the picture, and it stands still.
 */
import type { Luma } from '../domain/luma.ts'
import { cellSide } from './texture.ts'

/** A pixel that differs by less has not changed. A power of two, like the next: bits tell whether any pixel of a cell reaches it. */
const changed = 2
/** A picture is the same as the one before where so few of its cells changed, and their mean difference is so small, grey levels. */
const same = { share: 0.05, difference: 0.015 }
/** Coding a frozen picture anew changes none of its pixels by more than 15; a digit of a written clock by 20 and more. */
const strong = 16
/** A cell ticks where it changed that much in so many of the pictures, of the last minute or so. */
const tickingShare = 0.9
const tickMemory = 60
/** No clock covers more of the picture: a street on which cars always pass is none. */
const clockShare = 0.05
/** The newest pictures that are judged together, ms. */
const windowMs = 4_000
/**
 * Each key picture is a little different even of a frozen picture, until its coding has settled; so many of the others are the same. A
 * clock that stands still says more than they do.
 */
const sameShare = { otherwise: 0.5, clockStands: 0.25 }
const leastPairs = 3
/** Where it was as still before and came back, it is waited so many times as long, but for no more than this, ms. */
const longer = 3
const mostMs = 60_000
/** So many pictures are compared before anything is said: a camera that is still among them is so by nature. */
const learning = 30
/** Changes came from all over the picture: what walks through a drawn one touches less of it. */
const livelyShare = 0.4
/** By this share what is least is forgotten with each picture. */
const rise = 1.001

interface Pair {
  readonly timeMs: number
  /** Cells that changed. */
  readonly share: number
  /** Mean of all pixels, grey levels. */
  readonly difference: number
  /** Cells that changed strongly. */
  readonly strong: readonly number[]
}

export class Stillness {
  readonly #before: Uint8Array
  readonly #columns: number
  /** Of each cell: the bits of all by which its pixels changed, in the newest picture and ever. */
  readonly #now: Uint8Array
  readonly #ever: Uint8Array
  /** Of each cell: in which share of the pictures it changed strongly, and of how many pictures that is known. */
  readonly #ticking: Float32Array
  #ticks = 0
  #pairs: Pair[] = []
  /** There is nothing to compare the next picture with. */
  #isFirst = true
  #pictures = 0
  #sinceMs: number | undefined
  #longestMs = 0
  /** Of pictures that were not still. */
  #leastDifference = 255

  constructor({ width, height }: Luma) {
    this.#before = new Uint8Array(width * height)
    this.#columns = Math.ceil(width / cellSide)
    this.#now = new Uint8Array(this.#columns * Math.ceil(height / cellSide))
    this.#ever = new Uint8Array(this.#now.length)
    this.#ticking = new Float32Array(this.#now.length)
  }

  /** The stream's time jumped. */
  jump(): void {
    this.#isFirst = true
    this.#pairs = []
    this.#sinceMs = undefined
  }

  /** Compares with the picture before. Is it frozen? */
  see(luma: Luma, timeMs: number): boolean {
    if (this.#isFirst) {
      this.#isFirst = false
      this.#before.set(luma.pixels)
      return false
    }
    this.#pictures++
    this.#pairs.push({ timeMs, ...this.#compare(luma) })
    const still = this.#isStill()
    while (this.#pairs.length > leastPairs && timeMs - this.#pairs[0].timeMs >= windowMs)
      this.#leave(this.#pairs.shift() as Pair, still)
    if (!still) {
      this.#endStill(timeMs)
      return false
    }
    this.#sinceMs ??= timeMs
    if (this.#pictures < learning) this.#longestMs = mostMs
    return this.#liveliness() >= livelyShare && timeMs - this.#sinceMs >= longer * this.#longestMs
  }

  #isStill(): boolean {
    const count = this.#pairs.length
    const alike = this.#pairs.filter(
      ({ share, difference, strong }) =>
        strong.length === 0 && share <= same.share && difference <= same.difference,
    ).length
    if (count < leastPairs) return false
    const ticking = this.#ticking.reduce((cells, share) => cells + (share >= tickingShare ? 1 : 0), 0)
    const ticks = ticking > 0 && ticking <= clockShare * this.#ticking.length
    const quiet = ticks
      ? this.#pairs.every(({ strong }) => strong.length === 0)
      : this.#pairs.every(({ difference }) => difference <= this.#leastDifference)
    return quiet && alike >= count * (ticks ? sameShare.clockStands : sameShare.otherwise)
  }

  /** Only now is it known that it was no part of a stillness. */
  #leave({ difference, strong }: Pair, still: boolean): void {
    if (still) return
    this.#leastDifference = Math.min(difference, this.#leastDifference * rise)
    this.#ticks = Math.min(tickMemory, this.#ticks + 1)
    const ticking = this.#ticking
    for (let cell = 0; cell < ticking.length; cell++) ticking[cell] -= ticking[cell] / this.#ticks
    for (const cell of strong) ticking[cell] += 1 / this.#ticks
  }

  #endStill(timeMs: number): void {
    if (this.#sinceMs === undefined) return
    this.#longestMs = Math.max(this.#longestMs, Math.min(mostMs, timeMs - this.#sinceMs))
    this.#sinceMs = undefined
  }

  #compare({ width, height, pixels }: Luma): Omit<Pair, 'timeMs'> {
    const [before, now] = [this.#before, this.#now]
    now.fill(0)
    let sum = 0
    for (let y = 0; y < height; y++) {
      const row = Math.floor(y / cellSide) * this.#columns
      const end = (y + 1) * width
      for (let column = 0, at = y * width; at < end; column++) {
        let bits = 0
        for (const stop = Math.min(at + cellSide, end); at < stop; at++) {
          const difference = Math.abs(pixels[at] - before[at])
          sum += difference
          bits |= difference
        }
        now[row + column] |= bits
      }
    }
    before.set(pixels)
    return { ...this.#note(), difference: sum / pixels.length }
  }

  /** Which cells changed. */
  #note(): Pick<Pair, 'share' | 'strong'> {
    const [now, ever] = [this.#now, this.#ever]
    const strongly: number[] = []
    let cells = 0
    for (let cell = 0; cell < now.length; cell++) {
      ever[cell] |= now[cell]
      if (now[cell] >= changed) cells++
      if (now[cell] >= strong) strongly.push(cell)
    }
    return { share: cells / now.length, strong: strongly }
  }

  #liveliness(): number {
    return this.#ever.reduce((cells, bits) => cells + (bits >= changed ? 1 : 0), 0) / this.#ever.length
  }
}
