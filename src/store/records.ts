/** What the store's thread does, without the thread: every operation on the database and the pictures. */
import Sqlite from 'better-sqlite3'
import type { Alert } from '../domain/alert.ts'
import type { CoverageMinute } from '../domain/coverage.ts'
import type { KeptView, Rememberable } from '../domain/view.ts'
import { GatewayError } from '../kit/errors.ts'
import { AlertTable } from './alerts.ts'
import { AnnouncedTable } from './announced.ts'
import { CoverageTable } from './coverage.ts'
import type { OpenDatabase } from './database.ts'
import { Deliveries } from './deliveries.ts'
import { GivenUpTable } from './given-up.ts'
import type { Identity } from './identity.ts'
import { Ledger } from './ledger.ts'
import type { LedgerOperations } from './ledger-ports.ts'
import type { StoreSetup } from './messages.ts'
import { OutboxTable } from './outbox.ts'
import type {
  DeliveryOperations,
  HeldClass,
  Operations,
  RetentionLimits,
  SaveAlert,
  StoreCounts,
  Structured,
} from './ports.ts'
import { type Expiring, expiryOf, Retention, type Shelves, withoutSnapshot } from './retention.ts'
import { SnapshotFiles } from './snapshot-files.ts'
import { SnapshotTable } from './snapshots.ts'
import { TrackTable } from './tracks.ts'
import { ViewTable } from './views.ts'
import { VoicedTable } from './voiced.ts'
import { worthOf } from './worth.ts'

/** What came since the last clean-up makes it due when it is this share of its limit. */
const overdueShare = 1 / 20

export type RecordsOptions = Pick<StoreSetup, 'retention' | 'origin' | 'receipts'>

export type Saved = { readonly sequence: number } | GatewayError

/** A save whose picture, if it has one, lies on the disk. */
interface Prepared {
  readonly input: SaveAlert
  readonly file?: string
}

export class Records implements Omit<Operations, keyof LedgerOperations | keyof DeliveryOperations> {
  readonly #identity: Identity
  readonly #shelves: Shelves
  readonly #announced: AnnouncedTable
  readonly #voiced: VoicedTable
  readonly #views: ViewTable
  readonly #now: () => number
  readonly #limits: RetentionLimits
  readonly retention: Retention
  readonly deliveries: Deliveries
  readonly ledger: Ledger
  #sacrificed = 0
  /** A write failed for want of space since somebody last looked. */
  spaceWanted = false
  /** Bytes saved since the last clean-up: of pictures, and of alerts' messages. */
  #freshPictures = 0
  #freshMessages = 0

