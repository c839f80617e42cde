/** Shrinks the luma of a frame to the small grey picture that attention and camera health look at. */
import type { Luma } from '../domain/luma.ts'

const maxWidth = 256

/** For one camera: the small picture's memory is reused. */
export class LumaShrinker {
  #pixels = new Uint8Array(0)
  #sums = new Uint32Array(0)

  /** Means of square blocks; columns and rows that fill no whole block are left out. Valid until the next call. */
  shrink(pixels: Uint8Array, width: number, height: number): Luma {
    const side = Math.ceil(width / maxWidth)
    const columns = Math.floor(width / side)
    const rows = Math.floor(height / side)
    if (this.#pixels.length !== columns * rows) this.#pixels = new Uint8Array(columns * rows)
    if (this.#sums.length !== columns) this.#sums = new Uint32Array(columns)
    const [small, sums] = [this.#pixels, this.#sums]
    // Division by a constant: the mean of up to 32 x 32 pixels fits 32 bits with room for the rounding.
    const unit = 65_536 / (side * side)
    for (let row = 0; row < rows; row++) {
      sums.fill(0)
      for (let line = 0; line < side; line++) {
        let at = (row * side + line) * width
        for (let column = 0; column < columns; column++) {
          let sum = 0
          for (const end = at + side; at < end; at++) sum += pixels[at]
          sums[column] += sum
        }
      }
      const to = row * columns
      for (let column = 0; column < columns; column++) small[to + column] = (sums[column] * unit) >>> 16
    }
    return { width: columns, height: rows, pixels: small }
  }
}
