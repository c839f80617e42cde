/** eval:tracks: how well the tracker follows, on annotated boxes with planted faults and behind the standard detector, at low frame rates too. */
import { parseArgs } from 'node:util'
import { benchmark, oneOf, within } from './bench/arguments.ts'
import { rounded } from './eval/figures.ts'
import { targetSentences } from './eval/sentences.ts'
import { type SequenceWish, sequenceNames, sequenceOptions, sequenceWish } from './eval/sequence-wish.ts'
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

interface Wish extends SequenceWish {
  readonly boxes: readonly BoxKind[]
  readonly rates: readonly number[]
}

function readCommandLine(): Wish | undefined {
  const fps = { type: 'string', multiple: true, default: [] as string[] } as const
  const { values } = parseArgs({ options: { ...sequenceOptions, fps, boxes: { type: 'string' } } })
  if (values.help) return undefined
  const rates = values.fps.map((fps) => within('fps', fps, 0.1, 100, false))
  return {
    ...sequenceWish(values),
    boxes: values.boxes === undefined ? boxKinds : [oneOf('boxes', values.boxes, boxKinds)],
    rates: rates.length > 0 ? rates : usualRates,
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
