/** The leak rate of redaction: faces of which something of the inner half stays visible, through the gateway's own eyes. */
import type { Box } from '../../src/domain/geometry.ts'
import type { Detector } from '../../src/vision/detector.ts'
import { Eyes } from '../../src/vision/eyes.ts'
import type { Picture420 } from '../../src/vision/fit.ts'
import type { EvalSet } from './sets.ts'

/** Smaller faces tell nobody from anybody, pixels of the picture. */
export const leastLeakingFace = 16

export interface Leaks {
  readonly faces: number
  readonly leaked: number
  /** Null where there was no face. */
  readonly rate: number | null
  /** Mean share of a picture that is hidden: who hides everything leaks nothing. */
  readonly hiddenShare: number
}

/** Every `step`-th picture of a set with faces. */
export async function leaksOf(
  objects: Detector,
  faces: Detector,
  set: EvalSet,
  step: number,
): Promise<Leaks> {
  const eyes = new Eyes([objects], faces)
  let total = 0
  let leaked = 0
  const shares: number[] = []
  for await (const { view, picture } of set.pictures(await set.views(), step)) {
    const { detections, whole } = await eyes.see(picture, undefined, false)
    const { hidden } = await eyes.redact(picture, detections, whole)
    const mask = hiddenPixels(hidden, picture)
    shares.push(mask.reduce((sum, one) => sum + one, 0) / mask.length)
    for (const { box, ignore } of view.truths) {
      if (ignore || shorterSide(box, picture) < leastLeakingFace) continue
      total++
      if (!isHidden(innerHalf(box), mask, picture)) leaked++
    }
  }
  const hiddenShare = shares.reduce((sum, one) => sum + one, 0) / Math.max(1, shares.length)
  return { faces: total, leaked, rate: total > 0 ? leaked / total : null, hiddenShare }
}

type Size = Pick<Picture420, 'width' | 'height'>

function shorterSide({ x1, y1, x2, y2 }: Box, { width, height }: Size): number {
  return Math.min((x2 - x1) * width, (y2 - y1) * height)
}

/** Half as wide and half as high, around the same middle: eyes, nose and mouth. */
export function innerHalf({ x1, y1, x2, y2 }: Box): Box {
  const [x, y] = [(x2 - x1) / 4, (y2 - y1) / 4]
  return { x1: x1 + x, y1: y1 + y, x2: x2 - x, y2: y2 - y }
}

/** Pixels under the mosaic, which takes each box to whole pixels: 1, others 0. */
export function hiddenPixels(hidden: readonly Box[], { width, height }: Size): Uint8Array {
  const mask = new Uint8Array(width * height)
  for (const box of hidden) {
    const { left, right, top, bottom } = pixelsOf(box, { width, height })
    for (let y = top; y < bottom; y++) mask.fill(1, y * width + left, y * width + right)
  }
  return mask
}

/** Is every pixel that the box touches under the mosaic? */
export function isHidden(box: Box, mask: Uint8Array, size: Size): boolean {
  const { left, right, top, bottom } = pixelsOf(box, size)
  for (let y = top; y < bottom; y++) {
    if (mask.subarray(y * size.width + left, y * size.width + right).includes(0)) return false
  }
  return true
}

function pixelsOf({ x1, y1, x2, y2 }: Box, { width, height }: Size) {
  return {
    ...{ left: Math.max(0, Math.floor(x1 * width)), right: Math.min(width, Math.ceil(x2 * width)) },
    ...{ top: Math.max(0, Math.floor(y1 * height)), bottom: Math.min(height, Math.ceil(y2 * height)) },
  }
}
