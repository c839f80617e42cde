import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Fit, type FitOptions, fitPicture, type Picture420 } from '../../src/vision/fit.ts'
import { letterboxFor } from '../../src/vision/letterbox.ts'
import type { ModelInput } from '../../src/vision/manifest.ts'

type Input = Extract<ModelInput, { layout: 'NCHW' }>
type Planes = Extract<ModelInput, { layout: 'I420' }>

const square: Input = {
  name: 'in',
  layout: 'NCHW',
  colour: 'BGR',
  mean: [0, 0, 0],
  std: [1, 1, 1],
  padding: 114,
  placement: 'top-left',
  size: { width: 416, height: 416 },
}
const free: Input = { ...square, size: { multiple: 32, longSide: 640 }, padding: 0 }
const normalised: Input = { ...free, colour: 'RGB', mean: [100, 110, 120], std: [50, 60, 70] }

/** Gradients, edges and noise in all three planes. */
function picture(width: number, height: number, seed = 1): Picture420 {
  const pixels = new Uint8Array((width * height * 3) / 2)
  for (let i = 0; i < pixels.length; i++) {
    const x = i % width
    const wave = 100 + 60 * Math.sin((x + seed) / 17) + 40 * Math.cos(i / width / 11)
    pixels[i] = wave + (x % 40 === 0 ? 60 : 0) + ((i * 7_919 + seed) % 9)
  }
  return { width, height, pixels }
}

/** The same in the plainest way: one pixel at a time, in doubles, from the definition. */
function plainly({ width, height, pixels }: Picture420, fit: Fit, input: Input): Float32Array {
  const tensor = new Float32Array(3 * fit.width * fit.height)
  const channels = input.colour === 'BGR' ? ['blue', 'green', 'red'] : ['red', 'green', 'blue']
  const clamp = (value: number, most: number) => Math.max(0, Math.min(most, value))
  const { crop, usedWidth, usedHeight, mirrored } = fit
  const u = width * height
  const v = u + (width / 2) * (height / 2)
  for (let y = 0; y < fit.height; y++) {
    for (let x = 0; x < fit.width; x++) {
      const place = y * fit.width + x
      const used = x < usedWidth && y < usedHeight
      const column = mirrored ? usedWidth - 1 - x : x
      const px = clamp(((column + 0.5) * crop.width) / usedWidth - 0.5, crop.width - 1)
      const py = clamp(((y + 0.5) * crop.height) / usedHeight - 0.5, crop.height - 1)
      const at = (dx: number, dy: number) => {
        const sx = Math.min(crop.width - 1, Math.floor(px) + dx)
        const sy = Math.min(crop.height - 1, Math.floor(py) + dy)
        return pixels[(crop.top + sy) * width + crop.left + sx]
      }
      const [fx, fy] = [px % 1, py % 1]
      const upper = at(0, 0) * (1 - fx) + at(1, 0) * fx
      const lower = at(0, 1) * (1 - fx) + at(1, 1) * fx
      const luma = 1.164384 * (upper * (1 - fy) + lower * fy - 16)
      // The kernels weigh in steps of 1/256 and 1/128: a tie between two chroma pixels is decided after that rounding.
      const near = (p: number, f: number, steps: number) => (Math.round(f * steps) * 2 < steps ? p : p + 1)
      const cx = (crop.left + near(Math.floor(px), fx, 256)) >> 1
      const cy = (crop.top + near(Math.floor(py), fy, 128)) >> 1
      const [cu, cv] = [u, v].map((plane) => pixels[plane + cy * (width / 2) + cx] - 128)
      const colours: Record<string, number> = {
        red: luma + 1.596027 * cv,
        green: luma - 0.391762 * cu - 0.812968 * cv,
        blue: luma + 2.017232 * cu,
      }
      channels.forEach((channel, c) => {
        const value = used ? clamp(colours[channel], 255) : input.padding
        tensor[c * fit.width * fit.height + place] = (value - input.mean[c]) / input.std[c]
      })
    }
  }
  return tensor
}

/** Mean and largest difference, grey levels. */
function difference(
  one: ArrayLike<number>,
  other: ArrayLike<number>,
  std = 1,
): { mean: number; most: number } {
  let [sum, most] = [0, 0]
  for (let i = 0; i < one.length; i++) {
    const apart = Math.abs(one[i] - other[i]) * std
    sum += apart
    most = Math.max(most, apart)
  }
  return { mean: sum / one.length, most }
}

