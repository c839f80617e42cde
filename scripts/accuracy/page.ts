/** docs/accuracy.md: targets and a glance first, then every set and every face figure, then how and where it was measured. */
import { method } from '../eval/figures.ts'
import { leastLeakingFace } from '../eval/leaks.ts'
import { heightHeadings, heights, thousandths } from '../eval/sentences.ts'
import { evalSets } from '../eval/sets.ts'
import { builtIn, targetsOf } from '../eval/targets.ts'
import { verdict } from '../performance/checks.ts'
import { none, num, table } from '../performance/markdown.ts'
import { chart } from './chart.ts'
import type { Accuracy } from './results.ts'
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
    ...evalSets.flatMap(({ name, note }) => setText(name, note, accuracies)),
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

function setText(set: string, note: string | undefined, accuracies: readonly Accuracy[]): string[] {
  const rows: string[][] = []
  let heights_: string[] = []
  let pictures = 0
  for (const { model, sizes } of accuracies) {
    for (const [size, sets] of Object.entries(sizes)) {
      const figures = sets[set]
      pictures = Math.max(pictures, figures?.pictures ?? 0)
      for (const [label, one] of Object.entries(figures?.labels ?? {})) {
        heights_ = heightHeadings(one)
        const shares = [one.ap50, one.ap50to95, one.precision, one.recall].map(thousandths)
        rows.push([label, model, size, String(one.truths), ...shares, num(one.score), ...heights(one)])
      }
    }
  }
  if (rows.length === 0) return []
  rows.sort(([a], [b]) => a.localeCompare(b))
  const heading = ['label', 'model', 'input', 'there', 'AP50', 'AP50:95', 'precision', 'recall', 'from score']
  const about = [`${pictures} pictures`, note].filter(Boolean).join('; ')
  return [
    `### ${set}`,
    `${about}. Recall by height in the last columns, in brackets how many there are.`,
    table([[...heading, ...heights_], ...rows]),
  ]
}

function faceText(accuracies: readonly Accuracy[]): string[] {
  const finders = accuracies.filter(({ faces }) => faces)
  if (finders.length === 0) return ['Not measured.']
  const about = `Recall, and in brackets false faces a picture. A picture is enlarged to twice its size at most, so the crowd's 416 px end at 832.`
  return [about, ...finders.flatMap(({ model, faces = {} }) => [`### ${model}`, faceTable(faces)])]
}

function faceTable(faces: NonNullable<Accuracy['faces']>): string {
  let heading: string[] = []
  const rows = Object.entries(faces).flatMap(([size, sets]) =>
    Object.entries(sets).map(([set, { atThresholds, atOneFalse }]) => {
      heading = atThresholds.map(({ confidence }) => `from ${confidence}`)
      const cells = [...atThresholds, atOneFalse].map(
        ({ recall, falsePerFrame }) => `${thousandths(recall)} (${num(falsePerFrame)})`,
      )
      return [set, size, String(atOneFalse.truths), ...cells, num(atOneFalse.confidence)]
    }),
  )
  rows.sort(([a], [b]) => a.localeCompare(b))
  return table([['set', 'input', 'faces', ...heading, 'at one false', 'that is from'], ...rows])
}

function leakText(accuracies: readonly Accuracy[]): string[] {
  const rows = accuracies.flatMap(({ model, leaks = {} }) =>
    Object.entries(leaks).flatMap(([objects, sets]) =>
      Object.entries(sets).map(([set, { faces, leaked, rate }]) => {
        const pair = objects === model ? `${model} alone` : `${objects} + ${model}`
        return [pair, set, String(faces), String(leaked), thousandths(rate)]
      }),
    ),
  )
  if (rows.length === 0) return ['Not measured.']
  return [
    `The share of annotated faces of ${leastLeakingFace} px and more (the shorter side, in the picture) of which any pixel of the inner half is not under the
mosaic, after the gateway's own redaction: it looks for faces as the manifest's \`redaction\` says and hides the heads of people too.`,
    table([['models', 'set', 'faces', 'visible', 'leak rate'], ...rows]),
  ]
}

/** For the terminal. */
export function inShort(accuracies: readonly Accuracy[]): string {
  const models = accuracies.map(({ model }) => model).join(', ')
  return `figures of ${models || none}`
}
