/** Drawn cars of known paint in a drawn street. */
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { readPicture } from '../../scripts/eval/frames.ts'
import { car } from '../../scripts/scene/vehicles.ts'
import type { Detection } from '../../src/domain/detection.ts'
import { withColours } from '../../src/vision/colour.ts'
import type { Picture420 } from '../../src/vision/fit.ts'

const [width, height] = [640, 360]
/** A car of `size` of its drawn size, its wheels at (320, 280). */
const carBox = (size: number) => ({
  ...{ x1: (320 - 222 * size) / width, x2: (320 + 222 * size) / width },
  ...{ y1: (280 - 148 * size) / height, y2: (280 + 4 * size) / height },
})
const vehicle = (size = 0.8): Detection => ({ label: 'vehicle', confidence: 0.8, box: carBox(size) })

interface Street {
  readonly sky?: string
  readonly ground?: string
  /** Of everything: 1 = by day. */
  readonly light?: { readonly r: number; readonly g: number; readonly b: number }
  readonly grey?: boolean
}

async function street(
  paint: string,
  size = 0.8,
  { sky = '#a8c4dc', ground = '#8a8a86', light, grey }: Street = {},
) {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">
<rect width="${width}" height="${height}" fill="${ground}"/><rect width="${width}" height="120" fill="${sky}"/>
<rect y="100" width="${width}" height="60" fill="#5d7a46"/>
<g transform="translate(320,280) scale(${size})">${car(paint, 0)}</g></svg>`
  const drawn = sharp(Buffer.from(svg)).removeAlpha()
  const shown = grey ? drawn.greyscale().toColourspace('srgb') : drawn
  const lit = light
    ? sharp(await shown.png().toBuffer()).linear([light.r, light.g, light.b], [0, 0, 0])
    : shown
  return readPicture(await lit.png().toBuffer())
}

const colourOf = (picture: Picture420, detections: readonly Detection[] = [vehicle()]) =>
  withColours(picture, detections)[0].colour

describe('the colour of a drawn car', () => {
  it.each([
    ['#f4f4f2', 'white'],
    ['#101113', 'black'],
    ['#83868a', 'grey'],
    ['#b0181c', 'red'],
    ['#7d1420', 'red'],
    ['#e2761b', 'orange'],
    ['#e8c21c', 'yellow'],
    ['#5e3a1e', 'brown'],
    ['#1f7a3c', 'green'],
    ['#1d4fa3', 'blue'],
    ['#16264f', 'blue'],
  ])('painted %s is %s, near and far', async (paint, colour) => {
    expect(colourOf(await street(paint))).toBe(colour)
    expect(colourOf(await street(paint, 0.25), [vehicle(0.25)])).toBe(colour)
  })

  it('is not told of what is violet, too small, half believed or a two-wheeler', async () => {
    expect(colourOf(await street('#7b3fa0'))).toBeUndefined()
    expect(colourOf(await street('#b0181c', 0.08), [vehicle(0.08)])).toBeUndefined()
    const red = await street('#b0181c')
    expect(colourOf(red, [{ ...vehicle(), confidence: 0.2 }])).toBeUndefined()
    expect(colourOf(red, [{ ...vehicle(), label: 'two-wheeler' }])).toBeUndefined()
    expect(colourOf(red, [{ ...vehicle(), label: 'person' }])).toBeUndefined()
  })

  it('is not that of somebody before it', async () => {
    const person = {
      label: 'person',
      confidence: 0.3,
      box: { x1: 0.45, y1: 0.4, x2: 0.55, y2: 0.8 },
    } as const
    const red = await street('#b0181c')
    expect(withColours(red, [vehicle(), person]).map(({ colour }) => colour)).toEqual([undefined, undefined])
    const beside = { ...person, box: { x1: 0.02, y1: 0.4, x2: 0.12, y2: 0.8 } }
    expect(withColours(red, [vehicle(), beside]).map(({ colour }) => colour)).toEqual(['red', undefined])
  })

  it('is not told at night, under yellow lamps, and of a grey picture', async () => {
    expect(colourOf(await street('#b0181c', 0.8, { light: { r: 0.3, g: 0.3, b: 0.3 } }))).toBeUndefined()
    expect(colourOf(await street('#f4f4f2', 0.8, { light: { r: 1, g: 0.75, b: 0.35 } }))).toBeUndefined()
    expect(colourOf(await street('#f4f4f2', 0.8, { grey: true }))).toBeUndefined()
  })

  it('is told also where masks hide most of the picture', async () => {
    const picture = await street('#1d4fa3')
    for (let y = 0; y < 130; y++) picture.pixels.fill(16, y * width, (y + 1) * width)
    for (let y = 285; y < height; y++) picture.pixels.fill(16, y * width, (y + 1) * width)
    for (const plane of [width * height, (width * height * 5) / 4]) {
      picture.pixels.fill(128, plane, plane + (width / 2) * 65)
      picture.pixels.fill(128, plane + (width / 2) * 143, plane + (width * height) / 4)
    }
    expect(colourOf(picture)).toBe('blue')
  })

  it('leaves everything else as it was', async () => {
    const picture = await street('#b0181c')
    const detections = [
      { ...vehicle(), type: 'car' },
      { label: 'person', confidence: 0.9, box: carBox(0.01) },
    ] as const
    expect(withColours(picture, detections)).toEqual([{ ...detections[0], colour: 'red' }, detections[1]])
  })
})
