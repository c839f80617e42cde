/** The store as the gateway sees it: asynchronous calls to the thread that owns the database. */
import { Worker } from 'node:worker_threads'
import type { Recorded } from '../contract/answer-schema.ts'
import type { Alert } from '../domain/alert.ts'
import type { CoverageMinute } from '../domain/coverage.ts'
import type { Override } from '../domain/override.ts'
import type { KeptView, Rememberable } from '../domain/view.ts'
import { GatewayError } from '../kit/errors.ts'
import type { Log } from '../kit/log.ts'
import type { Part } from '../kit/part.ts'
import type { Synchronous } from './database.ts'
import type { Recalled, Settlement } from './ledger-ports.ts'
import type { Failure, FromThread, StoreSetup } from './messages.ts'
import type {
  Delivery,
  DeliveryStatus,
  HeldClass,
  Operations,
  Origin,
  ParkedDelivery,
  Receipt,
  RetentionLimits,
  SaveAlert,
  StoreCounts,
  Structured,
} from './ports.ts'

/** Calls that may wait for the thread; beyond that the disk is too slow for the cameras and calls are refused. */
const mostWaiting = 1_000

export interface StoreOptions {
  /** Folder of the database and the pictures; made if absent. One gateway per folder. */
  readonly dir: string
  readonly retention: RetentionLimits
  /** Who speaks in what the store itself has to tell. */
  readonly origin: Origin
  /** Is a message only delivered when the centre has confirmed it? Default: when the broker has it. */
  readonly receipts?: boolean
  readonly log: Log
  /** FULL (the default) outlives a power cut; NORMAL only a crash of the program. */
  readonly synchronous?: Synchronous
}

interface Waiting {
  resolve(value: unknown): void
  reject(error: GatewayError): void
}

export class Store implements Part {
  readonly name = 'store'
  readonly #setup: StoreSetup
  readonly #log: Log
  readonly #waiting = new Map<number, Waiting>()
  #worker: Worker | undefined
  #ended: Promise<void> = Promise.resolve()
  #epoch = ''
  #open = false
  #lastCall = 0
  #refused = 0

  constructor({ dir, retention, origin, receipts = false, log, synchronous = 'FULL' }: StoreOptions) {
    this.#setup = { dir, retention, origin, receipts, synchronous }
    this.#log = log
  }

  /** Does the thread answer? */
  get isOpen(): boolean {
    return this.#open
  }

  /** Time-ordered id of the database, new whenever it is created or restored. Empty before `start`. */
  get epoch(): string {
    return this.#epoch
  }

  /** Calls refused because too many were waiting, since the start. */
  get refused(): number {
    return this.#refused
  }

