/** Evaluates a model on the sets at some input sizes, each picture read once. */
import type { Detection, Label } from '../../src/domain/detection.ts'
import type { Detector } from '../../src/vision/detector.ts'
import { leastConfidence, type SetFigures, setFigures } from './figures.ts'
import { type InputSize, inputHeight, lookAt, nameOf } from './input-size.ts'
import type { Seen } from './metrics.ts'
import type { EvalSet } from './sets.ts'

/** By input size, then by set. */
export type DetectFigures = Record<string, Record<string, SetFigures>>

export interface Evaluation {
  readonly sets: readonly EvalSet[]
  readonly sizes: readonly InputSize[]
  /** Every so many-th picture. */
  readonly step: number
  readonly say: (text: string) => void
}

/** Everything that the model can find. */
export function labelsOf({ manifest }: Pick<Detector, 'manifest'>): Label[] {
  return [...new Set(Object.values(manifest.labels))]
}

export async function detectFigures(detector: Detector, evaluation: Evaluation): Promise<DetectFigures> {
  const { sets, sizes, step, say } = evaluation
  const { manifest } = detector
  const emitted = (label: Label) => manifest.scores?.[label] ?? manifest.score
  const figures: DetectFigures = Object.fromEntries(sizes.map((size) => [nameOf(size, manifest), {}]))
  for (const set of sets) {
    const seen = await seenIn(detector, set, { sizes, step, say })
    for (const [i, size] of sizes.entries()) {
      figures[nameOf(size, manifest)][set.name] = setFigures(set, seen[i], labelsOf(detector), emitted)
    }
  }
  return figures
}

/** What is seen in a set, for each size. */
export async function seenIn(
  detector: Detector,
  set: EvalSet,
  { sizes, step, say }: Omit<Evaluation, 'sets'>,
): Promise<Seen[][]> {
  const seen: Seen[][] = sizes.map(() => [])
  const views = await set.views()
  const total = Math.ceil(views.length / step)
  const { manifest } = detector
  say(`${manifest.name} on ${set.name}: ${total} pictures`)
  let told = Date.now()
  for await (const { view, picture } of set.pictures(views, step)) {
    for (const [i, size] of sizes.entries()) {
      const options = { ...lookAt(size, picture), score: leastConfidence }
      const { detections } = await detector.look(picture, options)
      seen[i].push({
        labelled: view.labelled,
        truths: view.truths,
        found: detections.filter(({ label }) => view.labelled.includes(label)).map(bare),
        inputHeight: inputHeight(size, picture, manifest),
      })
    }
    if (Date.now() - told < tellEveryMs) continue
    told = Date.now()
    say(`${manifest.name} on ${set.name}: ${seen[0].length} of ${total}`)
  }
  if (seen[0].length !== total)
    throw new Error(`${set.name} gave ${seen[0].length} of its ${total} pictures: is the clip whole?`)
  return seen
}

const tellEveryMs = 10_000

function bare({ label, confidence, box }: Detection): Detection {
  return { label, confidence, box }
}
