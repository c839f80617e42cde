/** How right detections are beside what is annotated: average precision and recall, from plain values. */
import type { Detection, Label } from '../../src/domain/detection.ts'
import { area, type Box, iou, overlap } from '../../src/domain/geometry.ts'

/** An annotated box, 0..1. */
export interface Truth {
  readonly label: Label
  readonly box: Box
  /** Neither right nor wrong when found. */
  readonly ignore: boolean
  /** The same thing over the frames of a clip, where the set tells. */
  readonly id?: number
}

/** One picture: what is annotated in it, and what was found. */
export interface Seen {
  /** Labels of which everything in the picture is annotated; others prove nothing. */
  readonly labelled: readonly Label[]
  readonly truths: readonly Truth[]
  readonly found: readonly Detection[]
  /** Pixels of the model's input that the picture's whole height takes. */
  readonly inputHeight: number
}

/** A detection that counts: right where it took a truth. */
export interface Mark {
  readonly confidence: number
  readonly truth?: Truth
}

/** Edges in pixels of the input: 32 and 96 part small, medium and large as the sides of COCO's areas do; small is parted again. */
export const heightEdges = [0, 16, 32, 96] as const

export interface HeightRecall {
  readonly from: number
  /** Null: and more. */
  readonly to: number | null
  readonly truths: number
  /** Null where there is nothing to find. */
  readonly recall: number | null
}

export interface LabelFigures {
  /** Pictures that label it. */
  readonly frames: number
  readonly truths: number
  /** Null where there is nothing to find; so is every other share. */
  readonly ap50: number | null
  /** Mean over IoU 0.5, 0.55 … 0.95. */
  readonly ap50to95: number | null
  /** The next at the confidence `score` and IoU 0.5. */
  readonly score: number
  readonly precision: number | null
  readonly recall: number | null
  readonly falsePerFrame: number
  /** Where precision and recall are best together; null where nothing right was found. */
  readonly best: Balance | null
  readonly byHeight: readonly HeightRecall[]
}

export interface Balance {
  /** From this confidence on. */
  readonly confidence: number
  readonly precision: number
  readonly recall: number
}

const cocoIous = Array.from({ length: 10 }, (_, i) => (50 + 5 * i) / 100)

/** Of a detection at least this share lies in what is to be ignored: then it is ignored. */
const ignoredShare = 0.5

/**
 * Of one picture and label: each detection, the strongest first, takes the free truth that it fits best, from IoU `least` on.
 * Those on ignored truths do not count, as little as those truths do.
 */
export function judge(found: readonly Detection[], truths: readonly Truth[], least: number): Mark[] {
  const free = new Set(truths.filter(({ ignore }) => !ignore))
  const ignored = truths.filter(({ ignore }) => ignore)
  const marks: Mark[] = []
  for (const { box, confidence } of found.toSorted((a, b) => b.confidence - a.confidence)) {
    const truth = bestOf(free, box, least)
    if (truth) free.delete(truth)
    else if (ignored.some((one) => fits(one.box, box, least))) continue
    marks.push({ confidence, truth })
  }
  return marks
}

function bestOf(truths: Iterable<Truth>, box: Box, least: number): Truth | undefined {
  let best: Truth | undefined
  let bestIou = least
  for (const truth of truths) {
    const shared = iou(truth.box, box)
    if (shared > bestIou || (shared === bestIou && !best)) {
      best = truth
      bestIou = shared
    }
  }
  return best
}

function fits(ignored: Box, box: Box, least: number): boolean {
  return overlap(ignored, box) >= ignoredShare * area(box) || iou(ignored, box) >= least
}

/** Area under the precision-recall curve, all-point interpolation; null where there is nothing to find. */
export function averagePrecision(marks: readonly Mark[], truths: number): number | null {
  if (truths === 0) return null
  let right = 0
  const points = marks
    .toSorted((a, b) => b.confidence - a.confidence)
    .map(({ truth }, i) => {
      if (truth) right++
      return { recall: right / truths, precision: right / (i + 1) }
    })
  let sum = 0
  let best = 0
  for (let i = points.length - 1; i >= 0; i--) {
    best = Math.max(best, points[i].precision)
    sum += best * (points[i].recall - (points[i - 1]?.recall ?? 0))
  }
  return sum
}

/** Just the pictures that label it, with nothing else in them. */
function only(label: Label, seen: readonly Seen[]): Seen[] {
  return seen
    .filter(({ labelled }) => labelled.includes(label))
    .map((one) => ({
      ...one,
      truths: one.truths.filter((truth) => truth.label === label),
      found: one.found.filter((detection) => detection.label === label),
    }))
}

