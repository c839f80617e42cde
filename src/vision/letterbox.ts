/** Turns a picture, or a part of it, into a model's float tensor in one pass: scale, pad, convert the colours. */
import { type Memory, newMemory, pageBytes } from './assembler.ts'
import type { Fit, Picture420 } from './fit.ts'
import type { Manifest } from './manifest.ts'
import { columnUnit, type PixelKernels, pixelKernels, rowUnit } from './pixel-kernels.ts'

/** Longest side of a picture and of a tensor, pixels. */
const mostColumns = 8_192
/** Bytes that a kernel may read or write beyond the end of a row. */
const slack = 64

/** The kernels' memory: tables and rows of fixed size first, then the tensor, then the picture. */
const columnsAt = 0
const blendedAt = columnsAt + 3 * 4 * mostColumns
const chromasAt = blendedAt + 2 * mostColumns + slack
const tensorAt = chromasAt + 2 * mostColumns + slack

/**
 * Fills tensors for one model. Luma is interpolated between four pixels (centres map to centres, edges repeat: as
 * cv2.INTER_LINEAR does it); of chroma, which is half as fine already, the nearest is taken. Not for two pictures at once:
 * all of it is one memory, which grows to the largest picture and tensor seen and is then reused.
 */
export class Letterbox {
  readonly #input: Manifest['input']
  readonly #memory: Memory = newMemory(Math.ceil(tensorAt / pageBytes))
  readonly #kernels: PixelKernels
  #bytes: Uint8Array<ArrayBuffer>
  #tensorBytes = 0
  #tensor: Float32Array<ArrayBuffer> = new Float32Array(0)
  #padded = ''

  constructor(input: Manifest['input']) {
    this.#input = input
    this.#kernels = pixelKernels(this.#memory)
    this.#bytes = new Uint8Array(this.#memory.buffer)
  }

  /** The tensor's values (1×3×height×width); valid until the next call. */
  fill(picture: Picture420, fit: Fit): Float32Array {
    this.#reserve(4 * 3 * fit.width * fit.height, picture.pixels.length)
    const length = 3 * fit.width * fit.height
    // The same view as long as it fits: the detector keeps a tensor around it.
    if (this.#tensor.length !== length || this.#tensor.buffer !== this.#memory.buffer) {
      this.#tensor = new Float32Array(this.#memory.buffer, tensorAt, length)
    }
    this.#pad(fit, this.#tensor)
    this.#bytes.set(picture.pixels, this.#pictureAt)
    this.#writeColumns(fit)
    this.#convert(picture, fit)
    return this.#tensor
  }

  get #pictureAt(): number {
    return tensorAt + this.#tensorBytes
  }

  #reserve(tensorBytes: number, pictureBytes: number): void {
    if (tensorBytes > this.#tensorBytes) {
      this.#tensorBytes = tensorBytes
      this.#padded = ''
    }
    const lacking = this.#pictureAt + pictureBytes + slack - this.#bytes.length
    if (lacking <= 0) return
    this.#memory.grow(Math.ceil(lacking / pageBytes))
    this.#bytes = new Uint8Array(this.#memory.buffer)
  }

  /** Around a picture that lies in the tensor as the one before did, the padding is still there. */
  #pad({ width, height, usedWidth, usedHeight }: Fit, tensor: Float32Array): void {
    const shape = `${width}x${height} ${usedWidth}x${usedHeight}`
    if (shape === this.#padded) return
    this.#padded = shape
    const { padding, mean, std } = this.#input
    const plane = width * height
    for (let c = 0; c < 3; c++) tensor.fill((padding - mean[c]) / std[c], c * plane, (c + 1) * plane)
  }

  /** For each tensor column: where the pixels it lies between are in a blended row, their weights, and its chroma. */
  #writeColumns({ crop, usedWidth, mirrored }: Fit): void {
    const columns = new Int32Array(this.#memory.buffer, columnsAt, 3 * usedWidth)
    const step = crop.width / usedWidth
    for (let i = 0; i < usedWidth; i++) {
      const place = Math.max(0, Math.min(crop.width - 1, (i + 0.5) * step - 0.5))
      const left = Math.floor(place)
      const weight = Math.round((place - left) * columnUnit)
      const nearest = weight * 2 < columnUnit ? left : left + 1
      const at = mirrored ? usedWidth - 1 - i : i
      columns[at] = 2 * left
      // At the edge the right pixel weighs nothing, whatever lies there.
      columns[usedWidth + at] = (columnUnit - weight) | (weight << 16)
      columns[2 * usedWidth + at] = 4 * (nearest >> 1)
    }
  }

  #convert({ width, height }: Picture420, { crop, ...fit }: Fit): void {
    const { blend, pair, convert } = this.#kernels
    const scales = this.#scales()
    const lumaAt = this.#pictureAt + crop.top * width + crop.left
    const chromaWidth = width >> 1
    const uAt = this.#pictureAt + width * height + (crop.top >> 1) * chromaWidth + (crop.left >> 1)
    const toV = chromaWidth * (height >> 1)
    const plane = 4 * fit.width * fit.height
    const step = crop.height / fit.usedHeight
    let paired = -1
    for (let y = 0; y < fit.usedHeight; y++) {
      const place = Math.max(0, Math.min(crop.height - 1, (y + 0.5) * step - 0.5))
      const first = Math.floor(place)
      const second = Math.min(crop.height - 1, first + 1)
      const weight = Math.round((place - first) * rowUnit)
      blend(lumaAt + first * width, lumaAt + second * width, weight, blendedAt, crop.width)
      const chromaRow = (weight * 2 < rowUnit ? first : second) >> 1
      if (chromaRow !== paired) {
        const at = uAt + chromaRow * chromaWidth
        pair(at, at + toV, chromasAt, crop.width >> 1)
        paired = chromaRow
      }
      const row = tensorAt + 4 * y * fit.width
      const [red, blue] = this.#input.colour === 'BGR' ? [row + 2 * plane, row] : [row, row + 2 * plane]
      convert(blendedAt, chromasAt, columnsAt, 4 * fit.usedWidth, red, row + plane, blue, ...scales)
    }
  }

  /** Gain and shift of red, green and blue. */
  #scales(): number[] {
    const { mean, std, colour } = this.#input
    const channels = colour === 'BGR' ? [2, 1, 0] : [0, 1, 2]
    return channels.flatMap((channel) => [1 / std[channel], -mean[channel] / std[channel]])
  }
}
