/** The same object over the frames of one camera. Tracks never cross cameras. */
import type { Change, Colour, Label, ThingType } from './detection.ts'
import type { Box, Point } from './geometry.ts'

export interface Track {
  /** No other one of the camera has it within a day, also where the gateway starts anew. */
  readonly id: number
  readonly label: Label
  /** As most detections say, where the model tells. */
  readonly type?: ThingType
  /** Of a vehicle, as most looks say that can tell. */
  readonly colour?: Colour
  /** Of a person: was their face seen in any look until now? Absent while nobody looked for faces. */
  readonly faceSeen?: boolean
  /** Highest-recent detection confidence, 0..1. */
  readonly confidence: number
  /** Where it is now (predicted while it is not seen). */
  readonly box: Box
  /** The tested point: bottom centre of the box. */
  readonly anchor: Point
  /** In the frame in which it is first told: where it was first detected. A tracker believes only what it has seen again. */
  readonly cameFrom?: Point
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
