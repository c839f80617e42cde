/**
 * The main colour of vehicles, from the pixels in the middle of their boxes. Of people and of two-wheelers, which carry one, nothing is told.
 *
 * A pixel has a name by its place in CIELAB (CIE 15:2004): with little chroma it is a shade, else it is what its hue says. Paint is
 * told from glass, tyres and shadow by a rule of thumb: where a good part is of one colour, that is paint, as hardly anything else of
 * a vehicle is coloured; where hardly anything is, the paint is its lighter part, as glass and shadow are dark. Between the two nobody can say.
 */
import type { Colour, Detection } from '../domain/detection.ts'
import { area, type Box, overlap, wholePicture } from '../domain/geometry.ts'
import type { Picture420 } from './fit.ts'

/** Pixels and confidence below which a box says too little. */
const smallest = { width: 40, height: 28, confidence: 0.35 }
/** The part of a box that is looked at: below the windows of most, above the wheels. */
const middle: Box = { x1: 0.2, y1: 0.4, x2: 0.8, y2: 0.8 }
/** What lies over more than this share of it hides it. */
const mostHidden = 0.15
/** Samples across and down. */
const grid = { across: 16, down: 10 }

/** From here on a pixel has a hue: the sky tints the black and the grey. */
const leastChroma = 20
/** Shares of all samples: from the first on of one name it is paint; from the second on of any names it is no shade. */
const coloured = { paint: 0.3, doubt: 0.12 }
/** Where in the order of lightness paint is looked for, and where what is light anyhow: lamps, plates, chrome, sky. */
const ranks = { paint: 0.65, lightest: 0.9 }
/** Lightness 0..100 of the paint, and the greatest of the lightest part; between them nobody can say. */
const shades = {
  black: { from: 0, below: 28, lightest: 60 },
  grey: { from: 46, below: 66, lightest: 80 },
  white: { from: 86, below: 101, lightest: 101 },
} as const

/**
 * Of the whole picture: mean luma by day, and |u| + |v| that the least coloured quarter does not exceed (lamps at night tint
 * everything) and the most coloured tenth reaches (infra-red tints nothing).
 */
const daylight = { luma: 70, quarter: 12, tenth: 2 }

/** Angles in CIELAB, degrees, where the names end. Brown is a dark orange; violet has no name here. */
const hues: readonly (readonly [number, Colour | undefined])[] = [
  [48, 'red'],
  [75, 'orange'],
  [112, 'yellow'],
  [195, 'green'],
  [300, 'blue'],
  [335, undefined],
  [360, 'red'],
]
/** Lightness below which orange and yellow are brown. */
const brownBelow = 42

/** The same detections, vehicles with their colour where it can be told. */
export function withColours(picture: Picture420, detections: readonly Detection[]): Detection[] {
  const isGood = ({ label, confidence, box }: Detection) =>
    label === 'vehicle' &&
    confidence >= smallest.confidence &&
    (box.x2 - box.x1) * picture.width >= smallest.width &&
    (box.y2 - box.y1) * picture.height >= smallest.height
  if (!detections.some(isGood) || !showsColours(picture)) return [...detections]
  return detections.map((one) => {
    if (!isGood(one)) return one
    const looked = middleOf(one.box)
    const isHidden = detections.some((other) => other !== one && hides(other.box, looked))
    const colour = isHidden ? undefined : colourIn(picture, looked)
    return colour ? { ...one, colour } : one
  })
}

function middleOf({ x1, y1, x2, y2 }: Box): Box {
  const [width, height] = [x2 - x1, y2 - y1]
  return {
    ...{ x1: x1 + middle.x1 * width, x2: x1 + middle.x2 * width },
    ...{ y1: y1 + middle.y1 * height, y2: y1 + middle.y2 * height },
  }
}

/** Nobody's clothes are the colour of a vehicle. */
function hides(box: Box, looked: Box): boolean {
  return overlap(box, looked) > mostHidden * area(looked)
}

