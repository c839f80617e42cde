/** eval:tracks: how well the tracker follows, on annotated boxes with planted faults and behind the standard detector, at low frame rates too. */
import { parseArgs } from 'node:util'
import { Eyes } from '../src/vision/eyes.ts'
import { chooseModels, modelNames } from '../src/vision/tiers.ts'
import { benchmark, oneOf, within } from './bench/arguments.ts'
import { rounded } from './eval/figures.ts'
import { modelFiles } from './eval/models.ts'
import { planted } from './eval/planted.ts'
import { targetSentences } from './eval/sentences.ts'
import { sequenceOf } from './eval/sequences.ts'
import { chosenSets, type EvalSet, sequenceSets } from './eval/sets.ts'
import type { Target } from './eval/targets.ts'
import { detectedFigures, plantedFigures, type TrackFigures } from './eval/track-figures.ts'
import { trackTable, trackTargets } from './eval/track-sentences.ts'

const boxes = ['planted', 'detected'] as const
const usualRates = [25, 10, 5, 2]
const sequenceNames = sequenceSets.map(({ name }) => name)

const help = `npm run eval:tracks -- [--json]

HOTA with DetA and AssA, MOTA, IDF1 and switches of ids per minute on the MOT sequences: of the tracker on the annotated boxes
with planted faults, and behind the standard detector.

  --boxes WHICH   ${boxes.join(' or ')} only (default both)
  --set NAME      ${sequenceNames.join(', ')}; may be repeated; default all
  --fps N         frames per second; may be repeated (default ${usualRates.join(', ')})
  --seeds N       runs over which the figures on planted boxes are the mean (default 20)
  --json          one line of JSON instead of the table
  --help          this text

The sets are looked for in ../shared (eval/, videos/), or in the folder that SKYEYE_EVALUATION names. It takes about a minute and
a half on one core, most of it for the detector.

Lower rates take the frames next to their times, each with its own time; a clip that has fewer frames is taken as it is. Planted
faults: ${100 * planted.misses} % of the boxes are missed, for ${100 * planted.falseBoxes} % there is a false one elsewhere, place and size have ${planted.noisePx} px of noise (standard
deviation). A track counts in the frames in which it was detected and in the next one after each. MOTA and IDF1 take boxes for
the same from IoU 0.5 on, HOTA is the mean over 0.05, 0.1 … 0.95. In MOT16-09, what is found on people less than a quarter
visible and on what only looks like a person is neither right nor wrong.`

interface Wish {
  readonly json: boolean
  readonly boxes: readonly (typeof boxes)[number][]
  readonly sets: readonly string[]
  readonly rates: readonly number[]
  readonly seeds: number
}

function readCommandLine(): Wish | undefined {
  const list = { type: 'string', multiple: true, default: [] as string[] } as const
  const flag = { type: 'boolean', default: false } as const
  const { values } = parseArgs({
    options: {
      ...{ boxes: { type: 'string' }, set: list, fps: list, seeds: { type: 'string', default: '20' } },
      ...{ json: flag, help: { ...flag, short: 'h' } },
    },
  })
  if (values.help) return undefined
  const rates = values.fps.map((fps) => within('fps', fps, 0.1, 100, false))
  return {
    json: values.json,
    boxes: values.boxes === undefined ? boxes : [oneOf('boxes', values.boxes, boxes)],
    sets: values.set.map((name) => oneOf('set', name, sequenceNames)),
    rates: rates.length > 0 ? rates : usualRates,
    seeds: within('seeds', values.seeds, 1, 1_000, true),
  }
}

/** By sequence, from the highest rate down. */
export type BySequence = Readonly<Record<string, readonly TrackFigures[]>>

export interface Result {
  readonly seeds: number
  readonly planted?: BySequence
  readonly models?: readonly string[]
  readonly detected?: BySequence
  readonly targets: readonly Target[]
}

type Say = (text: string) => void

async function measure(wish: Wish, say: Say): Promise<Result> {
  const sets = chosenSets(wish.sets, ['person'], say, sequenceSets)
  const onPlanted = wish.boxes.includes('planted') ? ofPlanted(sets, wish, say) : undefined
  const ofEyes = wish.boxes.includes('detected') ? await ofDetector(sets, wish, say) : {}
  const result = { seeds: wish.seeds, planted: onPlanted, ...ofEyes }
  return rounded({ ...result, targets: trackTargets(result) })
}

function ofPlanted(sets: readonly EvalSet[], { rates, seeds }: Wish, say: Say): BySequence {
  return Object.fromEntries(
    sets.map((set) => {
      say(`${set.name}: ${seeds} runs on planted boxes`)
      return [set.name, plantedFigures(sequenceOf(set), rates, seeds)]
    }),
  )
}

async function ofDetector(
  sets: readonly EvalSet[],
  { rates }: Wish,
  say: Say,
): Promise<Pick<Result, 'models' | 'detected'>> {
  const models = await chooseModels(modelFiles(), { tier: 'standard' })
  const eyes = await Eyes.open(models)
  try {
    const detected: Record<string, readonly TrackFigures[]> = {}
    for (const set of sets) {
      say(`${set.name}: behind ${models.objects.manifest.name}`)
      detected[set.name] = await detectedFigures(eyes, set, sequenceOf(set), rates)
    }
    return { models: modelNames(models), detected }
  } finally {
    await eyes.close()
  }
}

await benchmark({
  ...{ command: 'eval:tracks', help, read: readCommandLine, measure },
  sentences: (result) => [...trackTable(result), '', ...targetSentences(result.targets)],
})
