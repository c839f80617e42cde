/** The tables of docs/accuracy.md about each evaluation set. */
import type { LabelFigures } from '../eval/metrics.ts'
import { balance, heightHeadings, heights, thousandths } from '../eval/sentences.ts'
import type { EvalSet } from '../eval/sets.ts'
import { num, table } from '../performance/markdown.ts'
import type { Accuracy } from './results.ts'

interface Row {
  readonly label: string
  readonly model: string
  readonly size: string
  readonly figures: LabelFigures
}

/** Nothing where no model was tried on it. */
export function setText({ name, note }: EvalSet, accuracies: readonly Accuracy[]): string[] {
  const rows = accuracies.flatMap((one) => rowsOf(name, one)).filter(({ figures }) => figures.truths > 0)
  if (rows.length === 0) return []
  rows.sort((a, b) => a.label.localeCompare(b.label))
  const pictures = Math.max(...rows.map(({ figures }) => figures.frames))
  return [
    `### ${name}`,
    `${[num(pictures, ' pictures'), note].filter(Boolean).join('; ')}. Recall by height on the right, in brackets how many there are.`,
    table([[...heading, ...heightHeadings(rows[0].figures)], ...rows.map(cells)]),
  ]
}

const heading = [
  ...['label', 'model', 'input', 'there', 'AP50', 'AP50:95'],
  ...['precision, recall at best (from)', 'precision, recall (from)'],
]

function rowsOf(set: string, { model, sizes }: Accuracy): Row[] {
  return Object.entries(sizes).flatMap(([size, sets]) =>
    Object.entries(sets[set]?.labels ?? {}).map(([label, figures]) => ({ label, model, size, figures })),
  )
}

function cells({ label, model, size, figures }: Row): string[] {
  const { truths, ap50, ap50to95, precision, recall, score } = figures
  const [shownPrecision, shownRecall] = [precision, recall].map((share) =>
    num(share && Number(share.toFixed(2))),
  )
  return [
    ...[label, model, size, String(truths), thousandths(ap50), thousandths(ap50to95)],
    ...[balance(figures), `${shownPrecision} / ${shownRecall} (${num(score)})`],
    ...heights(figures),
  ]
}
