/** The chapter of docs/accuracy.md about following things, and what was measured for it, kept in docs/accuracy/tracking.json. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type MachineFacts, machineFacts } from '../bench/machine.ts'
import { rounded } from '../eval/figures.ts'
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
import type { Sources } from '../performance/results.ts'
import { accuracyFolder, printed, replace, trackingFile } from './results.ts'

export interface StoredTracking extends Tracking {
  /** ISO 8601. */
  readonly measured: string
  /** The state of the repository; absent where git does not tell. */
  readonly sources?: Sources
  readonly machine: MachineFacts
}

const path = join(accuracyFolder, trackingFile)

/** Undefined where nothing was measured yet. */
export async function storedTracking(): Promise<StoredTracking | undefined> {
  const text = await readFile(path, 'utf8').catch(() => undefined)
  return text === undefined ? undefined : (JSON.parse(text) as StoredTracking)
}

/** Measures it anew, all sequences at the usual rates. */
export async function storeTracking(
  sources: Sources | undefined,
  say: (text: string) => void,
): Promise<void> {
  const sets = chosenSets([], ['person'], say, sequenceSets)
  const wish = { boxes: boxKinds, sets, rates: usualRates, seeds: usualSeeds, say }
  const tracking = rounded(await measureTracking(wish))
  const origin = { measured: new Date().toISOString(), sources, machine: machineFacts() }
  await replace(path, `${printed({ ...origin, ...tracking })}\n`)
}

export function trackText(tracking: StoredTracking | undefined): string[] {
  if (!tracking) return ['Not measured.']
  const { seeds, detector, measured, sources } = tracking
  const targets = trackTargets(tracking).map((one) => [one.what, one.measured, one.target, verdict(one)])
  const state = sources ? `, commit ${sources.commit}${sources.changed ? ' with changes' : ''}` : ''
  return [
    `Planted: the mean of ${seeds} runs. Detected: behind ${detector}. Measured ${measured.slice(0, 10)}${state}; anew: \`npm run docs:accuracy -- --only tracking\`.`,
    table([['what', 'measured', 'target', 'verdict'], ...targets]),
    table(trackRows(tracking)),
    trackMethod,
  ]
}
