/** The page about `skyeye bench`: what it predicts for the machine that the rest was measured on. */
import type { Findings } from '../../src/cli/bench-measuring.ts'
import type { Chapter } from './chapter.ts'
import { megabytes, num, percent, table } from './markdown.ts'
import { measured, type Outcome } from './outcomes.ts'

/** What its --json says, as far as the page tells it. */
export interface Prediction {
  readonly cameras: number
  readonly stream: string
  readonly alerts: number
  readonly hours: readonly {
    readonly hour: string
    readonly share: number
    readonly coverage: number
    readonly fps: number
    readonly processor: number
    readonly memory?: number
    readonly limit: string
    readonly mostWatched: number
    readonly mostAtFullRate: number
  }[]
  readonly disk: Findings['disk'] & { readonly megabytesPerDay?: number }
  readonly measured: Pick<Findings['measured'], 'cores' | 'workers' | 'others'>
  readonly growth: number
}

export function predictionChapter(outcomes: readonly Outcome[]): Chapter {
  return {
    title: 'How many cameras this machine would watch',
    compared: `\`npx skyeye bench\` runs the gateway for two minutes on a few drawn cameras and predicts from that what so many would cost; here for
the machine that it ran on, on yours it says something else. Coverage is the share of the time in which a camera where something
moves is really watched.`,
    figures: measured<Prediction>(outcomes, 'prediction').flatMap(([, prediction]) => [
      hours(prediction),
      rest(prediction),
    ]),
  }
}

function hours({ hours, cameras }: Prediction): string {
  const heading = [`${cameras} cameras`, 'something moves in', 'coverage', 'pictures/s', 'CPU', 'memory']
  return table([
    [...heading, 'first limit', 'most cameras watched', 'most at full rate'],
    ...hours.map(({ hour, share, coverage, fps, processor, memory, limit, mostWatched, mostAtFullRate }) => [
      `${hour} hour`,
      percent(share),
      num(coverage),
      num(fps),
      percent(processor),
      megabytes(memory),
      limit,
      num(mostWatched),
      num(mostAtFullRate),
    ]),
  ])
}

function rest({ disk, alerts, growth, measured: { cores, workers, others } }: Prediction): string {
  const off = percent(Math.abs(growth - 1))
  return [
    `With ${num(alerts)} alerts a day ${num(disk.megabytesPerDay, ' MB')} are written, and a save is safe after ${num(disk.saveP95Ms, ' ms')} (95 of 100).`,
    `To check the prediction, twice as many active cameras were tried: they cost ${off} ${growth < 1 ? 'less' : 'more'} than predicted.`,
    `${num(cores)} cores, ${num(workers)} workers; other programs used ${percent(others / cores)} of the machine meanwhile.`,
  ].join('\n')
}
