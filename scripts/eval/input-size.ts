/** At which input size a model is evaluated, and how large things are in it. */
import { type FitOptions, fitPicture } from '../../src/vision/fit.ts'
import type { Manifest } from '../../src/vision/manifest.ts'
import { Misuse, within } from '../bench/arguments.ts'

type Size = { readonly width: number; readonly height: number }

/** `640x384`: as large as fits into that; a number: the long side; `own`: as the manifest has it. */
export type InputSize = Size | { readonly longSide: number } | 'own'

/** Where neither the command line nor a fixed input says another. */
export const usualSizes: readonly InputSize[] = [
  { width: 416, height: 256 },
  { width: 640, height: 384 },
  { width: 960, height: 544 },
]

/** As figures are filed; `own` needs the manifest. */
export function nameOf(size: InputSize, manifest?: Manifest): string {
  if (size === 'own') {
    const own = manifest?.input.size
    if (!own) return 'picture'
    return 'width' in own ? `${own.width}x${own.height}` : `long side ${own.longSide}`
  }
  return 'longSide' in size ? `long side ${size.longSide}` : `${size.width}x${size.height}`
}

/** `640x384` or `own`. Throws Misuse. */
export function sizeNamed(text: string): InputSize {
  if (text === 'own') return text
  const found = /^(\d{2,4})[x×](\d{2,4})$/.exec(text)
  if (!found) throw new Misuse(`--size ${text}: width x height, as in 640x384, or own`)
  const [width, height] = found.slice(1).map((side) => within('size', side, 32, 4_096, true))
  return { width, height }
}

/** What the detector is asked for, so that the picture gets that size. */
export function lookAt(size: InputSize, { width, height }: Size): Pick<FitOptions, 'longSide'> {
  if (size === 'own') return {}
  if ('longSide' in size) return size
  const scale = Math.min(size.width / width, size.height / height)
  return { longSide: Math.floor(Math.max(width, height) * scale) }
}

/** Pixels of the input that the height of the picture takes; of the picture itself where no model is known. */
export function inputHeight(size: InputSize, picture: Size, manifest?: Manifest): number {
  if (manifest) return fitPicture(manifest.input.size, picture, lookAt(size, picture)).scale * picture.height
  const { longSide } = lookAt(size, picture)
  return longSide === undefined
    ? picture.height
    : (longSide / Math.max(picture.width, picture.height)) * picture.height
}

/** Those that were asked for, else the usual ones; a fixed input has just its own. Throws Misuse where it cannot have that size. */
export function sizesFor({ name, input }: Manifest, asked: readonly InputSize[]): readonly InputSize[] {
  if (!('width' in input.size)) return asked.length > 0 ? asked : usualSizes
  const { width, height } = input.size
  const strange = asked.find((size) => size !== 'own' && nameOf(size) !== `${width}x${height}`)
  if (strange)
    throw new Misuse(`${name} has a fixed input of ${width}x${height}, it cannot be ${nameOf(strange)}`)
  return ['own']
}
