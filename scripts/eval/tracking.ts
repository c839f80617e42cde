/** Tracking measured: on annotated boxes with planted faults, and behind the standard detector. */
import { Eyes } from '../../src/vision/eyes.ts'
import { chooseModels } from '../../src/vision/tiers.ts'
import { modelFiles } from './models.ts'
import { planted } from './planted.ts'
import { sequenceOf } from './sequences.ts'
import type { EvalSet } from './sets.ts'
import { detectedFigures, plantedFigures, type TrackFigures } from './track-figures.ts'

export const boxKinds = ['planted', 'detected'] as const
export type BoxKind = (typeof boxKinds)[number]
export const usualRates: readonly number[] = [25, 10, 5, 2]
export const usualSeeds = 20

/** In the words of the command's help and of the page. */
export const trackMethod = `Lower rates take the frames next to their times, each with its own time; a clip that has fewer frames is taken as it is. Planted
faults: ${100 * planted.misses} % of the boxes are missed, for ${100 * planted.falseBoxes} % there is a false one elsewhere, place and size have ${planted.noisePx} px of noise (standard
deviation). A track counts in the frames in which it was detected and in the next one after each. MOTA and IDF1 take boxes for
the same from IoU 0.5 on, HOTA is the mean over 0.05, 0.1 … 0.95. In MOT16-09, what is found on people less than a quarter
visible and on what only looks like a person is neither right nor wrong.`

/** By sequence, from the highest rate down. */
export type BySequence = Readonly<Record<string, readonly TrackFigures[]>>

export interface Tracking {
  readonly seeds: number
  readonly planted?: BySequence
  /** What found the boxes. */
  readonly detector?: string
  readonly detected?: BySequence
}

export interface Measuring {
  readonly boxes: readonly BoxKind[]
  readonly sets: readonly EvalSet[]
  readonly rates: readonly number[]
  readonly seeds: number
  readonly say: (text: string) => void
}

export async function measureTracking(measuring: Measuring): Promise<Tracking> {
  const { boxes, seeds } = measuring
  return {
    seeds,
    planted: boxes.includes('planted') ? onPlanted(measuring) : undefined,
    ...(boxes.includes('detected') ? await behindDetector(measuring) : {}),
  }
}

function onPlanted({ sets, rates, seeds, say }: Measuring): BySequence {
  return Object.fromEntries(
    sets.map((set) => {
      say(`${set.name}: ${seeds} runs on planted boxes`)
      return [set.name, plantedFigures(sequenceOf(set), rates, seeds)]
    }),
  )
}

async function behindDetector({
  sets,
  rates,
  say,
}: Measuring): Promise<Pick<Tracking, 'detector' | 'detected'>> {
  const models = await chooseModels(modelFiles(), { tier: 'standard' })
  const eyes = await Eyes.open(models)
  try {
    const detected: Record<string, readonly TrackFigures[]> = {}
    for (const set of sets) {
      say(`${set.name}: behind ${models.objects.manifest.name}`)
      detected[set.name] = await detectedFigures(eyes, set, sequenceOf(set), rates)
    }
    return { detector: models.objects.manifest.name, detected }
  } finally {
    await eyes.close()
  }
}
