/** The chapter of docs/accuracy.md about following things. */
import { chosenSets, sequenceSets } from '../eval/sets.ts'
import { trackRows, trackTargets } from '../eval/track-sentences.ts'
import {
  boxKinds,
  measureTracking,
  type Tracking,
  trackMethod,
  usualRates,
  usualSeeds,
} from '../eval/tracking.ts'
import { verdict } from '../performance/checks.ts'
import { table } from '../performance/markdown.ts'
import { type Chapter, whence } from './chapter.ts'

/** All sequences at the usual rates. */
export const tracking: Chapter<Tracking> = {
  name: 'tracking',
  heading: 'Following',
  about: 'how well things are followed (eval:tracks)',
  measure(say) {
    const sets = chosenSets([], ['person'], say, sequenceSets)
    return measureTracking({ boxes: boxKinds, sets, rates: usualRates, seeds: usualSeeds, say })
  },
  text(stored) {
    const { seeds, detector } = stored
    const targets = trackTargets(stored).map((one) => [one.what, one.measured, one.target, verdict(one)])
    return [
      `Planted: the mean of ${seeds} runs. Detected: behind ${detector}. ${whence('tracking', stored)}`,
      table([['what', 'measured', 'target', 'verdict'], ...targets]),
      table(trackRows(stored)),
      trackMethod,
    ]
  },
}