function compare(input: Input, shown: Picture420, options: FitOptions = {}, letterbox = letterboxFor(input)) {
  const fit = fitPicture(input.size, shown, options)
  const tensor = letterbox.fill(shown, fit)[0].values as Float32Array
  expect(tensor).toHaveLength(3 * fit.width * fit.height)
  return difference(tensor, plainly(shown, fit, input), Math.max(...input.std))
}

/** Pictures of any size, of which any part is shown. */
function forManyParts(check: (shown: Picture420, options: FitOptions) => void): void {
  const sides = fc.integer({ min: 4, max: 160 }).map((half) => half * 2)
  const part = fc.double({ min: 0, max: 1, noNaN: true })
  fc.assert(
    fc.property(sides, sides, part, part, fc.boolean(), (width, height, x, y, mirrored) => {
      const even = (value: number) => Math.floor(value / 2) * 2
      const [left, top] = [even(x * (width - 8)), even(y * (height - 8))]
      const crop = { left, top, width: width - left, height: height - top }
      check(picture(width, height, left), { crop, longSide: 100, mirrored })
    }),
    { numRuns: 60 },
  )
}

describe('the letterbox of colour planes', () => {
  it.each([
    ['scaled down three times', square, 1280, 720, {}],
    ['scaled down a little', square, 704, 576, {}],
    ['scaled up', square, 320, 240, {}],
    ['upright', square, 360, 640, {}],
    ['as large as the tensor', free, 640, 360, {}],
    ['enlarged for small faces', free, 352, 288, { longSide: 480 }],
    [
      'mirrored, with a width that is no multiple of four',
      free,
      1280,
      722,
      { longSide: 475, mirrored: true },
    ],
    ['a part of it', square, 1280, 720, { crop: { left: 322, top: 106, width: 300, height: 416 } }],
    [
      'the last part of it, mirrored',
      free,
      704,
      576,
      {
        crop: { left: 600, top: 500, width: 104, height: 76 },
        mirrored: true,
      },
    ],
    ['for a model that wants it normalised, as RGB', normalised, 768, 576, {}],
  ] as const)(
    'shows a picture %s, within a grey level of the definition',
    (_, input, width, height, options) => {
      const { mean, most } = compare(input, picture(width, height), options)
      expect(mean).toBeLessThan(0.3)
      expect(most).toBeLessThan(2.5)
    },
  )

  it('shows pictures of any size and part, one after the other in the same memory', () => {
    const letterbox = letterboxFor(free)
    forManyParts((shown, options) => {
      expect(compare(free, shown, options, letterbox).mean).toBeLessThan(0.3)
    })
  })

  it('keeps to black and white where the colours leave the range', () => {
    const shown = picture(64, 64)
    shown.pixels.fill(255, 64 * 64, 64 * 80)
    shown.pixels.fill(0, 64 * 80)
    const [{ values: tensor }] = letterboxFor(square).fill(shown, fitPicture(square.size, shown))
    expect(tensor.every((value) => value >= 0 && value <= 255)).toBe(true)
    expect(compare(square, shown).most).toBeLessThan(2.5)
  })
})

const planes: Planes = {
  names: ['y', 'u', 'v'],
  layout: 'I420',
  padding: 114,
  placement: 'top-left',
  size: { multiple: 32, longSide: 640 },
}

