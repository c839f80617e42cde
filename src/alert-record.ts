/** An alert as the store takes it: its message, and its picture where there is one that may be shown. */
import { createHash } from 'node:crypto'
import { alertMessage, snapshotMessage, type TableVersions } from './contract/alert-message.ts'
import type { Alert, SnapshotMissing } from './domain/alert.ts'
import { type Camera, mayShow } from './domain/camera.ts'
import type { Picture } from './pipeline.ts'
import type { SaveAlert } from './store/ports.ts'

export interface RecordFacts {
  readonly gateway: string
  /** Beginning of every topic. */
  readonly prefix: string
  readonly models: readonly string[]
  readonly versions?: TableVersions
  /** Clock of the camera minus clock of the box, ms, where it is known. */
  readonly clockOffsetMs?: number | undefined
  readonly camera: Camera
  readonly alert: Alert
  readonly picture: Picture | undefined
  /** UUIDv7s, the same at every attempt to save. */
  readonly messageId: string
  readonly snapshotId: string
}

/** The picture if it may leave the box, otherwise why it may not. */
export function shownPicture(
  camera: Pick<Camera, 'tier' | 'consent'>,
  picture: Picture,
): Exclude<Picture, { missing: SnapshotMissing }> | { missing: SnapshotMissing } {
  return 'missing' in picture || mayShow(camera) ? picture : { missing: 'consent' }
}

/** Throws MESSAGE_INVALID where an id is too long for a topic. */
export function alertRecord({
  picture,
  messageId,
  snapshotId,
  models,
  versions,
  clockOffsetMs,
  ...origin
}: RecordFacts): SaveAlert {
  const { alert } = origin
  const shown = picture && shownPicture(origin.camera, picture)
  const facts = {
    ...origin,
    id: messageId,
    models,
    versions,
    clock: { source: 'box', offsetMs: clockOffsetMs } as const,
  }
  if (!shown || 'missing' in shown) {
    return {
      alert,
      message: alertMessage({ ...facts, snapshotMissing: shown?.missing }),
    }
  }
  const { jpeg, width, height } = shown
  const sha256 = createHash('sha256').update(jpeg).digest('hex')
  const image = snapshotMessage({ ...origin, id: snapshotId, sha256 })
  const snapshot = { topic: image.topic, sha256 }
  return {
    alert,
    message: alertMessage({ ...facts, snapshot }),
    snapshot: { jpeg, width, height, message: image },
  }
}
