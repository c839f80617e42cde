/** Statements about messages that have to leave the box, what became of them, and their numbers. */
import type { Database } from 'better-sqlite3'
import type { Numbered } from './given-up.ts'
import type { DeliveryState, HeldClass, NewDelivery } from './ports.ts'

export interface OutboxRow {
  readonly rowId: number
  readonly id: string
  readonly alert: string | null
  readonly epoch: string
  readonly class: string
  readonly sequence: number
  readonly camera: string | null
  readonly topic: string
  readonly contentType: string
  readonly body: string | null
  /** Of a picture that belongs to no alert. */
  readonly picture: Uint8Array | null
  readonly sha256: string | null
  readonly createdAt: number
  readonly worth: number
  /** 1 = may overtake. */
  readonly urgent: 0 | 1
}

/** A row of which only number and size are wanted. */
export interface OutboxBrief extends Numbered {
  readonly rowId: number
  readonly state: DeliveryState
  readonly bytes: number
}

export interface Insertion {
  readonly alert: string | null
  /** In the order of sacrifice. */
  readonly worth: number
  readonly urgent?: boolean
  /** Of a picture that belongs to no alert. */
  readonly picture?: Uint8Array
  /** Of the picture's file, where there is one. */
  readonly fileBytes?: number
}

const columns = `row_id AS rowId, id, alert, epoch, class, sequence, camera, topic, content_type AS contentType,
  body, picture, sha256, created_at AS createdAt, worth, urgent`
const brief = 'row_id AS rowId, epoch, class, sequence, state, bytes'

export class OutboxTable {
  readonly #epoch: string
  readonly #assign
  readonly #assigned
  readonly #insert
  readonly #pending
  readonly #urgent
  readonly #isBehind
  readonly #loosePictures
  readonly #doneLoosePictures
  readonly #accept
  readonly #confirm
  readonly #withdraw
  readonly #sendAgain
  readonly #replay
  readonly #park
  readonly #requeue
  readonly #delete
  readonly #held
  readonly #oldestPendingAt
  readonly #ofAlert
  readonly #rewrite
  readonly #find
  readonly #ahead
  readonly #parkedList
  readonly #victims
  readonly #aged

