/** The same object over the frames of one camera. Tracks never cross cameras. */
import type { Change, Label } from './detection.ts'
import type { Box, Point } from './geometry.ts'

export interface Track {
  /** No other one of the camera has it within a day, also where the gateway starts anew. */
  readonly id: number
  readonly label: Label
  /** Highest-recent detection confidence, 0..1. */
  readonly confidence: number
  /** Where it is now (predicted while it is not seen). */
  readonly box: Box
  /** The tested point: bottom centre of the box. */
  readonly anchor: Point
  /** Picture widths / heights per second. */
  readonly velocity: Point
  /** Epoch ms of its first and its latest detection. */
  readonly firstSeen: number
  readonly lastSeen: number
  /** Epoch ms from which on it has not left its place; absent while it moves, and until it has stood for some seconds. */
  readonly standingSince?: number
  /** Detected in the newest frame (otherwise the box is a prediction)? */
  readonly seen: boolean
  /** With label `object`: is it there since lately, or gone? */
  readonly change?: Change
}
