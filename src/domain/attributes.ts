/** What an alert tells of a thing beside where it is: of vehicles what they are like, of people whether their face was seen, of everything how it moves. Never who it is. */
import type { Colour, ThingType } from './detection.ts'
import type { Ground } from './ground.ts'
import { type Heading, headingOf, type PaceClass, paceOf } from './movement.ts'
import type { Track } from './track.ts'

export interface Attributes {
  readonly type?: ThingType
  /** Of a vehicle. */
  readonly colour?: Colour
  /** Of a person: was their face seen in any look until now? */
  readonly faceSeen?: boolean
  readonly pace: PaceClass
  /** Absent while it stands. */
  readonly heading?: Heading
  /** Metres per second, where the camera is calibrated and its foot is in the picture. */
  readonly speed?: number
}

/** As it is now. */
export function attributesOf(track: Track, ground?: Ground): Attributes {
  const { type, colour, faceSeen, anchor, box, velocity, standingSince } = track
  const heights = Math.hypot(velocity.x, velocity.y) / Math.max(box.y2 - box.y1, 0.001)
  const pace = standingSince === undefined ? paceOf(heights) : 'standing'
  const stands = pace === 'standing'
  const speed = box.y2 < 1 ? ground?.speed(anchor, velocity) : undefined
  return {
    ...(type && { type }),
    ...(colour && { colour }),
    ...(faceSeen === undefined ? {} : { faceSeen }),
    pace,
    ...(stands ? {} : { heading: headingOf(velocity) }),
    ...(speed === undefined ? {} : { speed: stands ? 0 : speed }),
  }
}
