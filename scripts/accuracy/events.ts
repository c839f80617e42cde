/** The chapter of docs/accuracy.md about alerts: what happened and was told, and what was told and did not happen. */
import { type Events, eventMethod, eventSources, measureEvents } from '../eval/events/measure.ts'
import { eventRows, eventTargets } from '../eval/events/sentences.ts'
import { chosenSets, sequenceSets } from '../eval/sets.ts'
import { usualSeeds } from '../eval/tracking.ts'
import { verdict } from '../performance/checks.ts'
import { table } from '../performance/markdown.ts'
import { type Chapter, whence } from './chapter.ts'

export const events: Chapter<Events> = {
  name: 'events',
  heading: 'Alerts',
  about: 'precision, recall and delay of alerts (eval:events)',
  measure(say) {
    const sets = chosenSets([], ['person'], say, sequenceSets)
    return measureEvents({ sources: eventSources, sets, seeds: usualSeeds, say })
  },
  text(stored) {
    const { seeds, models = [] } = stored
    const targets = eventTargets(stored).map((one) => [one.what, one.measured, one.target, verdict(one)])
    return [
      `Spoilt: the sum of ${seeds} runs. Detected and planted: by ${models.join(' and ')}. ${whence('events', stored)}`,
      table([['what', 'measured', 'target', 'verdict'], ...targets]),
      table(eventRows(stored)),
      eventMethod,
    ]
  },
}
