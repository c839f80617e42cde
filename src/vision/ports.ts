/** What the vision room hands to its users: the same shapes as the main path declares. */
import type { SnapshotMissing } from '../domain/alert.ts'
import type { Detection } from '../domain/detection.ts'
import type { Box } from '../domain/geometry.ts'
import type { ModelTier } from '../domain/model-tier.ts'
import type { Manifest } from './manifest.ts'

/** What the models saw in one frame; `handle` names the frame that the worker still holds. */
export interface Sighting {
  readonly handle: number
  readonly detections: readonly Detection[]
  /** The regions the models looked at, 0..1. */
  readonly looked: readonly Box[]
}

/** A redacted JPEG, or why there is none. */
export type Picture =
  | {
      readonly jpeg: Uint8Array
      /** Pixels. */
      readonly width: number
      readonly height: number
      /** Face regions that were found and hidden; heads of people whose face was not found come on top. */
      readonly faces: number
    }
  | { readonly missing: SnapshotMissing }

/** A model that can be opened: its manifest and where its verified weights lie. */
export interface ModelOnDisk {
  readonly manifest: Manifest
  readonly path: string
}

/** The models of a gateway. Where two are the same one, it is opened once, and one look serves both. */
export interface Models {
  /** As a whole from this tier; absent where models were named. */
  readonly tier?: ModelTier
  readonly objects: ModelOnDisk
  /** Finds the objects for which the first has no label. */
  readonly beside?: ModelOnDisk
  readonly faces: ModelOnDisk
}
