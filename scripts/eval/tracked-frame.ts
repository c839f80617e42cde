/** What metrics of tracking are computed from: boxes with ids, frame by frame. */
import type { Box } from '../../src/domain/geometry.ts'

/** One thing in one frame. */
export interface Placed {
  readonly id: number
  readonly box: Box
}

/** What is really in a frame, and what the tracker says is. */
export interface TrackedFrame {
  readonly truths: readonly Placed[]
  readonly found: readonly Placed[]
}

/** Each id with its number from 0. */
export function idsOf(frames: readonly (readonly Placed[])[]): Map<number, number> {
  const ids = new Set(frames.flatMap((placed) => placed.map(({ id }) => id)))
  return new Map([...ids].map((id, index) => [id, index]))
}
