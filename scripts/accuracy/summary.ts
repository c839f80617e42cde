/** models/accuracy.json: the few figures of each model that the catalogue shows; all of them are in docs/accuracy.md. */
import type { Leaks } from '../eval/leaks.ts'
import type { Accuracy } from './results.ts'

export interface Summary {
  readonly measured: string
  /** By names for people. */
  readonly figures: Readonly<Record<string, number>>
}

const shown = [
  ['person', 'MOT16-09'],
  ['person', 'PETS09-S2L1'],
  ['person', 'voc'],
  ['vehicle', 'traffic'],
  ['vehicle', 'voc'],
  ['two-wheeler', 'voc'],
] as const
/** Of a model that was measured at several sizes. */
const shownSize = '640x384'
/** Faces in the distance need more. */
const shownFaceSize = '960x544'
const shownFaceSets = ['faces_cctv', 'faces_crowd']

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
  const sizeOr = (wanted: string) => (wanted in sizes ? wanted : (Object.keys(sizes)[0] ?? wanted))
  const [size, faceSize] = [sizeOr(shownSize), sizeOr(shownFaceSize)]
  const all: [string, number | null | undefined][] = [
    ...shown.map(([label, set]): [string, number | null | undefined] => [
      `${label} AP50 on ${set}, ${times(size)}`,
      sizes[size]?.[set]?.labels[label]?.ap50,
    ]),
    ...shownFaceSets.map((set): [string, number | null | undefined] => [
      `face recall at one false a picture on ${set}, ${times(faceSize)}`,
      sizes[faceSize]?.[set]?.facesAtOneFalse?.recall,
    ]),
    ...Object.entries(leaks).map(([objects, sets]): [string, number | undefined] => [
      `faces visible after redaction with ${objects}`,
      rateOf(Object.values(sets)),
    ]),
  ]
  return Object.fromEntries(all.filter((entry): entry is [string, number] => typeof entry[1] === 'number'))
}

function times(size: string): string {
  return size.replace('x', '×')
}

/** Of all sets together. */
function rateOf(all: readonly Leaks[]): number | undefined {
  const faces = all.reduce((sum, one) => sum + one.faces, 0)
  const leaked = all.reduce((sum, one) => sum + one.leaked, 0)
  return faces > 0 ? Number((leaked / faces).toFixed(4)) : undefined
}
