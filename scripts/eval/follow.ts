/** The gateway's tracker over the frames of a sequence. */
import type { Detection } from '../../src/domain/detection.ts'
import { wholePicture } from '../../src/domain/geometry.ts'
import { Tracker } from '../../src/track/tracker.ts'
import type { Sequence, SequenceFrame } from './sequences.ts'
import { withoutIgnored } from './track-metrics.ts'
import type { TrackedFrame } from './tracked-frame.ts'

/**
 * A track counts in the frames in which it was detected and in the next one after each: unseen for longer it is a hope for
 * later and not a claim about now.
 */
export function follow(
  { width, height }: Sequence,
  frames: readonly SequenceFrame[],
  detect: (frame: SequenceFrame) => readonly Detection[],
): TrackedFrame[] {
  const tracker = new Tracker()
  let before = 0
  return frames.map((frame) => {
    const { timeMs, truths, ignored } = frame
    const tracks = tracker.update(detect(frame), [wholePicture], timeMs, width / height)
    const claimed = tracks.filter(({ label, lastSeen }) => label === 'person' && lastSeen >= before)
    before = timeMs
    return { truths, found: withoutIgnored(claimed, truths, ignored) }
  })
}
