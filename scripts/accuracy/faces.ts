/** The chapters of docs/accuracy.md about faces: where they are found, and what redaction leaves of them. */
import { leastLeakingFace } from '../eval/leaks.ts'
import { thousandths } from '../eval/sentences.ts'
import { num, percent, table } from '../performance/markdown.ts'
import type { Accuracy } from './results.ts'

export function faceText(accuracies: readonly Accuracy[]): string[] {
  const finders = accuracies.filter(({ faces }) => faces)
  if (finders.length === 0) return ['Not measured.']
  const about =
    "Recall, and in brackets false faces a picture. A picture is enlarged to twice its size at most, so the crowd's 416 px end at 832."
  return [about, ...finders.flatMap(({ model, faces = {} }) => [`### Faces by ${model}`, faceTable(faces)])]
}

function faceTable(faces: NonNullable<Accuracy['faces']>): string {
  let thresholds: string[] = []
  const rows = Object.entries(faces).flatMap(([size, sets]) =>
    Object.entries(sets).map(([set, { atThresholds, atOneFalse }]) => {
      thresholds = atThresholds.map(({ confidence }) => `from ${confidence}`)
      const cells = [...atThresholds, atOneFalse].map(
        ({ recall, falsePerFrame }) => `${thousandths(recall)} (${num(falsePerFrame)})`,
      )
      return [set, size, String(atOneFalse.truths), ...cells, num(atOneFalse.confidence)]
    }),
  )
  rows.sort(([a], [b]) => a.localeCompare(b))
  return table([['set', 'input', 'faces', ...thresholds, 'at one false', 'that is from'], ...rows])
}

export function leakText(accuracies: readonly Accuracy[]): string[] {
  const rows = accuracies.flatMap(({ model, leaks = {} }) =>
    Object.entries(leaks).flatMap(([objects, sets]) =>
      Object.entries(sets).map(([set, { faces, leaked, rate, hiddenShare }]) => {
        const pair = objects === model ? `${model} alone` : `${objects} + ${model}`
        return [pair, set, String(faces), String(leaked), thousandths(rate), percent(hiddenShare)]
      }),
    ),
  )
  if (rows.length === 0) return ['Not measured.']
  return [
    `The share of annotated faces of ${leastLeakingFace} px and more (the shorter side, in the picture) of which any pixel of the inner half is not under
the mosaic, after the gateway's own redaction: it looks for faces as the manifest's \`redaction\` says, and hides the heads of people too.
The last column is its price: the mean share of a picture that is hidden.`,
    table([['models', 'set', 'faces', 'visible', 'leak rate', 'hidden'], ...rows]),
  ]
}