function marksOf(frames: readonly Seen[], least: number): Mark[] {
  return frames.flatMap(({ found, truths }) => judge(found, truths, least))
}

function wanted({ truths }: Seen): readonly Truth[] {
  return truths.filter(({ ignore }) => !ignore)
}

/** `score`: the confidence at which precision and recall are told. */
export function labelFigures(seen: readonly Seen[], label: Label, score: number): LabelFigures {
  const frames = only(label, seen)
  const total = frames.reduce((sum, frame) => sum + wanted(frame).length, 0)
  const byIou = cocoIous.map((least) => marksOf(frames, least))
  const precisions = byIou.map((marks) => averagePrecision(marks, total) ?? 0)
  const emitted = byIou[0].filter(({ confidence }) => confidence >= score)
  const right = emitted.filter(({ truth }) => truth).length
  return {
    frames: frames.length,
    truths: total,
    ap50: total > 0 ? precisions[0] : null,
    ap50to95: total > 0 ? precisions.reduce((sum, one) => sum + one, 0) / precisions.length : null,
    score,
    precision: share(right, emitted.length),
    recall: share(right, total),
    falsePerFrame: (emitted.length - right) / Math.max(1, frames.length),
    best: bestBalance(byIou[0], total),
    byHeight: recallByHeight(frames, score),
  }
}

/** The confidence of the highest F1, the harmonic mean of precision and recall; undecided between two, the higher confidence. */
export function bestBalance(marks: readonly Mark[], truths: number): Balance | null {
  const sorted = marks.toSorted((a, b) => b.confidence - a.confidence)
  let best: Balance | null = null
  let bestF1 = 0
  let right = 0
  for (const [i, { confidence, truth }] of sorted.entries()) {
    if (truth) right++
    // Those of one confidence come and go together.
    if (confidence === sorted[i + 1]?.confidence) continue
    const f1 = (2 * right) / (i + 1 + truths)
    if (f1 <= bestF1) continue
    bestF1 = f1
    best = { confidence, precision: right / (i + 1), recall: right / truths }
  }
  return best
}

function recallByHeight(frames: readonly Seen[], score: number): HeightRecall[] {
  const all = frames.flatMap((frame) => {
    const emitted = judge(frame.found, frame.truths, cocoIous[0]).filter(
      ({ confidence }) => confidence >= score,
    )
    const hit = new Set(emitted.map(({ truth }) => truth))
    return wanted(frame).map((truth) => {
      return { height: (truth.box.y2 - truth.box.y1) * frame.inputHeight, isFound: hit.has(truth) }
    })
  })
  return heightEdges.map((from, i) => {
    const to = heightEdges[i + 1] ?? null
    const there = all.filter(({ height }) => height >= from && (to === null || height < to))
    const found = there.filter(({ isFound }) => isFound).length
    return { from, to, truths: there.length, recall: share(found, there.length) }
  })
}

function share(part: number, whole: number): number | null {
  return whole > 0 ? part / whole : null
}

export interface Operating {
  /** Null where there is nothing to find. */
  readonly recall: number | null
  readonly falsePerFrame: number
  /** From this confidence on. */
  readonly confidence: number
  readonly truths: number
}

/** Recall and false detections from a confidence on. */
export function operatingAt(
  seen: readonly Seen[],
  label: Label,
  least: number,
  confidence: number,
): Operating {
  const frames = only(label, seen)
  const truths = frames.reduce((sum, frame) => sum + wanted(frame).length, 0)
  const marks = marksOf(frames, least).filter((mark) => mark.confidence >= confidence)
  const right = marks.filter(({ truth }) => truth).length
  const falsePerFrame = (marks.length - right) / Math.max(1, frames.length)
  return { recall: share(right, truths), falsePerFrame, confidence, truths }
}

/** The lowest confidence with at most so many false detections per picture, and the recall there; 1 where no confidence has so few. */
export function recallAtFalse(
  seen: readonly Seen[],
  label: Label,
  least: number,
  mostFalse: number,
): Operating {
  const frames = only(label, seen)
  const marks = marksOf(frames, least).sort((a, b) => b.confidence - a.confidence)
  let wrong = 0
  let lowest = 1
  for (const [i, { confidence, truth }] of marks.entries()) {
    if (!truth) wrong++
    if (wrong > mostFalse * frames.length) break
    // Those of one confidence come and go together.
    if (confidence !== marks[i + 1]?.confidence) lowest = confidence
  }
  const { recall, falsePerFrame, truths } = operatingAt(seen, label, least, lowest)
  if (falsePerFrame > mostFalse) return { recall: share(0, truths), falsePerFrame: 0, confidence: 1, truths }
  return { recall, falsePerFrame, confidence: lowest, truths }
}