  /** Rejects with STORE_NEWER, or STORE_FAILED where the folder cannot be used. */
  async start(): Promise<void> {
    const entry = new URL(import.meta.url.endsWith('.ts') ? './worker.ts' : './worker.js', import.meta.url)
    const worker = new Worker(entry, { workerData: this.#setup, name: 'store' })
    this.#worker = worker
    this.#ended = new Promise((resolve) => worker.once('exit', () => resolve()))
    await new Promise<void>((resolve, reject) => {
      worker.on('message', (message: FromThread) => {
        this.#hear(message)
        if (message.kind === 'opened') resolve()
        else if (message.kind === 'refused') reject(errorOf(message.failure))
      })
      worker.once('error', (error) => {
        this.#log.fatal({ err: error }, 'the thread of the store died')
        reject(new GatewayError('STORE_FAILED', `the thread of the store died: ${error.message}`))
      })
      worker.once('exit', () => {
        this.#close()
        reject(new GatewayError('STORE_FAILED', 'the thread of the store ended'))
      })
    })
  }

  /** Waits until everything asked before is written and the database is closed. */
  async stop(): Promise<void> {
    if (this.#open) {
      this.#open = false
      this.#worker?.postMessage({ name: 'close' })
    }
    await this.#ended
  }

  /**
   * Resolves after the commit; saves that arrive together share one. The picture's delivery stands before the alert's.
   * On a full disk the alert is saved without its picture and its message says so; where even that fails: STORE_FAILED.
   */
  saveAlert(input: SaveAlert): Promise<{ sequence: number }> {
    const jpeg = input.snapshot?.jpeg
    const movable = jpeg?.buffer instanceof ArrayBuffer && jpeg.byteLength === jpeg.buffer.byteLength
    return this.#call('saveAlert', [input], movable ? [jpeg.buffer as ArrayBuffer] : [])
  }

  /** Resolves after the commit, one for all. */
  saveStructure(found: readonly Structured[]): Promise<void> {
    return this.#call('saveStructure', [found])
  }

  /** Deliveries that wait, oldest first, about 4 MB at most. Pictures that are gone are parked and left out. */
  next(afterRowId: number, limit: number): Promise<Delivery[]> {
    return this.#call('next', [afterRowId, limit])
  }

  /** The same of those that may overtake. */
  urgent(afterRowId: number, limit: number): Promise<Delivery[]> {
    return this.#call('urgent', [afterRowId, limit])
  }

  /** The broker has them. One transaction. */
  acknowledged(rowIds: number[]): Promise<void> {
    return this.#call('acknowledged', [rowIds])
  }

  /** The broker will never take it: kept for people to see, no longer sent. */
  parked(rowId: number, why: string): Promise<void> {
    return this.#call('parked', [rowId, why])
  }

  /** What was sent and not confirmed waits again. Resolves with how many that are. */
  sendAgain(): Promise<number> {
    return this.#call('sendAgain', [])
  }

  /** Resolves with how many messages are forgotten; with undefined where no such number was ever given. */
  confirmed(receipt: Receipt): Promise<number | undefined> {
    return this.#call('confirmed', [receipt])
  }

  /** What the outbox holds, by class. */
  held(): Promise<HeldClass[]> {
    return this.#call('held', [])
  }

  /** What is parked waits again: all of it, or the one of this id. Resolves with how many. */
  requeue(id?: string): Promise<number> {
    return this.#call('requeue', [id])
  }

  /** Of delivered messages of these classes, only those of these cameras are kept to be sent again. */
  withdraw(allowed: Readonly<Record<string, readonly string[]>>): Promise<void> {
    return this.#call('withdraw', [allowed])
  }

  /** What the broker refused for good, oldest first, a thousand at most. */
  parkedDeliveries(): Promise<ParkedDelivery[]> {
    return this.#call('parkedDeliveries', [])
  }

  /** What became of a message; undefined where it is not, or no longer, in the outbox. */
  deliveryOf(id: string): Promise<DeliveryStatus | undefined> {
    return this.#call('deliveryOf', [id])
  }

  /** Cameras whose state the broker may hold. */
  announcedCameras(): Promise<string[]> {
    return this.#call('announcedCameras', [])
  }

  /** Their state is about to be told. */
  announced(cameras: string[]): Promise<void> {
    return this.#call('announced', [cameras])
  }

  /** The broker holds nothing of them any more. */
  cleared(cameras: string[]): Promise<void> {
    return this.#call('cleared', [cameras])
  }

  /** Topics of further voices that the broker may hold. */
  voicedTopics(): Promise<string[]> {
    return this.#call('voicedTopics', [])
  }

  /** They are about to be told. */
  voiced(topics: string[]): Promise<void> {
    return this.#call('voiced', [topics])
  }

  /** The broker holds them no more. */
  unvoiced(topics: string[]): Promise<void> {
    return this.#call('unvoiced', [topics])
  }

  /** What is remembered of the views of cameras. */
  keptViews(): Promise<KeptView[]> {
    return this.#call('keptViews', [])
  }

  /** In place of what was remembered of that view before. */
  keepView(view: KeptView): Promise<void> {
    return this.#call('keepView', [view])
  }

  /** What is remembered of views stays only for cameras that are known, and their outlines only for those that may be seen. */
  withdrawViews(of: Rememberable): Promise<void> {
    return this.#call('withdrawViews', [of])
  }

  /** Alerts that began and have not ended, oldest first. */
  openAlerts(): Promise<Alert[]> {
    return this.#call('openAlerts', [])
  }

  /** Newest first. */
  recentAlerts(limit: number): Promise<Alert[]> {
    return this.#call('recentAlerts', [limit])
  }

  /** Absolute path of an alert's redacted JPEG, while it is kept. */
  snapshotPath(alertId: string): Promise<string | undefined> {
    return this.#call('snapshotPath', [alertId])
  }

  /** Resolves after the commit, one for all. A minute that is there already is replaced. */
  saveCoverage(minutes: readonly CoverageMinute[]): Promise<void> {
    return this.#call('saveCoverage', [minutes])
  }

  /** Minutes of all cameras that began in `from` ≤ t < `to` (epoch ms), oldest first. For an hour, not for a week. */
  coverageBetween(from: number, to: number): Promise<CoverageMinute[]> {
    return this.#call('coverageBetween', [from, to])
  }

  /** Minutes of one camera that began in `from` ≤ t < `to` (epoch ms) and have gaps, oldest first. For a day: 1 440 at most. */
  coverageGaps(camera: string, from: number, to: number): Promise<CoverageMinute[]> {
    return this.#call('coverageGaps', [camera, from, to])
  }

  /** The answer to an earlier command with this id. */
  recalled(id: string): Promise<Recalled | undefined> {
    return this.#call('recalled', [id])
  }

  /** One transaction: the command, its effect, what has to be told of it, and the audit entry. */
  settle(settlement: Settlement): Promise<Recorded> {
    return this.#call('settle', [settlement])
  }

  /** What is in force beside the configuration. */
  overrides(): Promise<Override[]> {
    return this.#call('overrides', [])
  }

  /** Ends what has ended by the clock, and returns it. */
  lapse(): Promise<Override[]> {
    return this.#call('lapse', [])
  }

  counts(): Promise<StoreCounts> {
    return this.#call('counts', [])
  }

  #call<Name extends keyof Operations>(
    name: Name,
    args: Parameters<Operations[Name]>,
    transfer: ArrayBuffer[] = [],
  ): Promise<ReturnType<Operations[Name]>> {
    return new Promise((resolve, reject) => {
      if (!this.#open) return reject(new GatewayError('STORE_FAILED', 'the store is not open'))
      if (this.#waiting.size >= mostWaiting) {
        this.#refused++
        return reject(
          new GatewayError('STORE_FAILED', `${mostWaiting} calls wait for the disk: it is too slow`),
        )
      }
      const id = ++this.#lastCall
      this.#worker!.postMessage({ id, name, args }, transfer)
      this.#waiting.set(id, { resolve: (value) => resolve(value as ReturnType<Operations[Name]>), reject })
    })
  }

  #hear(message: FromThread): void {
    switch (message.kind) {
      case 'opened':
        this.#epoch = message.epoch
        this.#open = true
        if (message.damaged) {
          const moved = { movedTo: message.damaged }
          this.#log.error(moved, 'the database was damaged: it was moved aside and a new one begun')
        }
        if (message.isRestored) {
          this.#log.warn({ epoch: message.epoch }, 'the database was restored: a new epoch begins')
        }
        if (message.orphans > 0)
          this.#log.info({ files: message.orphans }, 'pictures without an alert were removed')
        return
      case 'returned':
        this.#take(message.id)?.resolve(message.value)
        return
      case 'failed':
        this.#take(message.id)?.reject(errorOf(message.failure))
        return
      case 'trouble':
        this.#log.warn(message.message)
    }
  }

  #take(id: number): Waiting | undefined {
    const waiting = this.#waiting.get(id)
    this.#waiting.delete(id)
    return waiting
  }

  /** Nothing that waits is left hanging when the thread is gone. */
  #close(): void {
    this.#open = false
    for (const { reject } of this.#waiting.values()) {
      reject(new GatewayError('STORE_FAILED', 'the store closed before it answered'))
    }
    this.#waiting.clear()
  }
}

function errorOf({ code, message }: Failure): GatewayError {
  return new GatewayError(code, message)
}
