/** What one look costs on one thread. Processor time of the thread: on a busy machine the clock tells more of the neighbours. */
import type { Detector } from '../../src/vision/detector.ts'
import type { Picture420 } from '../../src/vision/fit.ts'
import { clipFrames } from './frames.ts'
import { type InputSize, lookAt } from './input-size.ts'
import { missing, setCalled } from './sets.ts'

export interface LookCost {
  /** Letterbox, model, decoding and suppression together, processor time, median. */
  readonly lookMs: number
  /** The model alone, by the clock, median. */
  readonly modelMs: number
}

/** One thing to look with. */
export interface Contender {
  readonly detector: Detector
  readonly size: InputSize
}

const rounds = 40
/** The first runs at a size allocate. */
const warmUp = 3

/** Of each contender; they take turns, so that a slow minute of the machine hits all alike. */
export async function lookCosts(contenders: readonly Contender[], picture: Picture420): Promise<LookCost[]> {
  const looks = contenders.map(() => [] as number[])
  const models = contenders.map(() => [] as number[])
  for (let round = -warmUp; round < rounds; round++) {
    for (const [i, { detector, size }] of contenders.entries()) {
      const before = process.threadCpuUsage()
      const { modelMs } = await detector.look(picture, lookAt(size, picture))
      const { user, system } = process.threadCpuUsage(before)
      if (round < 0) continue
      looks[i].push((user + system) / 1_000)
      models[i].push(modelMs)
    }
  }
  return contenders.map((_, i) => ({ lookMs: median(looks[i]), modelMs: median(models[i]) }))
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]
}

/** A street as the gateway would have it decoded, 1280×720; undefined where the clip is absent. */
export async function streetPicture(): Promise<Picture420 | undefined> {
  const street = setCalled('MOT16-09')
  if (missing(street)) return undefined
  const [, clip] = street.needs
  for await (const picture of clipFrames(clip, { step: 1, width: 1280, height: 720 })) return picture
  return undefined
}
