/** Turns an I420 picture into a model's float tensor in one pass: scale, pad, convert the colours. */
import type { Manifest } from './manifest.ts'

/** An I420 picture (video range, BT.601), in pixels. */
export interface Picture420 {
  readonly width: number
  readonly height: number
  readonly pixels: Uint8Array
}

/** How a picture lies in a tensor: scaled by `scale`, in the top left corner, `width × height` in all. */
export interface Fit {
  readonly width: number
  readonly height: number
  /** Tensor pixels covered by the picture. */
  readonly usedWidth: number
  readonly usedHeight: number
  /** Tensor pixels per picture pixel. */
  readonly scale: number
  /** The tensor shows the picture mirrored left to right. */
  readonly mirrored: boolean
}

/** Beyond this an enlarged picture only costs time. */
const maxEnlargement = 2

/**
 * Size of the tensor for a picture. A dynamic input is capped by the manifest's `longSide` and never enlarges; a
 * `longSide` given here replaces that cap and may enlarge up to twice (small faces that must be hidden).
 */
export function fitPicture(
  size: Manifest['input']['size'],
  picture: { readonly width: number; readonly height: number },
  longSide?: number,
  mirrored = false,
): Fit {
  const { width, height } = picture
  if ('width' in size) {
    const scale = Math.min(size.width / width, size.height / height)
    const usedWidth = Math.max(1, Math.min(size.width, Math.round(width * scale)))
    const usedHeight = Math.max(1, Math.min(size.height, Math.round(height * scale)))
    return { ...size, usedWidth, usedHeight, scale, mirrored }
  }
  const largest = longSide === undefined ? 1 : maxEnlargement
  const scale = Math.min(largest, (longSide ?? size.longSide) / Math.max(width, height))
  const usedWidth = Math.max(1, Math.round(width * scale))
  const usedHeight = Math.max(1, Math.round(height * scale))
  const up = (value: number) => Math.ceil(value / size.multiple) * size.multiple
  return { width: up(usedWidth), height: up(usedHeight), usedWidth, usedHeight, scale, mirrored }
}

/** For each tensor column (or row) the two picture pixels it lies between, and the weight of the second, 0..256. */
interface Axis {
  readonly first: Int32Array
  readonly second: Int32Array
  readonly weight: Int32Array
}

/** Pixel centres map to pixel centres, edges repeat: as cv2.INTER_LINEAR does it. */
function axis(used: number, source: number, mirrored: boolean): Axis {
  const first = new Int32Array(used)
  const second = new Int32Array(used)
  const weight = new Int32Array(used)
  const step = source / used
  for (let i = 0; i < used; i++) {
    const place = Math.max(0, Math.min(source - 1, (i + 0.5) * step - 0.5))
    const at = mirrored ? used - 1 - i : i
    first[at] = Math.floor(place)
    second[at] = Math.min(source - 1, first[at] + 1)
    weight[at] = Math.round((place - first[at]) * 256)
  }
  return { first, second, weight }
}

/** Axes of the picture shapes seen lately; cameras of one box have few. */
const maxPlans = 16

/** Fills tensors for one model. Not for use by two pictures at once: the tensor's memory is reused. */
export class Letterbox {
  readonly #input: Manifest['input']
  readonly #plans = new Map<string, { columns: Axis; rows: Axis }>()
  #memory = new Float32Array(0)
  #padded = ''

  constructor(input: Manifest['input']) {
    this.#input = input
  }

  /** The tensor's values (1×3×height×width); valid until the next call. */
  fill(picture: Picture420, fit: Fit): Float32Array {
    const size = 3 * fit.width * fit.height
    if (this.#memory.length < size) this.#memory = new Float32Array(size)
    const tensor = this.#memory.length === size ? this.#memory : this.#memory.subarray(0, size)
    const shape = `${fit.width}x${fit.height} ${fit.usedWidth}x${fit.usedHeight}`
    if (shape !== this.#padded) {
      const plane = fit.width * fit.height
      const { padding, mean, std } = this.#input
      for (let c = 0; c < 3; c++) tensor.fill((padding - mean[c]) / std[c], c * plane, (c + 1) * plane)
      this.#padded = shape
    }
    this.#convert(picture, fit, tensor)
    return tensor
  }

  #plan(picture: Picture420, fit: Fit): { columns: Axis; rows: Axis } {
    const key = `${picture.width}x${picture.height} ${fit.usedWidth}x${fit.usedHeight} ${fit.mirrored}`
    let plan = this.#plans.get(key)
    if (!plan) {
      if (this.#plans.size >= maxPlans) this.#plans.clear()
      plan = {
        columns: axis(fit.usedWidth, picture.width, fit.mirrored),
        rows: axis(fit.usedHeight, picture.height, false),
      }
      this.#plans.set(key, plan)
    }
    return plan
  }

  /** Luma is interpolated between four pixels; of chroma, which is half as fine already, the nearest is taken. */
  #convert(picture: Picture420, fit: Fit, tensor: Float32Array): void {
    const { columns, rows } = this.#plan(picture, fit)
    const { first, second, weight } = columns
    const { pixels, width } = picture
    const plane = fit.width * fit.height
    const { mean, std, colour } = this.#input
    const redAt = colour === 'BGR' ? 2 : 0
    const blueAt = 2 - redAt
    const [redMean, greenMean, blueMean] = [mean[redAt], mean[1], mean[blueAt]]
    const [redUnit, greenUnit, blueUnit] = [1 / std[redAt], 1 / std[1], 1 / std[blueAt]]
    const chromaWidth = width >> 1
    const uPlane = width * picture.height
    const vPlane = uPlane + chromaWidth * (picture.height >> 1)
    for (let y = 0; y < fit.usedHeight; y++) {
      const top = rows.first[y] * width
      const bottom = rows.second[y] * width
      const down = rows.weight[y]
      const chromaRow = ((down < 128 ? rows.first[y] : rows.second[y]) >> 1) * chromaWidth
      let at = y * fit.width
      for (let x = 0; x < fit.usedWidth; x++, at++) {
        const left = first[x]
        const right = second[x]
        const along = weight[x]
        const upper = pixels[top + left] * (256 - along) + pixels[top + right] * along
        const lower = pixels[bottom + left] * (256 - along) + pixels[bottom + right] * along
        const luma = (upper * (256 - down) + lower * down) * (1.164384 / 65536) - 18.630137
        const chroma = chromaRow + ((along < 128 ? left : right) >> 1)
        const u = pixels[uPlane + chroma] - 128
        const v = pixels[vPlane + chroma] - 128
        let red = luma + 1.596027 * v
        let green = luma - 0.391762 * u - 0.812968 * v
        let blue = luma + 2.017232 * u
        red = Math.max(0, Math.min(255, red))
        green = Math.max(0, Math.min(255, green))
        blue = Math.max(0, Math.min(255, blue))
        tensor[redAt * plane + at] = (red - redMean) * redUnit
        tensor[plane + at] = (green - greenMean) * greenUnit
        tensor[blueAt * plane + at] = (blue - blueMean) * blueUnit
      }
    }
  }
}
