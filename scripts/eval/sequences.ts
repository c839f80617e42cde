/** The MOT clips as sequences at lower frame rates: what is in each frame, under which id, and when. */
import type { Box } from '../../src/domain/geometry.ts'
import { motRate, motViews, type View } from './annotations.ts'
import type { EvalSet } from './sets.ts'
import type { Placed } from './tracked-frame.ts'

export interface SequenceFrame {
  /** Index in the clip, from 0. */
  readonly index: number
  /** When it was taken, ms from a beginning that is the same for all frame rates. */
  readonly timeMs: number
  readonly truths: readonly Placed[]
  /** Neither right nor wrong when found. */
  readonly ignored: readonly Box[]
  /** Those of them that are people who are too much hidden here, and annotated elsewhere. */
  readonly hidden: readonly Placed[]
}

export interface Sequence {
  readonly name: string
  readonly width: number
  readonly height: number
  /** Frames per second of the clip. */
  readonly rate: number
  readonly frames: readonly SequenceFrame[]
}

/** Of a set that is a MOT clip. */
export function sequenceOf({ name, needs: [folder] }: EvalSet): Sequence {
  const views = motViews(folder)
  const rate = motRate(folder)
  const known = new Set(views.flatMap(({ truths }) => truths.flatMap(({ id, ignore }) => (ignore ? [] : id))))
  const frames = views.map((view, index) => frameOf(view, index, (index * 1_000) / rate, known))
  return { name, width: views[0].width, height: views[0].height, rate, frames }
}

function frameOf(
  { truths }: View,
  index: number,
  timeMs: number,
  known: ReadonlySet<number | undefined>,
): SequenceFrame {
  return {
    index,
    timeMs,
    truths: truths.flatMap(({ id, box, ignore }) => (ignore || id === undefined ? [] : [{ id, box }])),
    ignored: truths.filter(({ ignore }) => ignore).map(({ box }) => box),
    hidden: truths.flatMap(({ id, box, ignore }) =>
      ignore && id !== undefined && known.has(id) ? [{ id, box }] : [],
    ),
  }
}

/** The frames next to the times of `fps` frames per second, each with its own time. All of them where the clip has no more than that. */
export function sampled({ frames, rate }: Sequence, fps: number): readonly SequenceFrame[] {
  if (fps >= rate) return frames
  const indices = Array.from(frames, (_, k) => Math.round((k * rate) / fps))
  return indices.filter((index) => index < frames.length).map((index) => frames[index])
}
