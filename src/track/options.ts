/** What the tracker can be told, and what it does unless told otherwise. */
import type { Label } from '../domain/detection.ts'

export interface TrackerOptions {
  /** Detections from here on may found a track and are matched first, 0..1. Raising it means fewer and later tracks. */
  readonly highConfidence: number
  /** Detections from here on may still continue a track, 0..1. Raising it loses people half hidden sooner. */
  readonly lowConfidence: number
  /** Detections before a track is believed. Raising it suppresses flicker and delays every track. */
  readonly confirmHits: number
  /** Time between the first of them and belief, ms. Raising it matters at high frame rates, where hits come cheap. */
  readonly confirmMs: number
  /**
   * Until a person moves, it is believed only from this confidence on, 0..1: what a detector half believes and what never
   * moves is a post or a sign. Raising it believes fewer posts, and later in people who stand in bad light from the start.
   */
  readonly stillConfidence: number
  /**
   * How long something that moves may be missed where the models looked, ms. Raising it bridges longer occlusions and
   * mistakes newcomers for the one that left more often.
   */
  readonly keepMs: number
  /** The same for something that stands, ms: the detector fails on the same still picture again and again. */
  readonly keepStandingMs: Readonly<Record<Label, number>>
  /** Longest life without any detection, also where nobody looked, ms. Raising it remembers still scenes for longer. */
  readonly forgetMs: Readonly<Record<Label, number>>
  /** Tracks kept at once, believed or not. The weakest is dropped for a stronger one. */
  readonly maxTracks: number
}

const minute = 60_000

export const trackerDefaults: TrackerOptions = {
  highConfidence: 0.5,
  lowConfidence: 0.15,
  confirmHits: 2,
  confirmMs: 150,
  stillConfidence: 0.6,
  keepMs: 2_500,
  keepStandingMs: { person: 4_000, 'two-wheeler': 10_000, vehicle: minute, object: 10_000, face: 0 },
  forgetMs: {
    person: 2 * minute,
    'two-wheeler': 10 * minute,
    vehicle: 24 * 60 * minute,
    object: 10 * minute,
    face: 0,
  },
  maxTracks: 500,
}
