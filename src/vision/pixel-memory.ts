/** The memory the letterboxes' kernels work in, and what both letterboxes do in it: hold the picture, choose rows and columns. */
import { type Memory, newMemory, pageBytes } from './assembler.ts'
import type { Crop, Picture420 } from './fit.ts'
import { columnUnit, type PixelKernels, pixelKernels } from './pixel-kernels.ts'

/** Longest side of a picture and of a tensor, pixels. */
const mostColumns = 8_192
/** Bytes that a kernel may read or write beyond the end of a row. */
const slack = 64

/** Tables and rows of fixed size first, then the tensor, then the picture. */
export const columnsAt = 0
export const blendedAt = columnsAt + 3 * 4 * mostColumns
export const chromasAt = blendedAt + 2 * mostColumns + slack
/** Two 16-bit values: what a column beyond the picture is blended from. */
export const paddingAt = chromasAt + 2 * mostColumns + slack
export const tensorAt = paddingAt + slack

/** Between which two pixels of a side something lies, and how much of the way it is to the second. */
export interface Between {
  readonly first: number
  readonly second: number
  readonly share: number
}

/** `centre` in pixels from the edge of a side that has `length` of them; beyond the outer centres the edge repeats. */
export function between(centre: number, length: number): Between {
  const place = Math.max(0, Math.min(length - 1, centre - 0.5))
  const first = Math.floor(place)
  return { first, second: Math.min(length - 1, first + 1), share: place - first }
}

/** Where the crop begins in each plane of the held picture, and the width of the picture. */
export interface HeldPlanes {
  readonly y: number
  readonly u: number
  readonly v: number
  readonly width: number
}

/** Not for two pictures at once: it grows to the largest picture and tensor seen and is then reused. */
export class PixelMemory {
  readonly kernels: PixelKernels
  readonly #memory: Memory = newMemory(Math.ceil(tensorAt / pageBytes))
  #bytes: Uint8Array<ArrayBuffer>
  #tensorBytes = 0

  constructor() {
    this.kernels = pixelKernels(this.#memory)
    this.#bytes = new Uint8Array(this.#memory.buffer)
  }

  /** Another one after it has grown: views of the old one are empty then. */
  get buffer(): ArrayBuffer {
    return this.#bytes.buffer
  }

  /** Copies the crop's rows behind a tensor of that many bytes; true in `moved` where a tensor there is no longer whole. */
  hold(picture: Picture420, crop: Crop, tensorBytes: number): HeldPlanes & { readonly moved: boolean } {
    const moved = tensorBytes > this.#tensorBytes
    this.#tensorBytes = Math.max(tensorBytes, this.#tensorBytes)
    const { pixels, width, height } = picture
    this.#reserve(tensorAt + this.#tensorBytes + pixels.length + slack)
    let at = tensorAt + this.#tensorBytes
    const copy = (plane: number, row: number, { top, left, height: rows }: Omit<Crop, 'width'>): number => {
      this.#bytes.set(pixels.subarray(plane + top * row, plane + (top + rows) * row), at)
      const begin = at + left
      at += rows * row
      return begin
    }
    const half = { top: crop.top >> 1, left: crop.left >> 1, height: crop.height >> 1 }
    const [u, quarter] = [width * height, (width >> 1) * (height >> 1)]
    return {
      y: copy(0, width, crop),
      u: copy(u, width >> 1, half),
      v: copy(u + quarter, width >> 1, half),
      width,
      moved,
    }
  }

  #reserve(bytes: number): void {
    const lacking = bytes - this.#bytes.length
    if (lacking <= 0) return
    this.#memory.grow(Math.ceil(lacking / pageBytes))
    this.#bytes = new Uint8Array(this.#memory.buffer)
  }

  /** A table of that many 32-bit numbers. */
  table(at: number, count: number): Int32Array {
    return new Int32Array(this.#memory.buffer, at, count)
  }

  /**
   * Two tables of `count` columns: where the pixels that a column lies between are in a blended row, then their weights.
   * `centre` names the place of a column's middle in a row of `length` pixels. Columns from `used` on show the padding.
   */
  writeColumns(
    at: number,
    { count, used, length }: { readonly count: number; readonly used: number; readonly length: number },
    centre: (column: number) => number,
  ): void {
    const columns = this.table(at, 2 * count)
    for (let x = 0; x < used; x++) {
      const { first, share } = between(centre(x), length)
      const weight = Math.round(share * columnUnit)
      columns[x] = 2 * first
      // At the edge the right pixel weighs nothing, whatever lies there.
      columns[count + x] = (columnUnit - weight) | (weight << 16)
    }
    columns.fill(paddingAt - blendedAt, used, count)
    columns.fill(columnUnit, count + used)
  }
}
