/** Figures of evaluation as a table for a terminal. */
import { table } from '../../src/cli/table.ts'
import { none, num, percent } from '../performance/markdown.ts'
import type { DetectFigures } from './detect-figures.ts'
import type { FaceFigures } from './face-figures.ts'
import type { Leaks } from './leaks.ts'
import type { LabelFigures } from './metrics.ts'
import type { Target } from './targets.ts'

/** Shares as whole hundredths lose too much between good models. */
export function thousandths(share: number | null | undefined): string {
  return typeof share === 'number' ? share.toFixed(3) : none
}

export function heights({ byHeight }: LabelFigures): string[] {
  return byHeight.map(({ recall, truths }) => (truths > 0 ? `${thousandths(recall)} (${truths})` : none))
}

/** `0.88 / 0.85 (0.34)`: precision, recall, confidence. */
export function balance({ best }: LabelFigures): string {
  return best
    ? `${best.precision.toFixed(2)} / ${best.recall.toFixed(2)} (${best.confidence.toFixed(2)})`
    : none
}

export const heightHeadings = (figures: LabelFigures) =>
  figures.byHeight.map(({ from, to }) => (to === null ? `${from} px…` : `${from}…${to} px`))

/** A line for each size, set and label. */
export function sentences(sizes: DetectFigures): string[] {
  const all = Object.entries(sizes).flatMap(([size, sets]) =>
    Object.entries(sets).flatMap(([set, { labels }]) =>
      Object.entries(labels).map(([label, figures]) => ({ where: [size, set, label], figures })),
    ),
  )
  if (all.length === 0) return []
  const heading = ['input', 'set', 'label', 'there', 'AP50', 'AP50:95', 'precision', 'recall', 'best (from)']
  const rows = all.map(({ where, figures }) => {
    const { truths, ap50, ap50to95, precision, recall } = figures
    const shares = [ap50, ap50to95, precision, recall].map(thousandths)
    return [...where, String(truths), ...shares, balance(figures), ...heights(figures)]
  })
  const headings = [...heading, ...heightHeadings(all[0].figures)]
  return [...table([headings, ...rows]), ...faceSentences(sizes)]
}

function faceSentences(sizes: DetectFigures): string[] {
  return Object.entries(sizes).flatMap(([size, sets]) =>
    Object.entries(sets).flatMap(([set, { facesAtOneFalse: faces }]) =>
      faces
        ? `${size} ${set}: ${thousandths(faces.recall)} of ${faces.truths} faces at ${faces.falsePerFrame} false a picture (from confidence ${faces.confidence})`
        : [],
    ),
  )
}

/** Recall, and in brackets false faces a picture, from each threshold on. */
export function faceTable(sizes: FaceFigures): string[] {
  const rows: string[][] = []
  let heading: string[] = []
  for (const [size, sets] of Object.entries(sizes)) {
    for (const [set, { atThresholds, atOneFalse }] of Object.entries(sets)) {
      const thresholds = atThresholds.map(({ confidence }) => `from ${confidence}`)
      heading = ['input', 'set', 'faces', ...thresholds, 'at one false']
      const cells = [...atThresholds, atOneFalse].map(
        ({ recall, falsePerFrame }) => `${thousandths(recall)} (${num(falsePerFrame)})`,
      )
      rows.push([size, set, String(atOneFalse.truths), ...cells])
    }
  }
  return table([heading, ...rows])
}

export function leakTable(leaks: Record<string, Leaks>): string[] {
  const rows = Object.entries(leaks).map(([set, { faces, leaked, rate, hiddenShare }]) => [
    set,
    String(faces),
    String(leaked),
    thousandths(rate),
    percent(hiddenShare),
  ])
  return table([['after redaction', 'faces', 'visible', 'leak rate', 'hidden of a picture'], ...rows])
}

export function targetSentences(targets: readonly Target[]): string[] {
  return targets.map(({ what, measured, target, verdict, missedBy }) => {
    const outcome = verdict === 'missed' ? `missed by ${missedBy}` : verdict
    return `${what}: ${measured}, target ${target}: ${outcome}`
  })
}