  /** `epoch`: of what is saved from now on. */
  constructor(db: Database, epoch: string) {
    this.#epoch = epoch
    this.#assign = db
      .prepare(
        `INSERT INTO sequences (epoch, class, assigned) VALUES (?, ?, 1)
         ON CONFLICT (epoch, class) DO UPDATE SET assigned = assigned + 1 RETURNING assigned`,
      )
      .pluck()
    this.#assigned = db.prepare('SELECT assigned FROM sequences WHERE epoch = ? AND class = ?').pluck()
    this.#insert = db.prepare(
      `INSERT INTO outbox (id, alert, epoch, class, sequence, camera, topic, content_type, body, picture, sha256, created_at, urgent, worth, bytes)
       VALUES (:id, :alert, :epoch, :class, :sequence, :camera, :topic, :contentType, :body, :picture, :sha256, :createdAt, :urgent, :worth, :bytes)`,
    )
    // Without a word SQLite takes outbox_by_state for all of these, and sorts the whole queue each time.
    const next = (index: string, which: string) =>
      db.prepare(
        `SELECT ${columns} FROM outbox INDEXED BY ${index} WHERE row_id > ? AND ${which} ORDER BY row_id LIMIT ?`,
      )
    this.#pending = next('outbox_waiting', "state = 'waiting'")
    this.#urgent = next('outbox_urgent', "urgent = 1 AND state = 'waiting'")
    this.#isBehind = db
      .prepare(
        "SELECT EXISTS (SELECT 1 FROM outbox WHERE alert = ? AND urgent = 0 AND state IN ('waiting', 'sent'))",
      )
      .pluck()
    this.#loosePictures = db
      .prepare("SELECT count(*) FROM outbox WHERE picture IS NOT NULL AND state IN ('waiting', 'sent')")
      .pluck()
    this.#doneLoosePictures = db.prepare(
      `SELECT ${brief}, created_at AS createdAt FROM outbox
       WHERE picture IS NOT NULL AND state IN ('kept', 'parked') ORDER BY row_id DESC`,
    )
    // Of what was parked the centre was told that it does not come: no receipt can speak for it any more.
    this.#accept = db.prepare(
      `UPDATE outbox NOT INDEXED SET state = iif(parked_because IS NULL, ?, 'kept')
       WHERE row_id BETWEEN ? AND ? AND state = 'waiting'`,
    )
    this.#confirm = db.prepare(
      'DELETE FROM outbox WHERE epoch = ? AND class = ? AND sequence <= ? AND parked_because IS NULL',
    )
    this.#withdraw = db.prepare(
      "DELETE FROM outbox WHERE state = 'kept' AND class = ? AND camera NOT IN (SELECT value FROM json_each(?))",
    )
    this.#sendAgain = db.prepare("UPDATE outbox SET state = 'waiting' WHERE state = 'sent'")
    this.#replay = db
      .prepare(
        `UPDATE outbox SET state = 'waiting'
         WHERE epoch = ? AND class = ? AND sequence BETWEEN ? AND ? RETURNING sequence`,
      )
      .pluck()
    this.#park = db.prepare(
      "UPDATE outbox SET state = 'parked', parked_because = ? WHERE row_id = ? RETURNING epoch, class, sequence",
    )
    this.#requeue = db.prepare(
      "UPDATE outbox SET state = 'waiting' WHERE state = 'parked' AND (:id IS NULL OR id = :id)",
    )
    this.#delete = db.prepare('DELETE FROM outbox WHERE row_id = ?')
    this.#held = db.prepare(
      `SELECT class, count(*) FILTER (WHERE state = 'waiting') AS waiting, count(*) FILTER (WHERE state = 'sent') AS unconfirmed,
         count(*) FILTER (WHERE state = 'kept') AS kept, count(*) FILTER (WHERE state = 'parked') AS parked, sum(bytes) AS bytes,
         min(created_at) FILTER (WHERE state IN ('waiting', 'sent')) AS oldestAt
       FROM outbox INDEXED BY outbox_by_state GROUP BY class ORDER BY class`,
    )
    this.#oldestPendingAt = db
      .prepare(
        "SELECT created_at FROM outbox INDEXED BY outbox_waiting WHERE state = 'waiting' ORDER BY row_id LIMIT 1",
      )
      .pluck()
    this.#ofAlert = db.prepare(`SELECT ${brief}, body FROM outbox WHERE alert = ? ORDER BY row_id`)
    this.#rewrite = db.prepare('UPDATE outbox SET body = ? WHERE row_id = ?')
    this.#find = db.prepare(
      `SELECT ${brief}, id, topic, created_at AS createdAt, parked_because AS parkedBecause FROM outbox WHERE id = ?`,
    )
    this.#ahead = db
      .prepare("SELECT count(*) FROM outbox INDEXED BY outbox_waiting WHERE state = 'waiting' AND row_id < ?")
      .pluck()
    this.#parkedList = db.prepare(
      `SELECT ${brief}, id, topic, created_at AS createdAt, parked_because AS parkedBecause FROM outbox
       WHERE state = 'parked' ORDER BY row_id LIMIT ?`,
    )
    this.#victims = db.prepare(
      `SELECT ${brief} FROM outbox WHERE state = ? AND class = ? AND worth BETWEEN ? AND ? ORDER BY worth, row_id LIMIT ?`,
    )
    this.#aged = db.prepare(
      `SELECT ${brief} FROM outbox WHERE state IN ('waiting', 'sent') AND class = 'alert' AND worth = ? AND created_at < ?
       ORDER BY row_id LIMIT ?`,
    )
  }

  /** Gives the message the next number of its class in this epoch. Must run inside the transaction that saves what it tells. */
  insert(message: NewDelivery, createdAt: number, insertion: Insertion): number {
    const sequence = this.#assign.get(this.#epoch, message.class) as number
    const { id, topic, contentType, camera = null, body = null, sha256 = null } = message
    const { alert, worth, urgent = false, picture = null, fileBytes = 0 } = insertion
    const bytes = (body === null ? 0 : Buffer.byteLength(body)) + (picture?.length ?? 0) + fileBytes
    const row = { id, alert, epoch: this.#epoch, class: message.class, sequence, camera, topic, contentType }
    this.#insert.run({ ...row, body, picture, sha256, createdAt, urgent: urgent ? 1 : 0, worth, bytes })
    return sequence
  }

  /** Highest number given in this class; 0 where none was. */
  assigned(epoch: string, kind: string): number {
    return (this.#assigned.get(epoch, kind) as number | undefined) ?? 0
  }

  /** Oldest first. */
  pending(afterRowId: number, limit: number): OutboxRow[] {
    return this.#pending.all(afterRowId, limit) as OutboxRow[]
  }

  /** The same of those that may overtake. */
  urgent(afterRowId: number, limit: number): OutboxRow[] {
    return this.#urgent.all(afterRowId, limit) as OutboxRow[]
  }

  /** Does something of this alert wait in the long queue? Then what follows may not overtake it. */
  isBehind(alert: string): boolean {
    return this.#isBehind.get(alert) === 1
  }

  /** Pictures that belong to no alert and wait. */
  loosePictures(): number {
    return this.#loosePictures.get() as number
  }

  /** Those that were delivered, or never will be, newest first. */
  doneLoosePictures(): (OutboxBrief & { createdAt: number })[] {
    return this.#doneLoosePictures.all() as ReturnType<OutboxTable['doneLoosePictures']>
  }

  /** The broker has these rows. Those that are gone or have left already are no error: acknowledgements may come twice. */
  accept(rowIds: readonly number[], state: 'sent' | 'kept'): void {
    for (const [first, last] of runs(rowIds)) this.#accept.run(state, first, last)
  }

  /** The centre has everything up to this number, but for what it was told not to wait for. Returns how many rows that were. */
  confirm(epoch: string, kind: string, sequence: number): number {
    return this.#confirm.run(epoch, kind, sequence).changes
  }

  /** What is kept of this class stays only where it is of these cameras. */
  withdraw(kind: string, cameras: readonly string[]): void {
    this.#withdraw.run(kind, JSON.stringify(cameras))
  }

  /** What was sent and never confirmed waits again. Returns how many. */
  sendAgain(): number {
    return this.#sendAgain.run().changes
  }

  /** What there still is of these numbers waits again. Returns them. */
  replay(epoch: string, kind: string, first: number, last: number): number[] {
    return this.#replay.all(epoch, kind, first, last) as number[]
  }

  /** Returns its number; undefined where there is no such row. */
  park(rowId: number, why: string): Numbered | undefined {
    return this.#park.get(why.slice(0, 500), rowId) as Numbered | undefined
  }

  /** What is parked waits again, all of it or the one of this id. Returns how many. */
  requeue(id?: string): number {
    return this.#requeue.run({ id: id ?? null }).changes
  }

  delete(rowId: number): void {
    this.#delete.run(rowId)
  }

  held(): HeldClass[] {
    return this.#held.all() as HeldClass[]
  }

  /** Epoch ms. */
  oldestPendingAt(): number | undefined {
    return this.#oldestPendingAt.get() as number | undefined
  }

  /** All messages about an alert, oldest first. */
  ofAlert(alert: string): (OutboxBrief & { body: string | null })[] {
    return this.#ofAlert.all(alert) as ReturnType<OutboxTable['ofAlert']>
  }

  rewrite(rowId: number, body: string): void {
    this.#rewrite.run(body, rowId)
  }

  find(id: string): OutboxListing | undefined {
    return this.#find.get(id) as OutboxListing | undefined
  }

  /** How many wait that were saved before this row. */
  ahead(rowId: number): number {
    return this.#ahead.get(rowId) as number
  }

  /** Oldest first. */
  parked(limit: number): OutboxListing[] {
    return this.#parkedList.all(limit) as OutboxListing[]
  }

  /** Those of least worth, then the oldest. */
  victims(
    state: DeliveryState,
    kind: string,
    worth: readonly [from: number, to: number],
    limit: number,
  ): OutboxBrief[] {
    return this.#victims.all(state, kind, ...worth, limit) as OutboxBrief[]
  }

  /** Alerts of this worth that were not delivered and are older than `before` (epoch ms). */
  aged(worth: number, before: number, limit: number): OutboxBrief[] {
    return this.#aged.all(worth, before, limit) as OutboxBrief[]
  }
}

/** A row as people may see it. */
export interface OutboxListing extends OutboxBrief {
  readonly id: string
  readonly topic: string
  readonly createdAt: number
  readonly parkedBecause: string | null
}

/** Consecutive row ids as ranges: most messages leave in their order, and one statement for many is ten times faster. */
function runs(rowIds: readonly number[]): [first: number, last: number][] {
  const found: [number, number][] = []
  for (const rowId of rowIds.toSorted((a, b) => a - b)) {
    const run = found.at(-1)
    if (run && rowId <= run[1] + 1) run[1] = rowId
    else found.push([rowId, rowId])
  }
  return found
}
