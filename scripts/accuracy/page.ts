/** docs/accuracy.md: targets and a glance first, then every set and every face figure, how well things are followed and told of, camera health, then how and where it was measured. */
import { method } from '../eval/figures.ts'
import { evalSets } from '../eval/sets.ts'
import { builtIn } from '../eval/targets.ts'
import { none } from '../performance/markdown.ts'
import { chapterText } from './chapter.ts'
import { chart } from './chart.ts'
import { events } from './events.ts'
import { faceText, leakText } from './faces.ts'
import { glance, targets } from './glance.ts'
import { health } from './health.ts'
import type { Accuracy } from './results.ts'
import { setText } from './set-tables.ts'
import { tracking } from './tracking.ts'
import { whereabouts } from './whereabouts.ts'

export interface Page {
  readonly text: string
  /** docs/accuracy.svg; absent where nothing can be drawn. */
  readonly chart: string | undefined
}

/** What is measured of no model alone, in the order of the page. */
export const chapters = [tracking, events, health] as const

/** All of them, from what is stored. */
export async function chapterTexts(): Promise<string[]> {
  return [...(await chapterText(tracking)), ...(await chapterText(events)), ...(await chapterText(health))]
}

/** @param others the chapters that are not about one model */
export function pageOf(accuracies: readonly Accuracy[], others: readonly string[] = []): Page {
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
    ...others,
    '## How it was measured',
    method,
    ...whereabouts(accuracies),
  ]
  return { text: `${parts.filter(Boolean).join('\n\n')}\n`, chart: drawing }
}

const introduction = `Written by \`npm run docs:accuracy\` from what the models of the catalogue found in sets that nothing here was trained on. All of them
detect, none identifies. The sets are small: a difference of a hundredth or two says little.`

/** For the terminal. */
export function inShort(accuracies: readonly Accuracy[]): string {
  const models = accuracies.map(({ model }) => model).join(', ')
  return `figures of ${models || none}`
}
