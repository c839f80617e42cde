/** Figures of evaluation as a table for a terminal. */
import { table } from '../../src/cli/table.ts'
import { none } from '../performance/markdown.ts'
import type { DetectFigures } from './detect-figures.ts'
import type { LabelFigures } from './metrics.ts'

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
