/**
 * What the view of one camera looks like when nothing moves, and which cells of a picture differ from it.
 *
 * A running mean per pixel in fixed point, a noise level per cell; what differs and then stays as it is becomes background
 * after a fixed time, at whatever rate the pictures come. Pixels are compared with their neighbourhood too, so that a view
 * that trembles by a pixel does not move.
 */
import type { Luma } from '../domain/luma.ts'
import { Light } from './light.ts'

/** Pixels of a cell's side. */
export const cellSide = 4

/** Fixed point of the mean: 1 grey level is 128. */
const fraction = 7
/** A pixel must differ by this many grey levels, and by `noiseFactor` times what its cell is used to. */
const leastDifference = 8
const noiseFactor = 3
/** Mean difference that a cell is taken to be used to at first, and the most that is believed, in 1/64 grey levels. */
const firstNoise = 2 * 64
const mostNoise = 12 * 64
/** A cell is changed when this many of its pixels are. */
const leastPixels = 2
/** What stays as it is for this long is background: a parked car, what a person put down, the hole that one left. */
const settleMs = 2_500
/** What differs and has stayed as it is for this long does not move (the hole that somebody left who had stood there). */
const restMs = 1_000
/** Time constants of the mean and of the noise. */
const meanMs = 4_000
const noiseMs = 10_000
/** Grey levels per second by which a quiet pixel's mean moves at most. */
const fastestDrift = 4
/** A gap in the pictures says no more than this about what happened in it. */
const longestStepMs = 10_000

export class Background {
  readonly columns: number
  readonly rows: number
  /** Per cell: pixels that differ, 0 where the cell did not change. */
  readonly changed: Uint8Array
  /** Per cell: sum of the differences of those pixels, grey levels. */
  readonly strength: Uint16Array
  /** Changed cells of the newest picture that have not come to rest. */
  stirring = 0
  readonly #width: number
  readonly #height: number
  readonly #mean: Uint16Array
  readonly #noise: Float32Array
  /** Per changed cell: for how long it has looked as it does, ms, and its mean then. */
  readonly #still: Uint16Array
  readonly #look: Uint8Array
  /** For how long this background has been learned from, ms, up to `noiseMs`. */
  #learnedMs = 0
  readonly #light = new Light()
  readonly #sampledBefore: Uint8Array
  readonly #sampledNow: Uint8Array
  readonly #settleMs: number

  /** @param settlesAfterMs what stays as it is for this long is background; Infinity: only what is absorbed */
  constructor({ width, height, pixels }: Luma, settlesAfterMs: number = settleMs) {
    this.#settleMs = settlesAfterMs
    this.#width = width
    this.#height = height
    this.columns = Math.ceil(width / cellSide)
    this.rows = Math.ceil(height / cellSide)
    const cells = this.columns * this.rows
    this.changed = new Uint8Array(cells)
    this.strength = new Uint16Array(cells)
    this.#mean = new Uint16Array(width * height)
    this.#noise = new Float32Array(cells)
    this.#still = new Uint16Array(cells)
    this.#look = new Uint8Array(cells)
    this.#sampledBefore = new Uint8Array(cells)
    this.#sampledNow = new Uint8Array(cells)
    this.adopt(pixels)
  }

  /** Is the picture of another size than this background? */
  fits({ width, height }: Luma): boolean {
    return width === this.#width && height === this.#height
  }

