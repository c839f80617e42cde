/** Shrinks the luma of a frame to the small grey picture that attention and camera health look at. */
import type { Luma } from '../domain/luma.ts'

const maxWidth = 256
/** Lines of a block that are read: two say what three or five would, at half the cost. */
const linesRead = 2

/** For one camera: the small picture's memory is reused. */
export class LumaShrinker {
  #pixels = new Uint8Array(0)

  /**
   * Means of square blocks, each over two of its lines (the first and the one below its middle); columns and rows that fill no whole
   * block are left out. Valid until the next call.
   */
  shrink(pixels: Uint8Array, width: number, height: number): Luma {
    const side = Math.ceil(width / maxWidth)
    const columns = Math.floor(width / side)
    const rows = Math.floor(height / side)
    if (this.#pixels.length !== columns * rows) this.#pixels = new Uint8Array(columns * rows)
    const small = this.#pixels
    const lines = Math.min(side, linesRead)
    const second = ((side + 1) >> 1) * width
    // Multiplying is cheaper than dividing; the sum of up to 2 x 32 pixels times this fits 32 bits.
    const unit = Math.ceil(65_536 / (lines * side))
    for (let row = 0; row < rows; row++) {
      let upper = row * side * width
      let lower = lines === 1 ? upper : upper + second
      for (let to = row * columns, end = to + columns; to < end; to++) {
        let sum = 0
        for (const stop = upper + side; upper < stop; upper++, lower++) sum += pixels[upper] + pixels[lower]
        small[to] = Math.min(255, ((lines === 1 ? sum >> 1 : sum) * unit) >>> 16)
      }
    }
    return { width: columns, height: rows, pixels: small }
  }
}
