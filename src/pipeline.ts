/** One camera's main path: frame -> detections -> tracks -> events -> alerts -> redacted picture -> store. What frames there are, attention decided. */
import type { Alert, EndedBecause, RuleEvent, SnapshotMissing } from './domain/alert.ts'
import type { Detection, Looked } from './domain/detection.ts'
import type { Frame } from './domain/frame.ts'
import type { Box } from './domain/geometry.ts'
import type { Track } from './domain/track.ts'

/** What was seen in one frame; `handle` names the frame that the worker still holds. */
export interface Sighting {
  readonly handle: number
  readonly detections: readonly Detection[]
  /** The regions that were looked at: only a track inside them can be missed. */
  readonly looked: readonly Looked[]
}

/** A redacted JPEG, or why there is none. */
export type Picture =
  | { readonly jpeg: Uint8Array; readonly width: number; readonly height: number; readonly faces: number }
  | { readonly missing: SnapshotMissing }

export interface Stages {
  readonly vision: {
    /** Undefined where this one frame could not be analysed. */
    detect(frame: Frame): Promise<Sighting | undefined>
    /** From the held frame. Never rejects: a picture that cannot be redacted is missing. */
    snapshot(handle: number, objects: readonly Box[]): Promise<Picture>
    release(handle: number): void
  }
  readonly tracker: {
    update(detections: readonly Detection[], looked: readonly Looked[], time: number, aspect: number): Track[]
  }
  /** Hears what is followed, and decides with it what of the camera deserves decoding and a look from now on. */
  readonly attention: { follow(tracks: readonly Track[], time: number): void }
  readonly rules: {
    evaluate(tracks: readonly Track[], time: number): RuleEvent[]
    /** Ends everything that is open. */
    end(because: EndedBecause, time: number): RuleEvent[]
  }
  readonly alerts: { raise(events: readonly RuleEvent[]): Alert[] }
  /** Never rejects: one alert that cannot be saved must not take the others of its frame along. */
  save(alert: Alert, picture: Picture | undefined): Promise<void>
}

/** Runs until the frames end. */
export async function pipeline(frames: AsyncIterable<Frame>, stages: Stages): Promise<void> {
  const { vision, tracker, attention, rules, alerts, save } = stages
  for await (const frame of frames) {
    const { frameTime: time, width, height } = frame
    const sighting = await vision.detect(frame)
    if (!sighting) continue
    try {
      const tracks = tracker.update(sighting.detections, sighting.looked, time, width / height)
      attention.follow(tracks, time)
      for (const alert of alerts.raise(rules.evaluate(tracks, time))) {
        const boxes = alert.objects.map((object) => object.box)
        const picture = alert.phase === 'began' ? await vision.snapshot(sighting.handle, boxes) : undefined
        await save(alert, picture)
      }
    } finally {
      vision.release(sighting.handle)
    }
  }
}
