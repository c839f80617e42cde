/** models/accuracy.json: the few figures of each model that the catalogue shows. */
import type { Accuracy } from './results.ts'

export interface Summary {
  readonly measured: string
  readonly figures: Readonly<Record<string, number>>
}

/** Beside those of a fixed input: at this size. */
const shownSize = '640x384'
/** Faces in the distance need more. */
const shownFaceSize = '960x544'

export function summaries(accuracies: readonly Accuracy[]): Record<string, Summary> {
  return Object.fromEntries(
    accuracies.map((accuracy) => [
      accuracy.model,
      { measured: accuracy.measured, figures: figuresOf(accuracy) },
    ]),
  )
}

/** Without what could not be measured. */
function figuresOf({ sizes, leaks = {} }: Accuracy): Record<string, number> {
  const all: [string, number | null | undefined][] = []
  const [first] = Object.keys(sizes)
  const size = shownSize in sizes ? shownSize : first
  for (const [set, { labels }] of Object.entries(sizes[size] ?? {})) {
    for (const [label, { ap50 }] of Object.entries(labels)) all.push([`${label} AP50 ${set} ${size}`, ap50])
  }
  const faceSize = shownFaceSize in sizes ? shownFaceSize : size
  for (const [set, { facesAtOneFalse }] of Object.entries(sizes[faceSize] ?? {})) {
    all.push([`face recall at one false ${set} ${faceSize}`, facesAtOneFalse?.recall])
  }
  for (const [objects, sets] of Object.entries(leaks)) {
    for (const [set, { rate }] of Object.entries(sets)) all.push([`leak rate ${set} with ${objects}`, rate])
  }
  return Object.fromEntries(all.filter((entry): entry is [string, number] => typeof entry[1] === 'number'))
}
