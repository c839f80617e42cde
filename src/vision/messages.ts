/** What the pool and its workers say to each other. */
import type { Detection } from '../domain/detection.ts'
import type { Box } from '../domain/geometry.ts'
import type { ErrorCode } from '../kit/errors.ts'
import type { Picture420 } from './fit.ts'
import type { Models, Picture } from './ports.ts'

/** A worker's `workerData`. */
export interface WorkerSetup {
  readonly models: Models
  /** Frames kept at most between detection and release. */
  readonly maxHeld: number
}

/** Asks for exactly one answer with the same `id`. */
export type Task =
  | {
      readonly kind: 'detect'
      readonly id: number
      readonly handle: number
      /** Moved, not copied. */
      readonly picture: Picture420
      /** Regions that deserve a look, at least one; absent = the whole picture. */
      readonly look?: readonly Box[]
      /** Look for faces too, where people are. */
      readonly faces: boolean
    }
  | {
      readonly kind: 'snapshot'
      readonly id: number
      readonly handle: number
      readonly objects: readonly Box[]
      /** Moved along where no worker holds the frame, because no model has looked at it. */
      readonly picture?: Picture420
    }

export type ToWorker =
  | Task
  | { readonly kind: 'release'; readonly handle: number }
  | { readonly kind: 'stop' }

/** What one task cost; sums of these are the pool's statistics. */
export interface Costs {
  /** One entry for each model run: model and size of its input. */
  readonly tensors: readonly string[]
  readonly preMs: number
  readonly modelMs: number
  readonly postMs: number
  readonly absurd: number
  readonly capped: number
}

export type FromWorker =
  | { readonly kind: 'ready' }
  /** The models cannot be used; the worker ends. */
  | { readonly kind: 'refused'; readonly code: ErrorCode; readonly message: string }
  | {
      readonly kind: 'detected'
      readonly id: number
      readonly detections: Detection[]
      readonly costs: Costs
      /** Held frames dropped since the last answer, because there were too many. */
      readonly evicted: number
    }
  | { readonly kind: 'picture'; readonly id: number; readonly picture: Picture; readonly why?: string }
  /** Pixels that are no longer needed, moved back. */
  | { readonly kind: 'returned'; readonly pixels: Uint8Array }
  | { readonly kind: 'failed'; readonly id: number; readonly message: string }
