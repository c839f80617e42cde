/** What the gateway's tracker and rules tell of a sequence from boxes. */
import type { Alert } from '../../../src/domain/alert.ts'
import type { Detection } from '../../../src/domain/detection.ts'
import { clip, wholePicture } from '../../../src/domain/geometry.ts'
import { AlertBook } from '../../../src/rules/alerts.ts'
import { RuleEngine } from '../../../src/rules/engine.ts'
import { Tracker } from '../../../src/track/tracker.ts'
import { eventFps, type Watched } from '../main-path.ts'
import { type Sequence, type SequenceFrame, sampled } from '../sequences.ts'
import type { Told } from './score.ts'

/** The boxes as a detector without any fault would see them. */
export function annotatedBoxes({ truths }: SequenceFrame): Detection[] {
  return truths.map(({ box }) => ({ label: 'person', confidence: 0.9, box: clip(box) }))
}

/** Tracker and rules over boxes, at `eventFps`. */
export function toldOfBoxes(
  sequence: Sequence,
  watched: Watched,
  detect: (frame: SequenceFrame) => readonly Detection[],
): Told[] {
  const tracker = new Tracker()
  const engine = new RuleEngine(watched)
  let ids = 0
  const book = new AlertBook({ camera: 'eval', rules: watched.rules, newId: () => String(++ids) })
  return sampled(sequence, eventFps).flatMap((frame) => {
    const { timeMs } = frame
    const tracks = tracker.update(detect(frame), [wholePicture], timeMs, sequence.width / sequence.height)
    return book.raise(engine.evaluate(tracks, timeMs)).flatMap(toldBy)
  })
}

export function toldBy({ phase, rule, time, objects, direction, kind }: Alert): Told[] {
  if (phase !== 'began') return []
  const box = kind === 'crowding' ? undefined : objects[0]?.box
  return [{ rule, timeMs: time, ...(box && { box }), ...(direction && { direction }) }]
}
