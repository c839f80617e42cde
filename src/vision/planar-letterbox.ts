/** Fills the three byte tensors of a model that takes I420: scale and pad, no colours to convert. */
import type { Fit, Picture420 } from './fit.ts'
import { type FilledTensor, inputTensors, type Letterbox } from './input-tensors.ts'
import type { ModelInput } from './manifest.ts'
import { rowUnit } from './pixel-kernels.ts'
import {
  between,
  blendedAt,
  columnsAt,
  type HeldPlanes,
  PixelMemory,
  paddingAt,
  tensorAt,
} from './pixel-memory.ts'

type PlanarInput = Extract<ModelInput, { layout: 'I420' }>

/** No colour. */
const grey = 128

/** One plane of the picture on its way into one tensor. */
interface Plane {
  /** Where the crop begins, pixels from one row to the next, and what is seen of it. */
  readonly from: number
  readonly row: number
  readonly width: number
  readonly height: number
  /** Where the tensor begins and how large it is; how much of it the picture takes, in parts of a pixel. */
  readonly to: number
  readonly columns: number
  readonly rows: number
  readonly usedWidth: number
  readonly usedHeight: number
  readonly padding: number
}

/**
 * All three planes are interpolated between four pixels of their own (centres map to centres, edges repeat: as
 * cv2.INTER_LINEAR does it). Where the picture ends in the middle of a chroma pixel, that pixel is still the picture's.
 */
export class PlanarLetterbox implements Letterbox {
  readonly #input: PlanarInput
  readonly #memory = new PixelMemory()
  #tensors: readonly Uint8Array[] = []
  #area = 0
  #padded = ''

  constructor(input: PlanarInput) {
    this.#input = input
  }

  fill(picture: Picture420, fit: Fit): readonly FilledTensor[] {
    const area = fit.width * fit.height
    const { moved, ...held } = this.#memory.hold(picture, fit.crop, (area * 3) / 2)
    // The same views as long as they fit: the detector keeps tensors around them.
    if (this.#area !== area || this.#tensors[0].buffer !== this.#memory.buffer) this.#view(area)
    if (moved) this.#padded = ''
    const [luma, ...chromas] = planesOf(held, fit, this.#input.padding)
    this.#pad([luma, ...chromas], fit)
    const chromaColumnsAt = columnsAt + 4 * 2 * luma.columns
    if (isHalved(luma) && isHalved(chromas[0]) && !fit.mirrored) {
      for (const plane of [luma, ...chromas]) this.#halve(plane)
    } else {
      this.#writeColumns(columnsAt, luma, fit.mirrored)
      this.#writeColumns(chromaColumnsAt, chromas[0], fit.mirrored)
      this.#scale(luma, columnsAt)
      for (const plane of chromas) this.#scale(plane, chromaColumnsAt)
    }
    return inputTensors(this.#input, fit).map((shape, i) => ({ ...shape, values: this.#tensors[i] }))
  }

  #view(area: number): void {
    this.#area = area
    const { buffer } = this.#memory
    this.#tensors = [
      new Uint8Array(buffer, tensorAt, area),
      new Uint8Array(buffer, tensorAt + area, area / 4),
      new Uint8Array(buffer, tensorAt + (area * 5) / 4, area / 4),
    ]
  }

  /** Below a picture that lies in the tensor as the one before did, the padding is still there. */
  #pad(planes: readonly Plane[], { width, height, usedHeight }: Fit): void {
    const shape = `${width}x${height} ${usedHeight}`
    if (shape === this.#padded) return
    this.#padded = shape
    planes.forEach(({ padding, columns, usedHeight: used }, i) => {
      this.#tensors[i].fill(padding, Math.ceil(used) * columns)
    })
  }

  #writeColumns(at: number, { columns, width, usedWidth }: Plane, mirrored: boolean): void {
    const step = width / usedWidth
    const size = { count: columns, used: Math.ceil(usedWidth), length: width }
    this.#memory.writeColumns(at, size, (x) => (mirrored ? usedWidth - x - 0.5 : x + 0.5) * step)
  }

  #halve({ from, row, to, columns, usedHeight }: Plane): void {
    const { halve } = this.#memory.kernels
    for (let y = 0; y < usedHeight; y++) {
      const upper = from + 2 * y * row
      halve(upper, upper + row, columns, to + y * columns)
    }
  }

  /** Rows are written to their end: the tables lead columns beyond the picture to the padding. */
  #scale({ from, row, width, height, to, columns, usedHeight, padding }: Plane, tablesAt: number): void {
    const { blend, narrow } = this.#memory.kernels
    // Both pixels of the pair: as if it had been blended.
    this.#memory.table(paddingAt, 1)[0] = (padding * rowUnit) | ((padding * rowUnit) << 16)
    const step = height / usedHeight
    for (let y = 0; y < usedHeight; y++) {
      const { first, second, share } = between((y + 0.5) * step, height)
      blend(from + first * row, from + second * row, Math.round(share * rowUnit), blendedAt, width)
      narrow(blendedAt, tablesAt, 4 * columns, to + y * columns)
    }
  }
}

/** To half its size exactly, over the whole width: 1280 pixels in 640, the usual case, take a quarter of the time. */
function isHalved({ width, height, columns, usedWidth, usedHeight }: Plane): boolean {
  return usedWidth === columns && width === 2 * columns && height === 2 * usedHeight && height % 2 === 0
}

function planesOf({ y, u, v, width }: HeldPlanes, fit: Fit, padding: number): readonly Plane[] {
  const luma = {
    ...{ from: y, row: width, width: fit.crop.width, height: fit.crop.height, to: tensorAt },
    ...{
      columns: fit.width,
      rows: fit.height,
      usedWidth: fit.usedWidth,
      usedHeight: fit.usedHeight,
      padding,
    },
  }
  const half = {
    ...{ row: width >> 1, width: luma.width >> 1, height: luma.height >> 1 },
    ...{ columns: luma.columns / 2, rows: luma.rows / 2 },
    ...{ usedWidth: luma.usedWidth / 2, usedHeight: luma.usedHeight / 2, padding: grey },
  }
  const area = fit.width * fit.height
  return [
    luma,
    { ...half, from: u, to: tensorAt + area },
    { ...half, from: v, to: tensorAt + (area * 5) / 4 },
  ]
}