/** Y, U and V one pixel at a time, in doubles: a chroma pixel lies in the middle of the four luma pixels that it colours. */
function plainPlanes({ width, height, pixels }: Picture420, fit: Fit, input: Planes): number[][] {
  const { crop, usedWidth, usedHeight, mirrored } = fit
  return [1, 2, 2].map((fineness, plane) => {
    const [columns, rows] = [fit.width / fineness, fit.height / fineness]
    const row = width / fineness
    const begin = plane === 0 ? 0 : width * height + (plane - 1) * (width / 2) * (height / 2)
    const at = (x: number, y: number) => {
      const [sx, sy] = [Math.min(crop.width / fineness - 1, x), Math.min(crop.height / fineness - 1, y)]
      return pixels[begin + (crop.top / fineness + sy) * row + crop.left / fineness + sx]
    }
    const place = (centre: number, used: number, side: number) =>
      Math.max(0, Math.min(side - 1, (centre * side) / used - 0.5))
    return Array.from({ length: columns * rows }, (_, i) => {
      const [x, y] = [i % columns, Math.floor(i / columns)]
      if (x * fineness >= usedWidth || y * fineness >= usedHeight) return plane === 0 ? input.padding : 128
      const across = mirrored ? usedWidth / fineness - x - 0.5 : x + 0.5
      const px = place(across, usedWidth / fineness, crop.width / fineness)
      const py = place(y + 0.5, usedHeight / fineness, crop.height / fineness)
      const [left, top, fx, fy] = [Math.floor(px), Math.floor(py), px % 1, py % 1]
      const upper = at(left, top) * (1 - fx) + at(left + 1, top) * fx
      const lower = at(left, top + 1) * (1 - fx) + at(left + 1, top + 1) * fx
      return upper * (1 - fy) + lower * fy
    })
  })
}

function comparePlanes(shown: Picture420, options: FitOptions = {}, letterbox = letterboxFor(planes)) {
  const fit = fitPicture(planes.size, shown, options)
  const tensors = letterbox.fill(shown, fit)
  const plain = plainPlanes(shown, fit, planes)
  const [width, height] = [fit.width, fit.height]
  expect(tensors.map(({ name, type, dims }) => ({ name, type, dims }))).toEqual([
    { name: 'y', type: 'uint8', dims: [1, 1, height, width] },
    { name: 'u', type: 'uint8', dims: [1, 1, height / 2, width / 2] },
    { name: 'v', type: 'uint8', dims: [1, 1, height / 2, width / 2] },
  ])
  return tensors.map(({ values }, i) => {
    expect(values).toHaveLength(plain[i].length)
    return difference(values, plain[i])
  })
}

describe('the letterbox of a picture as it is', () => {
  it.each([
    ['scaled down to half', 1280, 720, {}],
    ['scaled down to half, ending in the middle of a chroma pixel', 1280, 710, {}],
    ['scaled down to half and mirrored', 1280, 720, { mirrored: true }],
    ['scaled down three times', 1280, 720, { longSide: 416 }],
    ['scaled down a little', 704, 576, {}],
    ['upright', 360, 640, {}],
    ['as large as the tensor', 640, 384, {}],
    ['enlarged for small faces', 352, 288, { longSide: 480 }],
    ['mirrored', 704, 576, { mirrored: true }],
    ['mirrored, ending in the middle of a chroma pixel', 1280, 722, { longSide: 475, mirrored: true }],
    ['a part of it', 1280, 720, { crop: { left: 322, top: 106, width: 300, height: 416 } }],
    [
      'the last part of it, mirrored',
      704,
      576,
      { crop: { left: 600, top: 500, width: 104, height: 76 }, mirrored: true },
    ],
  ] as const)('shows it %s, each plane within a level of the definition', (_, width, height, options) => {
    for (const { mean, most } of comparePlanes(picture(width, height), options)) {
      // Half a level is rounding; the rest are weights in steps of 1/256 and 1/128.
      expect(mean).toBeLessThan(0.4)
      expect(most).toBeLessThan(1.6)
    }
  })

  it('shows pictures of any size and part, one after the other in the same memory', () => {
    const letterbox = letterboxFor(planes)
    forManyParts((shown, options) => {
      for (const { mean, most } of comparePlanes(shown, options, letterbox)) {
        expect(mean).toBeLessThan(0.4)
        expect(most).toBeLessThan(1.6)
      }
    })
  })

  it('leaves black, white and the padding exactly as they are', () => {
    for (const level of [0, 255]) {
      const shown = { ...picture(704, 576), pixels: new Uint8Array((704 * 576 * 3) / 2).fill(level) }
      const fit = fitPicture(planes.size, shown)
      const [y, u] = letterboxFor(planes).fill(shown, fit)
      expect([...new Set(y.values)].sort()).toEqual([...new Set([level, 114])].sort())
      expect([...new Set(u.values)].sort()).toEqual([...new Set([level, 128])].sort())
    }
  })
})