  /** Takes the picture as it is for the background: nothing moves in it. */
  adopt(pixels: Uint8Array): void {
    for (let i = 0; i < this.#mean.length; i++) this.#mean[i] = pixels[i] << fraction
    this.#noise.fill(firstNoise)
    this.changed.fill(0)
    this.#still.fill(0)
  }

  /** Takes one cell of the picture as it is for the background. */
  absorb(pixels: Uint8Array, cell: number): void {
    const left = (cell % this.columns) * cellSide
    const top = Math.floor(cell / this.columns) * cellSide
    const right = Math.min(this.#width, left + cellSide)
    for (let y = top; y < Math.min(this.#height, top + cellSide); y++) {
      for (let at = y * this.#width + left; at < y * this.#width + right; at++)
        this.#mean[at] = pixels[at] << fraction
    }
  }

  /** Grey level of the background at a pixel, under the light of the newest picture. */
  levelAt(at: number): number {
    return this.#mean[at] >> fraction
  }

  /** What looked like this before the newest picture looks so under its light. */
  underLight(level: number): number {
    return this.#light.expected[level]
  }

  /**
   * Marks the cells that differ, `changed` and `strength`, learns from the picture and returns how many differ.
   *
   * @param elapsedMs since the picture before; 0 learns nothing
   */
  take(pixels: Uint8Array, elapsedMs: number): number {
    this.#fitLight(pixels)
    const elapsed = Math.min(longestStepMs, Math.max(0, elapsedMs))
    const still = 1 - Math.exp(-elapsed / meanMs)
    const isLit = elapsed > 0 && this.#light.changed
    const gain = isLit ? 256 : Math.round(256 * still)
    const most = isLit ? 255 << fraction : Math.ceil((elapsed / 1_000) * (fastestDrift << fraction))
    const noiseGain = this.#light.changed ? 0 : this.#noiseGain(elapsed)
    let cells = 0
    this.stirring = 0
    for (let row = 0; row < this.rows; row++) {
      this.#compare(pixels, row, noiseGain)
      const end = (row + 1) * this.columns
      for (let cell = row * this.columns, column = 0; cell < end; cell++, column++) {
        if (this.changed[cell] > 0) {
          cells++
          if (this.#still[cell] < restMs) this.stirring++
          if (elapsed > 0) this.#settle(pixels, row, column, elapsed)
        } else if (gain > 0) this.#follow(pixels, row, column, gain, most)
      }
    }
    return cells
  }

  /** What is new is learned fast: the time constant grows with what was seen. */
  #noiseGain(elapsedMs: number): number {
    this.#learnedMs = Math.min(noiseMs, this.#learnedMs + elapsedMs)
    return this.#learnedMs > 0 ? 1 - Math.exp(-elapsedMs / this.#learnedMs) : 0
  }

  #fitLight(pixels: Uint8Array): void {
    let count = 0
    for (let y = cellSide >> 1; y < this.#height; y += cellSide) {
      for (let x = cellSide >> 1; x < this.#width; x += cellSide) {
        const at = y * this.#width + x
        this.#sampledBefore[count] = this.#mean[at] >> fraction
        this.#sampledNow[count++] = pixels[at]
      }
    }
    this.#light.fit(this.#sampledBefore, this.#sampledNow, count)
  }

  /** Compares one row of cells, and takes what the quiet ones differ by for their noise. The hot loop: fields are read once. */
  #compare(pixels: Uint8Array, row: number, noiseGain: number): void {
    const { changed, strength, columns } = this
    const [mean, noise, width] = [this.#mean, this.#noise, this.#width]
    const expected = this.#light.expected
    const top = row * cellSide
    const bottom = Math.min(this.#height, top + cellSide)
    for (let column = 0; column < columns; column++) {
      const cell = row * columns + column
      const left = column * cellSide
      const right = Math.min(width, left + cellSide)
      const threshold = leastDifference + ((noise[cell] * noiseFactor) >> 6)
      let sum = 0
      let most = 0
      for (let y = top; y < bottom; y++) {
        const end = y * width + right
        for (let at = y * width + left; at < end; at++) {
          const difference = pixels[at] - expected[mean[at] >> fraction]
          const distance = difference < 0 ? -difference : difference
          sum += distance
          most = distance > most ? distance : most
        }
      }
      changed[cell] = 0
      strength[cell] = 0
      // Most cells of most pictures end here.
      if (most > threshold && this.#differs(pixels, column, row, threshold)) continue
      const usual = Math.min(mostNoise, (sum * 64) / ((right - left) * (bottom - top)))
      noise[cell] += (usual - noise[cell]) * noiseGain
    }
  }

  /** Counts the pixels of a cell that differ; marks it where they are enough. */
  #differs(pixels: Uint8Array, column: number, row: number, threshold: number): boolean {
    const mean = this.#mean
    const width = this.#width
    const expected = this.#light.expected
    const left = column * cellSide
    const right = Math.min(width, left + cellSide)
    const bottom = Math.min(this.#height, (row + 1) * cellSide)
    let count = 0
    let total = 0
    for (let y = row * cellSide; y < bottom; y++) {
      for (let x = left; x < right; x++) {
        const at = y * width + x
        const level = mean[at] >> fraction
        // Not all that is seen follows the light: a lamp, a screen, what is as bright as can be.
        const difference = Math.min(Math.abs(pixels[at] - expected[level]), Math.abs(pixels[at] - level))
        if (difference <= threshold || this.#isNextTo(pixels[at], x, y, threshold >> 1)) continue
        count++
        total += difference
      }
    }
    if (count < leastPixels) return false
    const cell = row * this.columns + column
    this.changed[cell] = count
    this.strength[cell] = total
    return true
  }

  /** Might the value come from the pixel's neighbourhood, give or take a `margin`? Then the view trembled. */
  #isNextTo(value: number, x: number, y: number, margin: number): boolean {
    const mean = this.#mean
    const width = this.#width
    const expected = this.#light.expected
    const left = Math.max(0, x - 1)
    const right = Math.min(width - 1, x + 1)
    const bottom = Math.min(this.#height - 1, y + 1)
    let low = 255
    let high = 0
    for (let ny = Math.max(0, y - 1); ny <= bottom; ny++) {
      const end = ny * width + right
      for (let at = ny * width + left; at <= end; at++) {
        const near = expected[mean[at] >> fraction]
        if (near < low) low = near
        if (near > high) high = near
      }
    }
    return value >= low - margin && value <= high + margin
  }

  /** A quiet cell: the background follows the picture, slowly enough not to blur the edges of a view that trembles. */
  #follow(pixels: Uint8Array, row: number, column: number, gain: number, most: number): void {
    const mean = this.#mean
    const width = this.#width
    const left = column * cellSide
    const right = Math.min(width, left + cellSide)
    const bottom = Math.min(this.#height, (row + 1) * cellSide)
    for (let y = row * cellSide; y < bottom; y++) {
      const end = y * width + right
      for (let at = y * width + left; at < end; at++) {
        const step = (((pixels[at] << fraction) - mean[at]) * gain) >> 8
        mean[at] += Math.max(-most, Math.min(most, step))
      }
    }
    this.#still[row * this.columns + column] = 0
  }

  /** A changed cell: the background waits (under the new light) until the picture has stayed as it is for long enough. */
  #settle(pixels: Uint8Array, row: number, column: number, elapsedMs: number): void {
    const cell = row * this.columns + column
    const right = Math.min(this.#width, (column + 1) * cellSide)
    const bottom = Math.min(this.#height, (row + 1) * cellSide)
    const area = (right - column * cellSide) * (bottom - row * cellSide)
    let sum = 0
    for (let y = row * cellSide; y < bottom; y++) {
      for (let x = column * cellSide; x < right; x++) sum += pixels[y * this.#width + x]
    }
    const look = Math.round(sum / area)
    const isStill = Math.abs(look - this.#look[cell]) <= 2 + (this.#noise[cell] >> 6)
    this.#look[cell] = look
    this.#still[cell] = isStill ? Math.min(60_000, this.#still[cell] + elapsedMs) : 0
    const settled = this.#still[cell] >= this.#settleMs
    for (let y = row * cellSide; y < bottom; y++) {
      for (let x = column * cellSide; x < right; x++) {
        const at = y * this.#width + x
        if (settled) this.#mean[at] = pixels[at] << fraction
        else if (this.#light.changed)
          this.#mean[at] = this.#light.expected[this.#mean[at] >> fraction] << fraction
      }
    }
    if (settled) this.#still[cell] = 0
  }
}
