/** How much of the time a camera was really watched, and why the rest was not. */
import type { CameraState } from './camera.ts'

/**
 * Why a camera was not watched: a camera state other than `live`, or, while it was live:
 * `starting` nothing was looked at yet · `overload` pictures were due and the box was too busy · `damaged` packets were
 * lost, or pictures came corrupted · `failed` pictures could not be analysed · `silent` nothing came that could be looked at.
 * `stopped`: the gateway itself did not run.
 */
export type GapReason = Exclude<CameraState, 'live'> | Trouble | 'starting' | 'silent' | 'stopped'

/** What can befall a picture that was due. */
export type Trouble = 'overload' | 'damaged' | 'failed'

/** Milliseconds by reason; reasons that did not occur are absent. */
export type Gaps = Readonly<Partial<Record<GapReason, number>>>

/** A stretch of time of one camera. The gaps are what is missing to full coverage. */
export interface Covered {
  /** 0..1 of the time. */
  readonly coverage: number
  /** Pictures analysed per second, mean. Quiet pictures are looked at and not analysed: a quiet camera is covered at 0. */
  readonly fps: number
  readonly gaps: Gaps
}

/** One whole minute of one camera. */
export interface CoverageMinute extends Covered {
  readonly camera: string
  /** Its beginning, epoch ms of the box's clock; a multiple of 60 000. */
  readonly minute: number
}
