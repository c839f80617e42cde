/** What there is to see in a small grey picture, cell by cell, and how light it is. */
import type { Luma } from '../domain/luma.ts'

/** Side of a cell, pixels. */
export const cellSide = 16
/** Each second line says what all say, at half the cost. */
const lineStep = 2
/** Coarse texture compares pixels so far apart. */
const reach = 4
/** Video range is 16..235: such pixels are as good as black, or white. */
const black = 30
const white = 226
/** A line is smeared where so many of its cells have structure, grey levels between neighbours, and it is still so much like the next. */
const structure = 0.3
const structured = 0.4
const alike = 0.06

export class Texture {
  readonly columns: number
  readonly rows: number
  /** Of each cell: mean difference of neighbours to the right and below, grey levels: what only a sharp picture has. */
  readonly across: Float32Array
  readonly down: Float32Array
  /** The same of pixels further apart: what a blurred picture has too. */
  readonly coarse: Float32Array
  readonly mean: Float32Array
  /** Shares of pixels, 0..1. */
  blackShare = 0
  whiteShare = 0
  /** Lines below each other that have structure across and are all alike. */
  smearedLines = 0
  #smeared = 0
  #black = 0
  #white = 0

  constructor({ width, height }: Pick<Luma, 'width' | 'height'>) {
    this.columns = Math.max(0, Math.floor((width - reach) / cellSide))
    this.rows = Math.max(0, Math.floor((height - reach) / cellSide))
    const cells = this.columns * this.rows
    this.across = new Float32Array(cells)
    this.down = new Float32Array(cells)
    this.coarse = new Float32Array(cells)
    this.mean = new Float32Array(cells)
  }

  measure(luma: Luma): void {
    for (const part of [this.across, this.down, this.coarse, this.mean]) part.fill(0)
    this.#black = 0
    this.#white = 0
    this.#smeared = 0
    this.smearedLines = 0
    const lines = this.rows * cellSide
    for (let y = 0; y < lines; y += lineStep) this.#measureLine(luma, y)
    const perCell = (cellSide * cellSide) / lineStep
    for (let cell = 0; cell < this.mean.length; cell++) {
      this.across[cell] /= perCell
      this.down[cell] /= perCell
      this.coarse[cell] /= perCell
      this.mean[cell] /= perCell
    }
    const looked = this.mean.length * perCell
    this.blackShare = this.#black / looked
    this.whiteShare = this.#white / looked
  }

  #measureLine({ width, pixels }: Luma, y: number): void {
    const first = Math.floor(y / cellSide) * this.columns
    const [below, farBelow] = [width, reach * width]
    let lineAcross = 0
    let lineDown = 0
    let dark = 0
    let light = 0
    let cells = 0
    for (let column = 0, at = y * width; column < this.columns; column++) {
      let sum = 0
      let across = 0
      let down = 0
      let coarse = 0
      for (const end = at + cellSide; at < end; at++) {
        const here = pixels[at]
        sum += here
        across += Math.abs(here - pixels[at + 1])
        down += Math.abs(here - pixels[at + below])
        coarse += Math.abs(here - pixels[at + reach]) + Math.abs(here - pixels[at + farBelow])
        // Without a branch: noise at the limit would make the processor guess wrong each time.
        dark += (here - black - 1) >>> 31
        light += (white - 1 - here) >>> 31
      }
      const cell = first + column
      this.mean[cell] += sum
      this.across[cell] += across
      this.down[cell] += down
      this.coarse[cell] += coarse
      if (across >= structure * cellSide) cells++
      lineAcross += across
      lineDown += down
    }
    this.#black += dark
    this.#white += light
    const smeared = cells >= structured * this.columns && lineDown <= alike * lineAcross
    this.#smeared = smeared ? this.#smeared + lineStep : 0
    this.smearedLines = Math.max(this.smearedLines, this.#smeared)
  }
}
