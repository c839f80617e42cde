/** Is it always the same picture? A camera has noise: where it had some everywhere and has none any more, it is frozen. */
import type { Luma } from '../domain/luma.ts'
import { cellSide } from './texture.ts'

/** Each second line says what all say, at half the cost. */
const lineStep = 2
/** A pixel that differs by less has not changed. */
const changed = 2
/** A picture is the same as the one before where so few of its cells changed, and their mean difference is so small, grey levels. */
const same = { share: 0.05, difference: 0.015 }
/** The newest pictures that are judged together, ms. */
const windowMs = 4_000
/** Each key picture is a little different even of a frozen picture, until its coding has settled; so many of the others are the same. */
const sameShare = 0.5
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
}

export class Stillness {
  readonly #before: Uint8Array
  readonly #columns: number
  /** Cells that changed in the picture, and that ever did. */
  readonly #now: Uint8Array
  readonly #ever: Uint8Array
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
      ({ share, difference }) => share <= same.share && difference <= same.difference,
    ).length
    const quiet = this.#pairs.every(({ difference }) => difference <= this.#leastDifference)
    return quiet && count >= leastPairs && alike >= sameShare * count
  }

  /** Only now is it known that it was no part of a stillness. */
  #leave({ difference }: Pair, still: boolean): void {
    if (still) return
    this.#leastDifference = Math.min(difference, this.#leastDifference * rise)
  }

  #endStill(timeMs: number): void {
    if (this.#sinceMs === undefined) return
    this.#longestMs = Math.max(this.#longestMs, Math.min(mostMs, timeMs - this.#sinceMs))
    this.#sinceMs = undefined
  }

  #compare({ width, height, pixels }: Luma): { share: number; difference: number } {
    const [before, now] = [this.#before, this.#now]
    now.fill(0)
    let sum = 0
    for (let y = 0; y < height; y += lineStep) {
      const row = Math.floor(y / cellSide) * this.#columns
      for (let at = y * width, x = 0; x < width; x++, at++) {
        const difference = Math.abs(pixels[at] - before[at])
        sum += difference
        if (difference >= changed) now[row + (x >> 4)] = 1
      }
    }
    before.set(pixels)
    let cells = 0
    for (let cell = 0; cell < now.length; cell++) {
      if (!now[cell]) continue
      cells++
      this.#ever[cell] = 1
    }
    return { share: cells / now.length, difference: (sum * lineStep) / pixels.length }
  }

  #liveliness(): number {
    return this.#ever.reduce((sum, one) => sum + one, 0) / this.#ever.length
  }
}
