/** docs/accuracy.md: targets and a glance first, then every set and every face figure, then how and where it was measured. */
import { method } from '../eval/figures.ts'
import { thousandths } from '../eval/sentences.ts'
import { evalSets } from '../eval/sets.ts'
import { builtIn, targetsOf } from '../eval/targets.ts'
import { verdict } from '../performance/checks.ts'
import { none, num, table } from '../performance/markdown.ts'
import { chart } from './chart.ts'
import { faceText, leakText } from './faces.ts'
import type { Accuracy } from './results.ts'
import { setText } from './set-tables.ts'
import { whereabouts } from './whereabouts.ts'

export interface Page {
  readonly text: string
  /** docs/accuracy.svg; absent where nothing can be drawn. */
  readonly chart: string | undefined
}

export function pageOf(accuracies: readonly Accuracy[]): Page {
  const drawing = chart(accuracies)
  const parts = [
    '<!-- Written by `npm run docs:accuracy`; do not edit. -->',
    '# Accuracy',
    introduction,
    `## Targets of ${builtIn}`,
    ...targets(accuracies),
    '## At a glance',
    drawing && '![AP50 of the models by evaluation set, as bars](accuracy.svg)',
    glance(accuracies),
    '## Set by set',
    ...evalSets.flatMap((set) => setText(set, accuracies)),
    '## Faces by input size and threshold',
    ...faceText(accuracies),
    '## What stays visible after redaction',
    ...leakText(accuracies),
    '## How it was measured',
    method,
    ...whereabouts(accuracies),
  ]
  return { text: `${parts.filter(Boolean).join('\n\n')}\n`, chart: drawing }
}

const introduction = `Written by \`npm run docs:accuracy\` from what the models of the catalogue found in sets that nothing here was trained on. All of them
detect, none identifies. The sets are small: a difference of a hundredth or two says little.`

function targets(accuracies: readonly Accuracy[]): string[] {
  const ours = accuracies.find(({ model }) => model === builtIn)
  if (!ours) return ['Not measured.']
  const { sizes, onePass: pass } = ours
  const rows = targetsOf(sizes, pass).map((one) => [one.what, one.measured, one.target, verdict(one)])
  const run =
    pass && `Of the models' runs alone, without letterbox and decoding, the last is ${num(pass.modelRatio)}.`
  return [table([['what', 'measured', 'target', 'verdict'], ...rows]), ...(run ? [run] : [])]
}

const glances = [
  ['MOT16-09', 'person'],
  ['PETS09-S2L1', 'person'],
  ['TUD-Stadtmitte', 'person'],
  ['KITTI-17', 'person'],
  ['traffic', 'vehicle'],
  ['voc', 'person'],
  ['voc', 'two-wheeler'],
  ['voc', 'vehicle'],
] as const

function glance(accuracies: readonly Accuracy[]): string {
  const columns = glances.map(([set, label]) => `${set} ${label}`)
  const heading = ['model', 'input', 'a look', ...columns, 'faces_cctv, at one false']
  const rows = accuracies.flatMap(({ model, sizes, costs }) =>
    Object.entries(sizes).map(([size, sets]) => [
      ...[model, size, num(costs?.[size]?.lookMs, ' ms')],
      ...glances.map(([set, label]) => thousandths(sets[set]?.labels[label]?.ap50)),
      thousandths(sets.faces_cctv?.facesAtOneFalse?.recall),
    ]),
  )
  return `AP50, and of faces the recall at one false a picture. A look: processor time of one thread for a 1280×720 picture, letterbox to boxes.\n\n${table([heading, ...rows])}`
}

/** For the terminal. */
export function inShort(accuracies: readonly Accuracy[]): string {
  const models = accuracies.map(({ model }) => model).join(', ')
  return `figures of ${models || none}`
}
