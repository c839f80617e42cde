/** What the store takes in and gives out; the shapes of deliveries fit the relay's port without an import. */
import type { Alert } from '../domain/alert.ts'
import type { CoverageMinute } from '../domain/coverage.ts'
import type { LedgerOperations } from './ledger-ports.ts'

/** A message that has to leave the box. Epoch and sequence are given to it inside the transaction that saves it. */
export interface NewDelivery {
  /** UUIDv7; stays the same over every sending. */
  readonly id: string
  readonly class: 'alert' | 'snapshot' | 'disposition'
  readonly camera?: string
  readonly topic: string
  readonly contentType: string
  /** JSON without epoch, sequence and sentAt; absent for a snapshot, whose body is its file. */
  readonly body?: string
  /** Hex digest of a snapshot's bytes. */
  readonly sha256?: string
}

/** A message that waits in the outbox. */
export interface Delivery {
  /** Grows with every saved message and is never used twice. */
  readonly rowId: number
  readonly id: string
  readonly class: string
  readonly epoch: string
  /** From 1, without gaps within epoch and class. A delivery that was given up leaves its number unused, so the gap shows. */
  readonly sequence: number
  readonly camera?: string
  readonly topic: string
  readonly contentType: string
  readonly body: string | Uint8Array
  readonly sha256?: string
  /** Epoch ms, box clock. */
  readonly createdAt: number
  /** May overtake: it is about a critical alert, nothing of which waits in the long queue. */
  readonly urgent: boolean
  /** How often it was handed out before, since the gateway started. */
  readonly attempts: number
}

/** A redacted picture with the message that announces its bytes. */
export interface NewSnapshot {
  /** JPEG. Taken over by `saveAlert`: the array is empty afterwards where its memory could be moved. */
  readonly jpeg: Uint8Array
  /** Pixels. */
  readonly width: number
  readonly height: number
  readonly message: NewDelivery
}

export interface SaveAlert {
  readonly alert: Alert
  readonly message: NewDelivery
  readonly snapshot?: NewSnapshot
}

export interface RetentionLimits {
  /** Days an alert is kept after its last change, once its deliveries are gone. */
  readonly alertDays: number
  /** Days a picture is kept, once it is delivered. */
  readonly snapshotDays: number
  /** Bytes all pictures may take together, delivered or not. */
  readonly snapshotMaxBytes: number
  /** Days the minutes of coverage are kept. */
  readonly coverageDays: number
}

export interface StoreCounts {
  readonly pending: number
  readonly parked: number
  /** Epoch ms, box clock. */
  readonly oldestPendingAt?: number
  readonly alerts: number
  readonly snapshotBytes: number
  /** Pictures given up for want of space, since the start. */
  readonly sacrificed: number
  /** Deliveries given up because the outbox was full, since the start. */
  readonly expired: number
  /** Clean-ups refused because the clock seems to have jumped, since the start. */
  readonly retentionRefused: number
}

/** Every call that crosses from the client to the store's thread. */
export interface Operations extends LedgerOperations {
  saveAlert(input: SaveAlert): { sequence: number }
  next(afterRowId: number, limit: number): Delivery[]
  urgent(afterRowId: number, limit: number): Delivery[]
  acknowledged(rowIds: readonly number[]): void
  parked(rowId: number, why: string): void
  announcedCameras(): string[]
  announced(cameras: readonly string[]): void
  cleared(cameras: readonly string[]): void
  openAlerts(): Alert[]
  recentAlerts(limit: number): Alert[]
  snapshotPath(alertId: string): string | undefined
  saveCoverage(minutes: readonly CoverageMinute[]): void
  coverageBetween(from: number, to: number): CoverageMinute[]
  coverageGaps(camera: string, from: number, to: number): CoverageMinute[]
  counts(): StoreCounts
}
