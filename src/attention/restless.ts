/**
 * Cells in which something moves again and again without ever being anything that is followed: a tree, a flag, water, the clock that
 * the camera writes into its picture. They are known within a minute or so and then count only when they move far more than usual.
 */
import type { Box } from '../domain/geometry.ts'

/** From this much fruitless movement on a cell is known to be restless, ms; beyond the second it is not counted. */
const knownMs = 40_000
const mostMs = 60_000
/** Each beginning of movement counts as this much more: many short stirs are as restless as one long. */
const stirMs = 6_000
/** Quiet takes away this share of its own length. */
const forgiveness = 0.1
/** A gap in the pictures says no more than this about what happened in it. */
const longestStepMs = 2_000
/** How much more than usual a restless cell must move to count. */
const unusual = 1.75
/** What of the usual strength is left after each picture in which the cell moved less. */
const memory = 0.98

export class Restless {
  readonly #columns: number
  readonly #rows: number
  readonly #level: Float32Array
  readonly #usual: Float32Array
  readonly #moved: Uint8Array

  constructor(columns: number, rows: number) {
    this.#columns = columns
    this.#rows = rows
    this.#level = new Float32Array(columns * rows)
    this.#usual = new Float32Array(columns * rows)
    this.#moved = new Uint8Array(columns * rows)
  }

  /** Does movement of this strength in the cell say nothing? */
  ignores(cell: number, strength: number): boolean {
    return this.#level[cell] >= knownMs && strength <= unusual * this.#usual[cell]
  }

  /** Learns from one picture; `changed` and `strength` are those of the background's cells. */
  learn(changed: Uint8Array, strength: Uint16Array, elapsedMs: number): void {
    const elapsed = Math.min(longestStepMs, Math.max(0, elapsedMs))
    for (let cell = 0; cell < changed.length; cell++) {
      if (changed[cell] === 0) {
        if (this.#level[cell] > 0) this.#level[cell] = Math.max(0, this.#level[cell] - elapsed * forgiveness)
        this.#moved[cell] = 0
        continue
      }
      const stir = this.#moved[cell] ? 0 : stirMs
      this.#moved[cell] = 1
      this.#level[cell] = Math.min(mostMs, this.#level[cell] + elapsed + stir)
      this.#usual[cell] = Math.max(strength[cell], this.#usual[cell] * memory)
    }
  }

  /** What moved there was worth it: nothing in the box is restless. */
  absolve(box: Box): void {
    const right = Math.min(this.#columns, Math.ceil(box.x2 * this.#columns))
    const bottom = Math.min(this.#rows, Math.ceil(box.y2 * this.#rows))
    for (let row = Math.max(0, Math.floor(box.y1 * this.#rows)); row < bottom; row++) {
      for (let column = Math.max(0, Math.floor(box.x1 * this.#columns)); column < right; column++) {
        this.#level[row * this.#columns + column] = 0
      }
    }
  }
}
