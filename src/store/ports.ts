/** What the store takes in and gives out; the shapes of deliveries fit the relay's port without an import. */
import type { Alert } from '../domain/alert.ts'
import type { CoverageMinute } from '../domain/coverage.ts'
import type { TrackSummary } from '../domain/structure.ts'
import type { KeptView, Rememberable } from '../domain/view.ts'
import type { LedgerOperations } from './ledger-ports.ts'

/** A message that has to leave the box. Epoch and sequence are given to it inside the transaction that saves it. */
export interface NewDelivery {
  /** UUIDv7; stays the same over every sending. */
  readonly id: string
  readonly class: 'alert' | 'snapshot' | 'disposition' | 'track' | 'count' | 'tombstone'
  readonly camera?: string
  readonly topic: string
  readonly contentType: string
  /** JSON without epoch, sequence and sentAt; absent for a snapshot, whose body is its file. */
  readonly body?: string
  /** Hex digest of a snapshot's bytes. */
  readonly sha256?: string
}

/**
 * What became of a message: it waits for the broker; the broker has it and the centre has not confirmed it (only where receipts
 * are required); it is delivered and kept for whoever asks again; it was refused for good.
 */
export type DeliveryState = 'waiting' | 'sent' | 'kept' | 'parked'

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
  /** Epoch ms, box clock: then it is of no use any more. Absent = never. */
  readonly expiresAt?: number
}

/** Where a message stands. */
export interface DeliveryStatus {
  readonly state: DeliveryState
  readonly sequence: number
  /** How many wait before it. */
  readonly ahead: number
  readonly parkedBecause?: string
}

/** Whose messages these are. */
export interface Origin {
  readonly gateway: string
  /** Beginning of every topic. */
  readonly prefix: string
}

/** From the centre: all up to this number is stored. */
export interface Receipt {
  readonly epoch: string
  readonly class: string
  readonly sequence: number
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

/** What was made of tracks: a message, and the finished track that it tells, if it tells one. */
export interface Structured {
  readonly message: NewDelivery
  readonly track?: TrackSummary
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
  /** Days finished tracks are kept. */
  readonly trackDays: number
  /** Bytes the messages of a class may take together, delivered or not; of pictures, see `snapshotMaxBytes`. */
  readonly quotaBytes: {
    readonly alert: number
    readonly disposition: number
    readonly track: number
    readonly count: number
  }
  /** Days after which an undelivered alert is given up; worse ones never are by age. */
  readonly expiryDays: { readonly info: number; readonly minor: number }
}

export interface StoreCounts {
  /** Messages that wait for the broker. */
  readonly pending: number
  /** Messages that the broker has and the centre has not confirmed. */
  readonly unconfirmed: number
  readonly parked: number
  /** Bytes of all messages that are not pictures. */
  readonly outboxBytes: number
  /** Epoch ms, box clock. */
  readonly oldestPendingAt?: number
  readonly alerts: number
  readonly snapshotBytes: number
  /** Pictures given up for want of space, since the start. */
  readonly sacrificed: number
  /** Undelivered messages given up by quota, age or a full disk, since the start; tombstones tell of them. */
  readonly givenUp: number
  /** Clean-ups refused because the clock seems to have jumped, since the start. */
  readonly retentionRefused: number
}

/** Those about the outbox. */
export interface DeliveryOperations {
  next(afterRowId: number, limit: number): Delivery[]
  urgent(afterRowId: number, limit: number): Delivery[]
  acknowledged(rowIds: readonly number[]): void
  parked(rowId: number, why: string): void
  /** What was sent and not confirmed waits again. Returns how many. */
  sendAgain(): number
  /** Returns how many messages are forgotten; undefined where no such number was ever given. */
  confirmed(receipt: Receipt): number | undefined
  /** By class, what there is. */
  held(): HeldClass[]
  /** What is parked waits again: all of it, or the one of this id. Returns how many. */
  requeue(id?: string): number
  /** What is kept of these classes stays only for these cameras. */
  withdraw(allowed: Readonly<Record<string, readonly string[]>>): void
  parkedDeliveries(): ParkedDelivery[]
  /** Undefined where it is not (or no longer) there. */
  deliveryOf(id: string): DeliveryStatus | undefined
}

/** Messages of one class in the outbox, by what became of them. */
export interface HeldClass {
  readonly class: string
  readonly waiting: number
  /** The broker has them, and the centre has not confirmed them. */
  readonly unconfirmed: number
  /** Delivered. */
  readonly kept: number
  readonly parked: number
  /** Of all of them. */
  readonly bytes: number
  /** When the oldest of those was saved that wait or are unconfirmed, epoch ms; null where there is none. */
  readonly oldestAt: number | null
}

/** A message that was refused for good. */
export interface ParkedDelivery {
  readonly id: string
  readonly class: string
  readonly epoch: string
  readonly sequence: number
  readonly topic: string
  /** Epoch ms, box clock. */
  readonly createdAt: number
  readonly parkedBecause: string | null
}

/** Every call that crosses from the client to the store's thread. */
export interface Operations extends LedgerOperations, DeliveryOperations {
  saveAlert(input: SaveAlert): { sequence: number }
  /** All of them or none. */
  saveStructure(found: readonly Structured[]): void
  announcedCameras(): string[]
  announced(cameras: readonly string[]): void
  cleared(cameras: readonly string[]): void
  voicedTopics(): string[]
  voiced(topics: readonly string[]): void
  unvoiced(topics: readonly string[]): void
  keptViews(): KeptView[]
  keepView(view: KeptView): void
  withdrawViews(of: Rememberable): void
  openAlerts(): Alert[]
  recentAlerts(limit: number): Alert[]
  snapshotPath(alertId: string): string | undefined
  saveCoverage(minutes: readonly CoverageMinute[]): void
  coverageBetween(from: number, to: number): CoverageMinute[]
  coverageGaps(camera: string, from: number, to: number): CoverageMinute[]
  counts(): StoreCounts
}
