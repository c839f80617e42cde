/** Cameras that give no pictures, as alerts speak of them. */
import type { CameraState } from './camera.ts'

/** One camera of an outage. */
export interface MissingCamera {
  readonly id: string
  readonly name: string
  /** The newest that is known of why: its state while it was missing. */
  readonly state: CameraState
  /** Epoch ms from which it was missing. */
  readonly since: number
  /** How long it was missing; absent while it is. */
  readonly gapMs?: number
}

/** Cameras that went missing together. */
export interface Outage {
  /** How many there were. */
  readonly count: number
  /** How many of these are missing still. */
  readonly missing: number
  /** The missing ones first; not all of them where there are very many. */
  readonly cameras: readonly MissingCamera[]
  /** From the first loss until the last was back; absent while one is missing. */
  readonly gapMs?: number
}
