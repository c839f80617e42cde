/** People who walk to and fro in a drawn street, as a detector with faults would see them five times a second. */
import type { Detection } from '../../src/domain/detection.ts'
import type { Box } from '../../src/domain/geometry.ts'
import { seeded, spoil } from '../eval/planted.ts'

export const crowdFps = 5
const picture = { width: 1280, height: 720 }

export interface CrowdFrame {
  readonly timeMs: number
  /** Where each of them really is, always in the same order. */
  readonly truths: readonly Box[]
  readonly detections: readonly Detection[]
}

export function crowd(people: number, seconds: number): CrowdFrame[] {
  const random = seeded(people)
  const walkers = Array.from({ length: people }, () => ({
    ...{ from: random(), speed: 0.02 + 0.06 * random(), y: 0.35 + 0.6 * random() },
  }))
  return Array.from({ length: seconds * crowdFps }, (_, frame) => {
    const time = frame / crowdFps
    const truths = walkers.map(({ from, speed, y }) =>
      walkerAt(0.05 + 0.9 * toAndFro(from + speed * time), y),
    )
    return { timeMs: time * 1_000, truths, detections: spoil(truths, picture, random) }
  })
}

/** From 0 to 1 and back again. */
function toAndFro(way: number): number {
  const at = way % 2
  return at > 1 ? 2 - at : at
}

/** The nearer, the larger; bottom centre at (x, y). */
function walkerAt(x: number, y: number): Box {
  const [width, height] = [0.05 * y, 0.25 * y]
  return { x1: x - width / 2, y1: y - height, x2: x + width / 2, y2: y }
}
