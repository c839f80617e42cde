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
  for await (const { view, picture } of set.pictures(await set.views(), step)) {
    const { detections, whole } = await eyes.see(picture, undefined, false)
    const { hidden } = await eyes.redact(picture, detections, whole)
    for (const { box, ignore } of view.truths) {
      if (ignore || shorterSide(box, picture) < leastLeakingFace) continue
      total++
      if (!isHidden(innerHalf(box), hidden, picture)) leaked++
    }
  }
  return { faces: total, leaked, rate: total > 0 ? leaked / total : null }
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

/** Lies every pixel of the box under one of those, each taken to whole pixels as the mosaic is? */
export function isHidden(box: Box, hidden: readonly Box[], { width, height }: Size): boolean {
  const covers = hidden.map(({ x1, y1, x2, y2 }) => ({
    ...{ left: Math.floor(x1 * width), right: Math.ceil(x2 * width) },
    ...{ top: Math.floor(y1 * height), bottom: Math.ceil(y2 * height) },
  }))
  const isCovered = (x: number, y: number) =>
    covers.some(({ left, right, top, bottom }) => x >= left && x < right && y >= top && y < bottom)
  const [left, top] = [Math.max(0, Math.floor(box.x1 * width)), Math.max(0, Math.floor(box.y1 * height))]
  const [right, bottom] = [
    Math.min(width, Math.ceil(box.x2 * width)),
    Math.min(height, Math.ceil(box.y2 * height)),
  ]
  for (let y = top; y < bottom; y++) {
    for (let x = left; x < right; x++) if (!isCovered(x, y)) return false
  }
  return true
}
