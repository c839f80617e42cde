/** eval:tracks: how well the tracker follows, on annotated boxes with planted faults and behind the standard detector, at low frame rates too. */
import { parseArgs } from 'node:util'
import { benchmark, oneOf, within } from './bench/arguments.ts'
import { rounded } from './eval/figures.ts'
import { targetSentences } from './eval/sentences.ts'
import { chosenSets, sequenceSets } from './eval/sets.ts'
import type { Target } from './eval/targets.ts'
import { trackTable, trackTargets } from './eval/track-sentences.ts'
import {
  type BoxKind,
  boxKinds,
  measureTracking,
  type Tracking,
  trackMethod,
  usualRates,
  usualSeeds,
} from './eval/tracking.ts'

const sequenceNames = sequenceSets.map(({ name }) => name)

const help = `npm run eval:tracks -- [--json]

HOTA with DetA and AssA, MOTA, IDF1 and switches of ids per minute on the MOT sequences: of the tracker on the annotated boxes
with planted faults, and behind the standard detector.

  --boxes WHICH   ${boxKinds.join(' or ')} only (default both)
  --set NAME      ${sequenceNames.join(', ')}; may be repeated; default all
  --fps N         frames per second; may be repeated (default ${usualRates.join(', ')})
  --seeds N       runs over which the figures on planted boxes are the mean (default ${usualSeeds})
  --json          one line of JSON instead of the table
  --help          this text

The sets are looked for in ../shared (eval/, videos/), or in the folder that SKYEYE_EVALUATION names. It takes about two minutes
on one core, most of it for the detector.

${trackMethod}`

interface Wish {
  readonly json: boolean
  readonly boxes: readonly BoxKind[]
  readonly sets: readonly string[]
  readonly rates: readonly number[]
  readonly seeds: number
}

function readCommandLine(): Wish | undefined {
  const list = { type: 'string', multiple: true, default: [] as string[] } as const
  const flag = { type: 'boolean', default: false } as const
  const { values } = parseArgs({
    options: {
      ...{
        boxes: { type: 'string' },
        set: list,
        fps: list,
        seeds: { type: 'string', default: String(usualSeeds) },
      },
      ...{ json: flag, help: { ...flag, short: 'h' } },
    },
  })
  if (values.help) return undefined
  const rates = values.fps.map((fps) => within('fps', fps, 0.1, 100, false))
  return {
    json: values.json,
    boxes: values.boxes === undefined ? boxKinds : [oneOf('boxes', values.boxes, boxKinds)],
    sets: values.set.map((name) => oneOf('set', name, sequenceNames)),
    rates: rates.length > 0 ? rates : usualRates,
    seeds: within('seeds', values.seeds, 1, 1_000, true),
  }
}

export interface Result extends Tracking {
  readonly targets: readonly Target[]
}

async function measure(wish: Wish, say: (text: string) => void): Promise<Result> {
  const sets = chosenSets(wish.sets, ['person'], say, sequenceSets)
  const tracking = await measureTracking({ ...wish, sets, say })
  return rounded({ ...tracking, targets: trackTargets(tracking) })
}

await benchmark({
  ...{ command: 'eval:tracks', help, read: readCommandLine, measure },
  sentences: (result) => [...trackTable(result), '', ...targetSentences(result.targets)],
})
