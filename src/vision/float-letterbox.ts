/** Fills float tensors of one model in one pass: scale, pad, convert the colours. */
import type { Crop, Fit, Picture420 } from './fit.ts'
import { type FilledTensor, inputTensors, type Letterbox } from './input-tensors.ts'
import type { ModelInput } from './manifest.ts'
import { columnUnit, rowUnit } from './pixel-kernels.ts'
import {
  between,
  blendedAt,
  chromasAt,
  columnsAt,
  type HeldPlanes,
  PixelMemory,
  tensorAt,
} from './pixel-memory.ts'

type FloatInput = Extract<ModelInput, { layout: 'NCHW' }>

/**
 * Luma is interpolated between four pixels (centres map to centres, edges repeat: as cv2.INTER_LINEAR does it); of chroma,
 * which is half as fine already, the nearest is taken.
 */
export class FloatLetterbox implements Letterbox {
  readonly #input: FloatInput
  readonly #memory = new PixelMemory()
  #tensor: Float32Array = new Float32Array(0)
  #padded = ''

  constructor(input: FloatInput) {
    this.#input = input
  }

  fill(picture: Picture420, fit: Fit): readonly FilledTensor[] {
    const length = 3 * fit.width * fit.height
    const { moved, ...planes } = this.#memory.hold(picture, fit.crop, 4 * length)
    // The same view as long as it fits: the detector keeps a tensor around it.
    if (this.#tensor.length !== length || this.#tensor.buffer !== this.#memory.buffer) {
      this.#tensor = new Float32Array(this.#memory.buffer, tensorAt, length)
    }
    if (moved) this.#padded = ''
    this.#pad(fit)
    this.#writeColumns(fit)
    this.#convert(planes, fit.crop, fit)
    return inputTensors(this.#input, fit).map((shape) => ({ ...shape, values: this.#tensor }))
  }

  /** Around a picture that lies in the tensor as the one before did, the padding is still there. */
  #pad({ width, height, usedWidth, usedHeight }: Fit): void {
    const shape = `${width}x${height} ${usedWidth}x${usedHeight}`
    if (shape === this.#padded) return
    this.#padded = shape
    const { padding, mean, std } = this.#input
    const plane = width * height
    for (let c = 0; c < 3; c++) this.#tensor.fill((padding - mean[c]) / std[c], c * plane, (c + 1) * plane)
  }

  /** The luma columns, and behind them where each finds its chroma. */
  #writeColumns({ crop, usedWidth, mirrored }: Fit): void {
    const step = crop.width / usedWidth
    const centre = (x: number) => (mirrored ? usedWidth - x - 0.5 : x + 0.5) * step
    const size = { count: usedWidth, used: usedWidth, length: crop.width }
    this.#memory.writeColumns(columnsAt, size, centre)
    const chromas = this.#memory.table(columnsAt + 4 * 2 * usedWidth, usedWidth)
    for (let x = 0; x < usedWidth; x++) chromas[x] = 4 * (nearest(centre(x), crop.width, columnUnit) >> 1)
  }

  #convert(planes: HeldPlanes, crop: Crop, fit: Fit): void {
    const { blend, pair, convert } = this.#memory.kernels
    const scales = this.#scales()
    const chromaWidth = planes.width >> 1
    const plane = 4 * fit.width * fit.height
    const step = crop.height / fit.usedHeight
    let paired = -1
    for (let y = 0; y < fit.usedHeight; y++) {
      const centre = (y + 0.5) * step
      const { first, second, share } = between(centre, crop.height)
      const [upper, lower] = [planes.y + first * planes.width, planes.y + second * planes.width]
      blend(upper, lower, Math.round(share * rowUnit), blendedAt, crop.width)
      const chromaRow = nearest(centre, crop.height, rowUnit) >> 1
      if (chromaRow !== paired) {
        const row = chromaRow * chromaWidth
        pair(planes.u + row, planes.v + row, chromasAt, crop.width >> 1)
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

/** The pixel whose share is larger once it is a whole number of units. */
function nearest(centre: number, length: number, unit: number): number {
  const { first, second, share } = between(centre, length)
  return Math.round(share * unit) * 2 < unit ? first : second
}
