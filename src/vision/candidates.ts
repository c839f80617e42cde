/** Raw boxes of a model become detections: absurd ones are dropped and counted, then the weaker of overlapping pairs. */
import type { Detection } from '../domain/detection.ts'
import { type Box, iou } from '../domain/geometry.ts'
import type { Fit } from './fit.ts'

/** More boxes than this in one frame are a fault of the model, not a crowd. */
const maxBoxes = 1_000

/** What a class of a model is to us. */
export type Sort = Pick<Detection, 'label' | 'type'>

/** Collects one frame's boxes in tensor pixels. */
export class Candidates {
  readonly #kept: { sort: Sort; confidence: number; x1: number; y1: number; x2: number; y2: number }[] = []
  readonly #fit: Fit
  /** Boxes that were not finite, empty, outside the picture, or far larger than it. */
  absurd = 0
  /** Of these, those with a number that is none (NaN): nothing such a model says can be relied on. */
  unreadable = 0
  /** Boxes for which the model had no row left, at least. */
  untold = 0

  constructor(fit: Fit) {
    this.#fit = fit
  }

  /** Centre and size in tensor pixels. */
  add(sort: Sort, confidence: number, cx: number, cy: number, width: number, height: number): void {
    const { usedWidth, usedHeight } = this.#fit
    const x1 = cx - width / 2
    const y1 = cy - height / 2
    const x2 = cx + width / 2
    const y2 = cy + height / 2
    // Written so that NaN fails every one of them.
    const sound =
      confidence <= 1.001 && width > 0 && height > 0 && width < 2 * usedWidth && height < 2 * usedHeight
    if (!sound || !(x2 > 0 && y2 > 0 && x1 < usedWidth && y1 < usedHeight)) {
      this.absurd++
      if ([confidence, x1, y1, x2, y2].some(Number.isNaN)) this.unreadable++
      return
    }
    this.#kept.push({ sort, confidence: Math.min(1, confidence), x1, y1, x2, y2 })
  }

  /** Detections in 0..1 of the whole picture, strongest first; `capped` counts those beyond the limit. */
  settle(nms: number): { detections: Detection[]; capped: number } {
    const all = this.#kept
      .sort((a, b) => b.confidence - a.confidence)
      .slice(0, maxBoxes)
      .map(({ sort, confidence, ...corners }) => ({ ...sort, confidence, box: this.#inPicture(corners) }))
    return { detections: suppress(all, nms), capped: Math.max(0, this.#kept.length - maxBoxes) + this.untold }
  }

  /** Cut off where the looked-at part of the picture ends. */
  #inPicture({ x1, y1, x2, y2 }: Box): Box {
    const { usedWidth, usedHeight, mirrored, crop, picture } = this.#fit
    const unit = (value: number, whole: number) => Math.min(1, Math.max(0, value / whole))
    const across = (x: number) => (crop.left + unit(x, usedWidth) * crop.width) / picture.width
    const down = (y: number) => (crop.top + unit(y, usedHeight) * crop.height) / picture.height
    const [left, right] = mirrored ? [usedWidth - x2, usedWidth - x1] : [x1, x2]
    return { x1: across(left), y1: down(y1), x2: across(right), y2: down(y2) }
  }
}

/** Greedy non-maximum suppression within each label; `detections` strongest first. */
export function suppress(detections: readonly Detection[], nms: number): Detection[] {
  const kept: Detection[] = []
  for (const one of detections) {
    if (!kept.some((other) => other.label === one.label && iou(other.box, one.box) > nms)) kept.push(one)
  }
  return kept
}
