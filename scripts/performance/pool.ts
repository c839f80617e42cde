/** The page about bench:pool: what the vision path adds to bare model runs. */
import type { PoolFigures } from '../bench-pool.ts'
import type { Chapter } from './chapter.ts'
import { type Check, checks } from './checks.ts'
import { num, table } from './markdown.ts'
import { measured, type Outcome } from './outcomes.ts'

export function poolChecks({ oneWorker, twoWorkers, target }: PoolFigures): Check[] {
  const what = 'the vision pool: share of bare model runs'
  return checks([
    { what: `${what}, one worker`, value: oneWorker, atLeast: target.oneWorker },
    { what: `${what}, two workers`, value: twoWorkers, atLeast: target.twoWorkers },
  ])
}

export function poolChapter(outcomes: readonly Outcome[]): Chapter {
  return {
    title: 'What the vision pool adds to its models',
    compared: `Decoded pictures go through the whole vision path, and bare runs of the same models, sizes and counts take turns with it in
slices of a second or two, so that what else the machine does weighs on both alike. A share of 1 would mean that scaling,
threads and queues cost nothing.`,
    figures: measured<PoolFigures>(outcomes, 'pool').flatMap(([, { one, two, frame, seconds }]) => [
      workers([
        ['one', one],
        ['two', two],
      ]),
      `Per picture of ${frame}, medians over ${num(seconds, ' s')}. A share clearly above 1 says that something else disturbed the bare runs.`,
    ]),
  }
}

function workers(columns: readonly [string, PoolFigures['one']][]): string {
  const rows = columns.map(([name, { ratio, spread, cpuRatio, frameMs, runsPerFrame, rounds }]) => [
    name,
    `${num(ratio)} (${spread.map((value) => num(value)).join(' to ')})`,
    num(cpuRatio),
    ...[frameMs.wall, frameMs.bare, frameMs.model, frameMs.pre, frameMs.post].map((ms) => num(ms, ' ms')),
    num(runsPerFrame),
    num(rounds),
  ])
  const heading = [
    'workers',
    'share of bare runs',
    'the same in processor time',
    'all',
    'bare runs',
    'models',
  ]
  return table([[...heading, 'before', 'after', 'model runs', 'rounds'], ...rows])
}
