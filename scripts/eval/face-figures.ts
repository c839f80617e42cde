/** Faces by input size and threshold, and what redaction leaves of them. */
import type { Detector } from '../../src/vision/detector.ts'
import { seenIn } from './detect-figures.ts'
import { faceIou, mostFalseFaces } from './figures.ts'
import { type InputSize, nameOf } from './input-size.ts'
import { type Leaks, leaksOf } from './leaks.ts'
import { type Operating, operatingAt, recallAtFalse } from './metrics.ts'
import type { EvalSet } from './sets.ts'

export const usualLongSides = [320, 480, 640, 960, 1_280, 1_920]
export const usualThresholds = [0.1, 0.2, 0.3, 0.5, 0.7]

export interface FaceRecall {
  readonly pictures: number
  /** Recall and false faces a picture from each threshold on. */
  readonly atThresholds: readonly Operating[]
  readonly atOneFalse: Operating
}

/** By input size, then by set. */
export type FaceFigures = Record<string, Record<string, FaceRecall>>

export interface FaceEvaluation {
  readonly sets: readonly EvalSet[]
  readonly sizes: readonly InputSize[]
  readonly thresholds: readonly number[]
  readonly step: number
  readonly say: (text: string) => void
}

export async function faceFigures(faces: Detector, evaluation: FaceEvaluation): Promise<FaceFigures> {
  const { sets, sizes, thresholds } = evaluation
  const names = sizes.map((size) => nameOf(size, faces.manifest))
  const figures: FaceFigures = Object.fromEntries(names.map((name) => [name, {}]))
  for (const set of sets) {
    for (const [i, seen] of (await seenIn(faces, set, evaluation)).entries()) {
      figures[names[i]][set.name] = {
        pictures: seen.length,
        atThresholds: thresholds.map((threshold) => operatingAt(seen, 'face', faceIou, threshold)),
        atOneFalse: recallAtFalse(seen, 'face', faceIou, mostFalseFaces),
      }
    }
  }
  return figures
}

/** By set. */
export async function leakFigures(
  objects: Detector,
  faces: Detector,
  { sets, step, say }: Pick<FaceEvaluation, 'sets' | 'step' | 'say'>,
): Promise<Record<string, Leaks>> {
  const figures: Record<string, Leaks> = {}
  for (const set of sets) {
    say(`redaction by ${objects.manifest.name} and ${faces.manifest.name} on ${set.name}`)
    figures[set.name] = await leaksOf(objects, faces, set, step)
  }
  return figures
}
