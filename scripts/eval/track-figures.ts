/** What eval:tracks says of a sequence: at each frame rate, with planted faults and with a detector. */
import type { Detection } from '../../src/domain/detection.ts'
import type { Eyes } from '../../src/vision/eyes.ts'
import { follow } from './follow.ts'
import { seeded, spoil } from './planted.ts'
import { type Sequence, type SequenceFrame, sampled } from './sequences.ts'
import type { EvalSet } from './sets.ts'
import { type TrackScores, trackScores } from './track-metrics.ts'

export interface TrackFigures extends Pick<TrackScores, 'hota' | 'detA' | 'assA' | 'mota' | 'idf1'> {
  readonly fps: number
  readonly frames: number
  readonly switchesPerMinute: number
}

/** Each rate once: no clip has more frames than it has. */
function ratesOf({ rate }: Sequence, wanted: readonly number[]): number[] {
  return [...new Set(wanted.map((fps) => Math.min(fps, rate)))].sort((a, b) => b - a)
}

/** Mean over the seeds. */
export function plantedFigures(
  sequence: Sequence,
  rates: readonly number[],
  seeds: number,
): readonly TrackFigures[] {
  return ratesOf(sequence, rates).map((fps) => {
    const frames = sampled(sequence, fps)
    const scores = Array.from({ length: seeds }, (_, i) => {
      const random = seeded(i + 1)
      const boxesOf = ({ truths }: SequenceFrame) => truths.map(({ box }) => box)
      return trackScores(follow(sequence, frames, (frame) => spoil(boxesOf(frame), sequence, random)))
    })
    return figures(fps, frames.length, scores)
  })
}

/** Each frame that some rate needs is looked at once. */
export async function detectedFigures(
  eyes: Pick<Eyes, 'see'>,
  set: EvalSet,
  sequence: Sequence,
  rates: readonly number[],
): Promise<readonly TrackFigures[]> {
  const samples = ratesOf(sequence, rates).map((fps) => ({ fps, frames: sampled(sequence, fps) }))
  const needed = new Set(samples.flatMap(({ frames }) => frames.map(({ index }) => index)))
  const seen = new Map<number, readonly Detection[]>()
  let index = 0
  for await (const { picture } of set.pictures(await set.views(), 1)) {
    if (needed.has(index)) seen.set(index, (await eyes.see(picture, undefined, false)).detections)
    index++
  }
  if (index !== sequence.frames.length)
    throw new Error(`${set.name} gave ${index} of its ${sequence.frames.length} pictures: is the clip whole?`)
  return samples.map(({ fps, frames }) => {
    const scores = trackScores(follow(sequence, frames, (frame) => seen.get(frame.index) ?? []))
    return figures(fps, frames.length, [scores])
  })
}

function figures(fps: number, frames: number, scores: readonly TrackScores[]): TrackFigures {
  const mean = (key: keyof TrackScores) => scores.reduce((sum, one) => sum + one[key], 0) / scores.length
  return {
    ...{ fps, frames, hota: mean('hota'), detA: mean('detA'), assA: mean('assA') },
    ...{ mota: mean('mota'), idf1: mean('idf1') },
    switchesPerMinute: mean('switches') / (frames / fps / 60),
  }
}
