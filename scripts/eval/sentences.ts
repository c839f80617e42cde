/** Figures of evaluation as a table for a terminal. */
import { table } from '../../src/cli/table.ts'
import { none, num } from '../performance/markdown.ts'
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

export const heightHeadings = (figures: LabelFigures) =>
  figures.byHeight.map(({ from, to }) => (to === null ? `${from} px…` : `${from}…${to} px`))

/** A line for each size, set and label. */
export function sentences(sizes: DetectFigures): string[] {
  const rows: string[][] = []
  let heading: string[] = []
  for (const [size, sets] of Object.entries(sizes)) {
    for (const [set, { labels }] of Object.entries(sets)) {
      for (const [label, one] of Object.entries(labels)) {
        heading = [
          'input',
          'set',
          'label',
          'there',
          'AP50',
          'AP50:95',
          'precision',
          'recall',
          ...heightHeadings(one),
        ]
        const shares = [one.ap50, one.ap50to95, one.precision, one.recall].map(thousandths)
        rows.push([size, set, label, String(one.truths), ...shares, ...heights(one)])
      }
    }
  }
  return [...table([heading, ...rows]), ...faceSentences(sizes)]
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
  const rows = Object.entries(leaks).map(([set, { faces, leaked, rate }]) => [
    set,
    String(faces),
    String(leaked),
    thousandths(rate),
  ])
  return table([['after redaction', 'faces', 'visible', 'leak rate'], ...rows])
}

export function targetSentences(targets: readonly Target[]): string[] {
  return targets.map(({ what, measured, target, verdict, missedBy }) => {
    const outcome = verdict === 'missed' ? `missed by ${missedBy}` : verdict
    return `${what}: ${measured}, target ${target}: ${outcome}`
  })
}
