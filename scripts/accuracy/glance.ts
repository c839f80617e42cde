/** What one wants to know first: were the targets of the built-in model met, and how does it stand beside the others. */
import { thousandths } from '../eval/sentences.ts'
import { builtIn, targetsOf } from '../eval/targets.ts'
import { verdict } from '../performance/checks.ts'
import { num, table } from '../performance/markdown.ts'
import type { Accuracy } from './results.ts'

/** A table of targets, and a remark. */
export function targets(accuracies: readonly Accuracy[]): string[] {
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

/** A row for each model and input size. */
export function glance(accuracies: readonly Accuracy[]): string {
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
