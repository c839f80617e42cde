/** Video structuring: what is left of a track when it has ended, and what a minute held. Of things and places; nothing says who. */
import type { Towards } from './crossing.ts'
import type { Change, Colour, Label, ThingType } from './detection.ts'
import type { Point } from './geometry.ts'
import type { Heading, PaceClass } from './movement.ts'

/** A point of a path and its moment, epoch ms. */
export interface PathPoint extends Point {
  readonly time: number
}

/** On the ground of a calibrated camera. */
export interface GroundMovement {
  readonly metres: number
  /** Mean while it moved, and the greatest that it held, metres per second; absent where it never moved. */
  readonly speed?: number
  readonly topSpeed?: number
}

export interface TrackSummary {
  /** As in alerts. */
  readonly track: number
  readonly label: Label
  /** As most looks say, where the model tells. */
  readonly type?: ThingType
  /** Of a vehicle, as most looks say that can tell. */
  readonly colour?: Colour
  /** Of a person: was their face seen in any look? Absent where nobody looked for faces. */
  readonly faceSeen?: boolean
  /** With label `object`. */
  readonly change?: Change
  /** Highest, 0..1. */
  readonly confidence: number
  /** Epoch ms of the first and the last detection. */
  readonly began: number
  readonly ended: number
  /** Way of the anchor: straight between these points, at even pace, it is never further than 1 % of the picture from where it was. */
  readonly path: readonly PathPoint[]
  /** Mean size of its box, shares of the picture. */
  readonly width: number
  readonly height: number
  /** From its beginning to its end; absent where it stayed within half its height. */
  readonly heading?: Heading
  readonly pace: PaceClass
  /** Where the camera is calibrated and its foot was seen. */
  readonly ground?: GroundMovement
  /** How long it stood, ms. */
  readonly stoodMs: number
  /** Zones in which its anchor was, and for how long (ms). */
  readonly zones: readonly { readonly zone: string; readonly dwellMs: number }[]
  /** Lines it went over, in order, 50 at most. */
  readonly lines: readonly { readonly line: string; readonly direction: Towards; readonly time: number }[]
}

/** What a camera saw in one minute. */
export interface MinuteCounts {
  /** Epoch ms of its beginning. */
  readonly minute: number
  /** Tracks that began in it, and most at once, by label. */
  readonly labels: readonly { readonly label: Label; readonly began: number; readonly most: number }[]
  /** Tracks that came into a zone, and most in it at once. */
  readonly zones: readonly {
    readonly zone: string
    readonly label: Label
    readonly entered: number
    readonly most: number
  }[]
  readonly lines: readonly {
    readonly line: string
    readonly label: Label
    readonly left: number
    readonly right: number
  }[]
}