  constructor(opened: OpenDatabase, options: RecordsOptions, now: () => number = Date.now) {
    const { db, identity, snapshotDir } = opened
    const { retention, origin, receipts } = options
    this.#limits = retention
    this.#identity = identity
    this.#now = now
    this.#shelves = {
      db,
      alerts: new AlertTable(db),
      outbox: new OutboxTable(db, identity.epoch),
      givenUp: new GivenUpTable(db),
      snapshots: new SnapshotTable(db),
      files: new SnapshotFiles(snapshotDir),
      coverage: new CoverageTable(db),
      tracks: new TrackTable(db),
    }
    this.#announced = new AnnouncedTable(db)
    this.retention = new Retention(this.#shelves, retention)
    const expiresAt = (row: Expiring) => expiryOf(row, retention.expiryDays)
    this.deliveries = new Deliveries(this.#shelves, { origin, receipts, expiresAt }, now)
    this.#voiced = new VoicedTable(db)
    this.#views = new ViewTable(db)
    this.ledger = new Ledger({ ...this.#shelves, views: this.#views }, this.deliveries, now)
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

  /** Has so much come since the last clean-up that the next one should not wait for its hour? */
  takeOverdue(): boolean {
    const { snapshotMaxBytes, quotaBytes } = this.#limits
    const isDue =
      this.#freshPictures > snapshotMaxBytes * overdueShare ||
      this.#freshMessages > quotaBytes.alert * overdueShare
    if (isDue) {
      this.#freshPictures = 0
      this.#freshMessages = 0
    }
    return isDue
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

  saveStructure(found: readonly Structured[]): void {
    const { db, outbox, tracks } = this.#shelves
    const now = this.#now()
    const save = db.transaction(() => {
      for (const { message, track } of found) {
        outbox.insert(message, now, { alert: null, worth: worthOf(message.class) })
        if (track && message.camera !== undefined) tracks.insert(message.camera, track)
      }
    })
    save.immediate()
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

  voicedTopics(): string[] {
    return this.#voiced.all()
  }

  voiced(topics: readonly string[]): void {
    this.#voiced.insert(topics)
  }

  unvoiced(topics: readonly string[]): void {
    this.#voiced.delete(topics)
  }

  keptViews(): KeptView[] {
    return this.#views.all()
  }

  keepView(view: KeptView): void {
    this.#views.put(view)
  }

  withdrawViews(of: Rememberable): void {
    this.#views.withdraw(of)
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
    const held = this.#shelves.outbox.held()
    const sum = (count: (one: HeldClass) => number) => held.reduce((total, one) => total + count(one), 0)
    const oldestPendingAt = this.#shelves.outbox.oldestPendingAt()
    return {
      pending: sum((one) => one.waiting),
      unconfirmed: sum((one) => one.unconfirmed),
      parked: sum((one) => one.parked),
      outboxBytes: sum((one) => (one.class === 'snapshot' ? 0 : one.bytes)),
      ...(oldestPendingAt !== undefined && { oldestPendingAt }),
      alerts: this.#shelves.alerts.count(),
      snapshotBytes: this.#shelves.snapshots.bytes(),
      sacrificed: this.#sacrificed + this.retention.sacrificed,
      givenUp: this.retention.givenUp,
      retentionRefused: this.retention.refused,
    }
  }

  /** A picture that cannot be written is given up: the alert matters more. */
  #writePicture(input: SaveAlert): Prepared {
    if (!input.snapshot) return { input }
    try {
      return { input, file: this.#shelves.files.write(input.snapshot.message.id, input.snapshot.jpeg) }
    } catch (error) {
      if (isFull(error)) this.spaceWanted = true
      return this.#withoutPicture({ input })
    }
  }

  #withoutPicture({ input, file }: Prepared): Prepared {
    if (file) this.#shelves.files.remove(file)
    this.#sacrificed++
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
    let { body } = message
    alerts.upsert(alert, now)
    const urgent = alert.severity === 'critical' && !outbox.isBehind(alert.id)
    const about = { alert: alert.id, urgent }
    if (snapshot && file) {
      const { width, height, jpeg } = snapshot
      snapshots.insert({ alert: alert.id, file, bytes: jpeg.byteLength, width, height }, now)
      const fileBytes = jpeg.byteLength
      const worth = worthOf('snapshot')
      const sequence = outbox.insert(snapshot.message, now, { ...about, worth, fileBytes })
      this.#freshPictures += fileBytes
      const { id, class: kind } = snapshot.message
      body = withNumbers(body, { id, epoch: this.#identity.epoch, class: kind, sequence })
    }
    this.#freshMessages += body.length
    const worth = worthOf(message.class, alert.severity)
    return { sequence: outbox.insert({ ...message, body }, now, { ...about, worth }) }
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
}

/** The alert's message with the numbers of its picture: MQTT 3.1.1 has no user properties to carry them. */
function withNumbers(body: string, numbers: object): string {
  const message = JSON.parse(body) as { data: { snapshot?: object } }
  const snapshot = { ...message.data.snapshot, ...numbers }
  return JSON.stringify({ ...message, data: { ...message.data, snapshot } })
}

function isFull(error: unknown): boolean {
  if (error instanceof Sqlite.SqliteError) return error.code === 'SQLITE_FULL'
  return ['ENOSPC', 'EDQUOT'].includes((error as NodeJS.ErrnoException).code ?? '')
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
