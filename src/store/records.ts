/** What the store's thread does, without the thread: every operation on the database and the pictures. */
import Sqlite from 'better-sqlite3'
import type { Alert } from '../domain/alert.ts'
import type { CoverageMinute } from '../domain/coverage.ts'
import { GatewayError } from '../kit/errors.ts'
import { AlertTable } from './alerts.ts'
import { AnnouncedTable } from './announced.ts'
import { CoverageTable } from './coverage.ts'
import type { OpenDatabase } from './database.ts'
import type { Identity } from './identity.ts'
import { Ledger } from './ledger.ts'
import type { LedgerOperations } from './ledger-ports.ts'
import { type OutboxRow, OutboxTable } from './outbox.ts'
import type { Delivery, Operations, RetentionLimits, SaveAlert, StoreCounts } from './ports.ts'
import { Retention, type Shelves, withoutSnapshot } from './retention.ts'
import { SnapshotFiles } from './snapshot-files.ts'
import { SnapshotTable } from './snapshots.ts'

/** Of bodies that one call hands out; the last may go beyond it. Pictures are as large as a hundred alerts. */
const mostBytesHandedOut = 4 * 2 ** 20

export type Saved = { readonly sequence: number } | GatewayError

/** A save whose picture, if it has one, lies on the disk. */
interface Prepared {
  readonly input: SaveAlert
  readonly file?: string
}

export class Records implements Omit<Operations, keyof LedgerOperations> {
  readonly #identity: Identity
  readonly #shelves: Shelves
  readonly #announced: AnnouncedTable
  readonly #now: () => number
  readonly #handedOut = new Map<number, number>()
  readonly retention: Retention
  readonly ledger: Ledger
  #sacrificed = 0
  /** A write failed for want of space since somebody last looked. */
  spaceWanted = false
  /** Bytes of pictures saved since somebody last looked. */
  freshBytes = 0

  constructor(opened: OpenDatabase, limits: RetentionLimits, now: () => number = Date.now) {
    const { db, identity, snapshotDir } = opened
    this.#identity = identity
    this.#now = now
    this.#shelves = {
      db,
      alerts: new AlertTable(db),
      outbox: new OutboxTable(db, identity.epoch),
      snapshots: new SnapshotTable(db),
      files: new SnapshotFiles(snapshotDir),
      coverage: new CoverageTable(db),
    }
    this.#announced = new AnnouncedTable(db)
    this.retention = new Retention(this.#shelves, limits)
    this.ledger = new Ledger(this.#shelves, now)
  }

  /** Removes pictures whose transaction never came. Returns how many. */
  removeOrphans(): number {
    return this.#shelves.files.removeAllBut(new Set(this.#shelves.snapshots.files()))
  }

  /** Now and then, so that a restored database is known as such. Throws where the disk refuses. */
  renewIdentity(): void {
    this.#identity.renew()
  }

  close(): void {
    this.#identity.tryRenew()
    this.#shelves.db.close()
  }

  /** Throws STORE_FAILED. */
  saveAlert(input: SaveAlert): { sequence: number } {
    const [saved] = this.saveAll([input])
    if (saved instanceof GatewayError) throw saved
    return saved
  }

  /** Pictures first, then one transaction for all; where that fails, each alone, so that one cannot spoil the others. */
  saveAll(inputs: readonly SaveAlert[]): Saved[] {
    const prepared = inputs.map((input) => this.#writePicture(input))
    try {
      if (prepared.some((one) => one.file)) this.#shelves.files.sync()
      return this.#commit(prepared)
    } catch (error) {
      if (prepared.length === 1) return [this.#rescue(prepared[0], error)]
      return prepared.map((one) => this.#saveAlone(one))
    }
  }

  next(afterRowId: number, limit: number): Delivery[] {
    return this.#handOut(limit, afterRowId, (after, most) => this.#shelves.outbox.pending(after, most))
  }

  urgent(afterRowId: number, limit: number): Delivery[] {
    return this.#handOut(limit, afterRowId, (after, most) => this.#shelves.outbox.urgent(after, most))
  }

  acknowledged(rowIds: readonly number[]): void {
    this.#shelves.db.transaction(() => {
      for (const rowId of rowIds) this.#shelves.outbox.acknowledge(rowId)
    })()
    for (const rowId of rowIds) this.#handedOut.delete(rowId)
  }

  parked(rowId: number, why: string): void {
    this.#shelves.outbox.park(rowId, why)
    this.#handedOut.delete(rowId)
  }

  announcedCameras(): string[] {
    return this.#announced.all()
  }

  announced(cameras: readonly string[]): void {
    this.#shelves.db.transaction(() => {
      for (const camera of cameras) this.#announced.insert(camera)
    })()
  }

