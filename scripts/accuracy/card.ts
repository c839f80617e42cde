/** The figures in the card of the built-in model, models/skyeye-nano.md: everything else there is written by hand. */
import { glance, targets } from './glance.ts'
import type { Accuracy } from './results.ts'

const begin = '<!-- figures: written by `npm run docs:accuracy` -->'
const end = '<!-- end of figures -->'

/** The card with the figures between its two marks replaced. Throws where a mark is missing. */
export function cardWithFigures(card: string, accuracies: readonly Accuracy[]): string {
  const [from, to] = [card.indexOf(begin), card.indexOf(end)]
  if (from < 0 || to < from) throw new Error(`the card needs the lines ${begin} and ${end}, in this order`)
  const figures = [...targets(accuracies), glance(accuracies)].join('\n\n')
  return `${card.slice(0, from + begin.length)}\n\n${figures}\n\n${card.slice(to)}`
}