/** Is it day, and a picture in colours? */
function showsColours(picture: Picture420): boolean {
  // Masks are painted black.
  const seen = samples(picture, wholePicture).filter(({ luma }) => luma > 16)
  if (seen.length === 0) return false
  const mean = seen.reduce((sum, { luma }) => sum + luma, 0) / seen.length
  const tints = seen.map(({ u, v }) => Math.abs(u) + Math.abs(v)).sort((one, other) => one - other)
  const tint = (rank: number) => tints[Math.floor(rank * tints.length)]
  return mean >= daylight.luma && tint(0.25) <= daylight.quarter && tint(0.9) >= daylight.tenth
}

function colourIn(picture: Picture420, box: Box): Colour | undefined {
  const counts = new Map<Colour | undefined, number>()
  const plain: number[] = []
  const found = samples(picture, box)
  for (const sample of found) {
    const { lightness, a, b } = toLab(sample)
    if (a * a + b * b < leastChroma ** 2) plain.push(lightness)
    else {
      const name = nameOf(lightness, a, b)
      counts.set(name, (counts.get(name) ?? 0) + 1)
    }
  }
  const [most] = [...counts].sort((one, other) => other[1] - one[1])
  if (most && most[1] >= coloured.paint * found.length) return most[0]
  if (plain.length < (1 - coloured.doubt) * found.length) return undefined
  const sorted = plain.sort((one, other) => one - other)
  return shadeOf(
    sorted[Math.floor(ranks.paint * sorted.length)],
    sorted[Math.floor(ranks.lightest * sorted.length)],
  )
}

function nameOf(lightness: number, a: number, b: number): Colour | undefined {
  const angle = ((Math.atan2(b, a) * 180) / Math.PI + 360) % 360
  const name = hues.find(([end]) => angle < end)?.[1]
  return lightness < brownBelow && (name === 'orange' || name === 'yellow') ? 'brown' : name
}

function shadeOf(paint: number, lightest: number): Colour | undefined {
  return (['black', 'grey', 'white'] as const).find((name) => {
    const shade = shades[name]
    return paint >= shade.from && paint < shade.below && lightest < shade.lightest
  })
}

interface Sample {
  readonly luma: number
  /** Less 128. */
  readonly u: number
  readonly v: number
}

/** On a grid over the part of the picture. */
function samples({ width, height, pixels }: Picture420, box: Box): Sample[] {
  const found: Sample[] = []
  const chromaWidth = width >> 1
  const uPlane = width * height
  const vPlane = uPlane + chromaWidth * (height >> 1)
  for (let row = 0; row < grid.down; row++) {
    const y = Math.floor((box.y1 + ((box.y2 - box.y1) * (row + 0.5)) / grid.down) * height)
    for (let column = 0; column < grid.across; column++) {
      const x = Math.floor((box.x1 + ((box.x2 - box.x1) * (column + 0.5)) / grid.across) * width)
      const chroma = (y >> 1) * chromaWidth + (x >> 1)
      const luma = pixels[y * width + x]
      found.push({ luma, u: pixels[uPlane + chroma] - 128, v: pixels[vPlane + chroma] - 128 })
    }
  }
  return found
}

/** By way of linear sRGB and the white of D65. */
function toLab({ luma, u, v }: Sample): { lightness: number; a: number; b: number } {
  const grey = 1.164384 * (luma - 16)
  const red = linear(grey + 1.596027 * v)
  const green = linear(grey - 0.391762 * u - 0.812968 * v)
  const blue = linear(grey + 2.017232 * u)
  const x = cubeRoot((0.4124564 * red + 0.3575761 * green + 0.1804375 * blue) / 0.95047)
  const y = cubeRoot(0.2126729 * red + 0.7151522 * green + 0.072175 * blue)
  const z = cubeRoot((0.0193339 * red + 0.119192 * green + 0.9503041 * blue) / 1.08883)
  return { lightness: 116 * y - 16, a: 500 * (x - y), b: 200 * (y - z) }
}

/** Of every byte, because a power costs more than all the rest. */
const linearOf = Float32Array.from({ length: 256 }, (_, byte) => {
  const share = byte / 255
  return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
})

function linear(value: number): number {
  return linearOf[Math.min(255, Math.max(0, Math.round(value)))]
}

function cubeRoot(value: number): number {
  return value > 216 / 24_389 ? Math.cbrt(value) : ((24_389 / 27) * value + 16) / 116
}