  cleared(cameras: readonly string[]): void {
    this.#shelves.db.transaction(() => {
      for (const camera of cameras) this.#announced.delete(camera)
    })()
  }

  openAlerts(): Alert[] {
    return this.#shelves.alerts.open()
  }

  recentAlerts(limit: number): Alert[] {
    return this.#shelves.alerts.recent(limit)
  }

  snapshotPath(alertId: string): string | undefined {
    const file = this.#shelves.snapshots.fileOf(alertId)
    return file && this.#shelves.files.exists(file) ? this.#shelves.files.path(file) : undefined
  }

  /** One transaction for all cameras: a minute costs the flash one commit. */
  saveCoverage(minutes: readonly CoverageMinute[]): void {
    this.#shelves.db.transaction(() => {
      for (const minute of minutes) this.#shelves.coverage.put(minute)
    })()
  }

  coverageBetween(from: number, to: number): CoverageMinute[] {
    return this.#shelves.coverage.between(from, to)
  }

  coverageGaps(camera: string, from: number, to: number): CoverageMinute[] {
    return this.#shelves.coverage.gaps(camera, from, to)
  }

  counts(): StoreCounts {
    const { pending, parked, oldestPendingAt } = this.#shelves.outbox.extent()
    return {
      pending,
      parked,
      ...(oldestPendingAt !== null && { oldestPendingAt }),
      alerts: this.#shelves.alerts.count(),
      snapshotBytes: this.#shelves.snapshots.bytes(),
      sacrificed: this.#sacrificed + this.retention.sacrificed,
      expired: this.retention.expired,
      retentionRefused: this.retention.refused,
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
        if (body === undefined) this.parked(row.rowId, 'the picture is gone from the disk or cannot be read')
        else deliveries.push(this.#delivery(row, body))
        bytes += body?.length ?? 0
        if (bytes >= mostBytesHandedOut) return deliveries
      }
      if (rows.length === 0 || deliveries.length >= limit) return deliveries
    }
  }

  /** A picture that cannot be written is given up: the alert matters more. */
  #writePicture(input: SaveAlert): Prepared {
    if (!input.snapshot) return { input }
    try {
      return { input, file: this.#shelves.files.write(input.snapshot.message.id, input.snapshot.jpeg) }
    } catch {
      return this.#withoutPicture({ input })
    }
  }

  #withoutPicture({ input, file }: Prepared): Prepared {
    if (file) this.#shelves.files.remove(file)
    this.#sacrificed++
    this.spaceWanted = true
    const { alert, message } = input
    const body = message.body === undefined ? undefined : withoutSnapshot(message.body)
    return { input: { alert, message: { ...message, body } } }
  }

  #commit(prepared: readonly Prepared[]): { sequence: number }[] {
    return this.#shelves.db.transaction(() => prepared.map((one) => this.#insert(one))).immediate()
  }

  /** The picture's delivery stands before the alert's, so that the centre has it when it reads of it. */
  #insert({ input, file }: Prepared): { sequence: number } {
    const { alert, message, snapshot } = input
    const { alerts, snapshots, outbox } = this.#shelves
    const now = this.#now()
    if (message.body === undefined) throw new Error(`the message ${message.id} has no body`)
    alerts.upsert(alert, now)
    const urgent = alert.severity === 'critical' && !outbox.isBehind(alert.id)
    if (snapshot && file) {
      const { width, height, jpeg } = snapshot
      snapshots.insert({ alert: alert.id, file, bytes: jpeg.byteLength, width, height }, now)
      outbox.insert(alert.id, snapshot.message, now, urgent)
      this.freshBytes += jpeg.byteLength
    }
    return { sequence: outbox.insert(alert.id, message, now, urgent) }
  }

  #saveAlone(one: Prepared): Saved {
    try {
      return this.#commit([one])[0]
    } catch (error) {
      return this.#rescue(one, error)
    }
  }

  /** On a full disk once more without the picture; what fails then is the caller's to know. */
  #rescue(one: Prepared, error: unknown): Saved {
    if (isFull(error)) {
      this.spaceWanted = true
      if (one.file) return this.#saveAlone(this.#withoutPicture(one))
    } else if (one.file) {
      this.#shelves.files.remove(one.file)
    }
    return writeFailed(one.input.alert.id, error)
  }

  #picture({ alert, picture }: OutboxRow): Uint8Array<ArrayBuffer> | undefined {
    // A copy: its memory is moved to the caller.
    if (picture) return Uint8Array.from(picture)
    const file = alert === null ? undefined : this.#shelves.snapshots.fileOf(alert)
    return file === undefined ? undefined : this.#shelves.files.read(file)
  }

  #delivery(row: OutboxRow, body: string | Uint8Array): Delivery {
    const attempts = this.#handedOut.get(row.rowId) ?? 0
    this.#handedOut.set(row.rowId, attempts + 1)
    const { alert: _, picture: __, urgent, camera, sha256, ...rest } = row
    return {
      ...rest,
      urgent: urgent === 1,
      body,
      attempts,
      ...(camera !== null && { camera }),
      ...(sha256 !== null && { sha256 }),
    }
  }
}

function isFull(error: unknown): boolean {
  return error instanceof Sqlite.SqliteError && error.code === 'SQLITE_FULL'
}

function writeFailed(alertId: string, error: unknown): GatewayError {
  const advice = isFull(error)
    ? 'free space on the disk of the data folder'
    : 'see the cause; the data folder may be unwritable'
  return new GatewayError(
    'STORE_FAILED',
    `alert ${alertId} was not saved (${(error as Error).message}): ${advice}`,
    {
      cause: error,
    },
  )
}
