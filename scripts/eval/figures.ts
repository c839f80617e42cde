/** What evaluation says about a set: figures of each label, and of faces at few false ones. */
import type { Label } from '../../src/domain/detection.ts'
import {
  heightEdges,
  type LabelFigures,
  labelFigures,
  type Operating,
  recallAtFalse,
  type Seen,
} from './metrics.ts'
import { type EvalSet, leastCctvFace } from './sets.ts'

/** From this confidence on detections count for precision-recall curves. */
export const leastConfidence = 0.01
/** Faces are small, and their boxes a matter of taste: hair and chin or not. */
export const faceIou = 0.4
export const mostFalseFaces = 1

export interface SetFigures {
  /** Pictures that were looked at. */
  readonly pictures: number
  /** Those that the model knows and the set labels exhaustively. */
  readonly labels: Partial<Record<Label, LabelFigures>>
  /** Recall where at most one face a picture is false, IoU 0.4; the threshold is found by sweep. */
  readonly facesAtOneFalse?: Operating
}

/** `scoreOf`: the confidence at which precision and recall of a label are told. */
export function setFigures(
  { labelled }: Pick<EvalSet, 'labelled'>,
  seen: readonly Seen[],
  labels: readonly Label[],
  scoreOf: (label: Label) => number,
): SetFigures {
  const counted = labelled.filter((label) => labels.includes(label))
  return {
    pictures: seen.length,
    labels: Object.fromEntries(counted.map((label) => [label, labelFigures(seen, label, scoreOf(label))])),
    facesAtOneFalse: counted.includes('face')
      ? recallAtFalse(seen, 'face', faceIou, mostFalseFaces)
      : undefined,
  }
}

/** In the words of the command's help and of the page. */
export const method = `Every picture goes the gateway's own way: letterbox, model, decoding, suppression. Detections from confidence ${leastConfidence} on count;
each takes the free annotation it fits best, the strongest first; average precision is the area under the curve of all points.
What is to be ignored is neither right nor wrong. A label counts only where the set annotates it exhaustively. MOT's boxes go on
beyond the picture's edges, the gateway's end there; they are compared as they are.

Precision and recall are told at IoU 0.5 and the confidence from which the gateway emits (the manifest's \`score\`), which says
more of that choice than of the model; and at best: where their harmonic mean is greatest. Recall by height, at that score, is in
pixels of the model's input, with edges at ${heightEdges.slice(1).join(', ')} (32 and 96 as the sides of COCO's areas).

640x384 means: as large as fits into it with the ratio kept, and no more than twice as large; for a 4:3 camera the gateway's long
side of 640 shows more (\`--long-side 640\`). Faces at one false: the lowest threshold, found by sweep, with at most ${mostFalseFaces} false
face per picture, IoU ${faceIou}; faces of faces_cctv count from ${leastCctvFace} px.`

/** Numbers with four decimals: more are noise. */
export function rounded<T>(figures: T): T {
  return JSON.parse(
    JSON.stringify(figures, (_, value: unknown) =>
      typeof value === 'number' ? Number(value.toFixed(4)) : value,
    ),
  ) as T
}
