/** The outbox as the relay uses it: hands messages out, hears what became of them, tells what was given up. */
import type { Database } from 'better-sqlite3'
import { v7 as newId } from 'uuid'
import { tombstoneMessage } from '../contract/tombstone-message.ts'
import type { GivenUpTable } from './given-up.ts'
import type { NumberRange, Replayed } from './ledger-ports.ts'
import type { OutboxRow, OutboxTable } from './outbox.ts'
import type {
  Delivery,
  DeliveryOperations,
  DeliveryStatus,
  HeldClass,
  Origin,
  ParkedDelivery,
  Receipt,
} from './ports.ts'
import type { SnapshotFiles } from './snapshot-files.ts'
import type { SnapshotTable } from './snapshots.ts'
import { worthOf } from './worth.ts'

/** Of bodies that one call hands out; the last may go beyond it. Pictures are as large as a hundred alerts. */
const mostBytesHandedOut = 4 * 2 ** 20

/** Parked messages that are listed at once. */
const mostListed = 1_000

export interface DeliveryShelves {
  readonly db: Database
  readonly outbox: OutboxTable
  readonly givenUp: GivenUpTable
  readonly snapshots: SnapshotTable
  readonly files: SnapshotFiles
}

export interface DeliveryRules {
  /** Whose messages these are. */
  readonly origin: Origin
  /** Is a message only delivered when the centre has confirmed it? */
  readonly receipts: boolean
  /** When an undelivered message is given up (epoch ms); undefined = never by age. */
  expiresAt(row: Pick<OutboxRow, 'class' | 'worth' | 'createdAt'>): number | undefined
}

export class Deliveries implements DeliveryOperations {
  readonly #shelves: DeliveryShelves
  readonly #rules: DeliveryRules
  readonly #now: () => number
  readonly #handedOut = new Map<number, number>()

  constructor(shelves: DeliveryShelves, rules: DeliveryRules, now: () => number) {
    this.#shelves = shelves
    this.#rules = rules
    this.#now = now
  }

  next(afterRowId: number, limit: number): Delivery[] {
    this.#tellGivenUp()
    return this.#handOut(limit, afterRowId, (after, most) => this.#shelves.outbox.pending(after, most))
  }

  urgent(afterRowId: number, limit: number): Delivery[] {
    return this.#handOut(limit, afterRowId, (after, most) => this.#shelves.outbox.urgent(after, most))
  }

  acknowledged(rowIds: readonly number[]): void {
    const { db, outbox } = this.#shelves
    db.transaction(() => outbox.accept(rowIds, this.#rules.receipts ? 'sent' : 'kept'))()
    for (const rowId of rowIds) this.#handedOut.delete(rowId)
  }

  parked(rowId: number, why: string): void {
    const { db, outbox, givenUp } = this.#shelves
    db.transaction(() => {
      const numbered = outbox.park(rowId, why)
      if (numbered) givenUp.note(numbered, 'refused')
    })()
    this.#handedOut.delete(rowId)
  }

  sendAgain(): number {
    return this.#rules.receipts ? this.#shelves.outbox.sendAgain() : 0
  }

  confirmed({ epoch, class: kind, sequence }: Receipt): number | undefined {
    const { outbox } = this.#shelves
    if (sequence > outbox.assigned(epoch, kind)) return undefined
    return outbox.confirm(epoch, kind, sequence)
  }

  /** What is left of these numbers waits again, under the same ids and numbers. Part of the command's transaction. */
  replay({ class: kind, epoch, from, to }: NumberRange): Replayed {
    const { db, outbox } = this.#shelves
    const last = Math.min(to, outbox.assigned(epoch, kind))
    const found = db.transaction(() => outbox.replay(epoch, kind, from, last))()
    return { requeued: found.length, missing: Math.max(0, to - from + 1 - found.length) }
  }

  held(): HeldClass[] {
    return this.#shelves.outbox.held()
  }

  requeue(id?: string): number {
    return this.#shelves.outbox.requeue(id)
  }

  withdraw(allowed: Readonly<Record<string, readonly string[]>>): void {
    const { db, outbox } = this.#shelves
    db.transaction(() => {
      for (const [kind, cameras] of Object.entries(allowed)) outbox.withdraw(kind, cameras)
    })()
  }

  parkedDeliveries(): ParkedDelivery[] {
    return this.#shelves.outbox.parked(mostListed)
  }

  deliveryOf(id: string): DeliveryStatus | undefined {
    const row = this.#shelves.outbox.find(id)
    if (!row) return undefined
    const { state, sequence, parkedBecause } = row
    const ahead = state === 'waiting' ? this.#shelves.outbox.ahead(row.rowId) : 0
    return { state, sequence, ahead, ...(state === 'parked' && parkedBecause !== null && { parkedBecause }) }
  }

  /** When somebody reads, so that a long outage ends with few tombstones and not with one for each clean-up. */
  #tellGivenUp(): void {
    const { db, outbox, givenUp } = this.#shelves
    for (;;) {
      const told = db.transaction(() => {
        const gone = givenUp.take()
        if (!gone) return false
        const now = this.#now()
        const message = tombstoneMessage({ id: newId(), ...this.#rules.origin, time: now }, gone)
        outbox.insert(message, now, { alert: null, worth: worthOf(message.class) })
        return true
      })()
      if (!told) return
    }
  }

  #handOut(
    limit: number,
    afterRowId: number,
    read: (after: number, most: number) => OutboxRow[],
  ): Delivery[] {
    const deliveries: Delivery[] = []
    let bytes = 0
    let after = afterRowId
    for (;;) {
      const rows = read(after, limit - deliveries.length)
      for (const row of rows) {
        after = row.rowId
        const body = row.body ?? this.#picture(row)
        if (body === undefined) {
          this.parked(row.rowId, 'the picture is gone from the disk or cannot be read')
        } else deliveries.push(this.#delivery(row, body))
        bytes += body?.length ?? 0
        if (bytes >= mostBytesHandedOut) return deliveries
      }
      if (rows.length === 0 || deliveries.length >= limit) return deliveries
    }
  }

  #picture({ alert, picture }: OutboxRow): Uint8Array<ArrayBuffer> | undefined {
    // A copy: its memory is moved to the caller.
    if (picture) return Uint8Array.from(picture)
    const { snapshots, files } = this.#shelves
    const file = alert === null ? undefined : snapshots.fileOf(alert)
    return file === undefined ? undefined : files.read(file)
  }

  #delivery(row: OutboxRow, body: string | Uint8Array): Delivery {
    const attempts = this.#handedOut.get(row.rowId) ?? 0
    this.#handedOut.set(row.rowId, attempts + 1)
    const { alert: _, picture: __, worth: ___, urgent, camera, sha256, ...rest } = row
    const expiresAt = this.#rules.expiresAt(row)
    return {
      ...rest,
      urgent: urgent === 1,
      body,
      attempts,
      ...(camera !== null && { camera }),
      ...(sha256 !== null && { sha256 }),
      ...(expiresAt !== undefined && { expiresAt }),
    }
  }
}
