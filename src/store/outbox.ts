/** Statements about messages that have to leave the box, and about their numbers. */
import type { Database } from 'better-sqlite3'
import type { NewDelivery } from './ports.ts'

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
  /** 1 = may overtake. */
  readonly urgent: 0 | 1
}

export class OutboxTable {
  readonly #epoch: string
  readonly #assign
  readonly #insert
  readonly #pending
  readonly #urgent
  readonly #isBehind
  readonly #loosePictures
  readonly #delete
  readonly #noteAcknowledged
  readonly #park
  readonly #extent
  readonly #pendingOf
  readonly #rewrite
  readonly #expire

  /** `epoch`: of what is saved from now on. */
  constructor(db: Database, epoch: string) {
    this.#epoch = epoch
    this.#assign = db
      .prepare(
        `INSERT INTO sequences (epoch, class, assigned) VALUES (?, ?, 1)
         ON CONFLICT (epoch, class) DO UPDATE SET assigned = assigned + 1 RETURNING assigned`,
      )
      .pluck()
    this.#insert = db.prepare(
      `INSERT INTO outbox (id, alert, epoch, class, sequence, camera, topic, content_type, body, picture, sha256, created_at, urgent)
       VALUES (:id, :alert, :epoch, :class, :sequence, :camera, :topic, :contentType, :body, :picture, :sha256, :createdAt, :urgent)`,
    )
    const columns = `row_id AS rowId, id, alert, epoch, class, sequence, camera, topic, content_type AS contentType,
       body, picture, sha256, created_at AS createdAt, urgent`
    this.#pending = db.prepare(
      `SELECT ${columns} FROM outbox WHERE row_id > ? AND parked_because IS NULL ORDER BY row_id LIMIT ?`,
    )
    this.#urgent = db.prepare(
      `SELECT ${columns} FROM outbox WHERE row_id > ? AND urgent = 1 AND parked_because IS NULL ORDER BY row_id LIMIT ?`,
    )
    this.#isBehind = db
      .prepare(
        'SELECT EXISTS (SELECT 1 FROM outbox WHERE alert = ? AND urgent = 0 AND parked_because IS NULL)',
      )
      .pluck()
    this.#loosePictures = db.prepare('SELECT count(*) FROM outbox WHERE picture IS NOT NULL').pluck()
    this.#delete = db.prepare('DELETE FROM outbox WHERE row_id = ? RETURNING epoch, class, sequence')
    this.#noteAcknowledged = db.prepare(
      'UPDATE sequences SET acknowledged = max(acknowledged, ?) WHERE epoch = ? AND class = ?',
    )
    this.#park = db.prepare('UPDATE outbox SET parked_because = ? WHERE row_id = ?')
    this.#extent = db.prepare(
      `SELECT count(*) FILTER (WHERE parked_because IS NULL) AS pending, count(parked_because) AS parked,
         min(created_at) FILTER (WHERE parked_because IS NULL) AS oldestPendingAt FROM outbox`,
    )
    this.#pendingOf = db.prepare(
      `SELECT ${columns} FROM outbox WHERE alert = ? AND parked_because IS NULL ORDER BY row_id`,
    )
    this.#rewrite = db.prepare('UPDATE outbox SET body = ? WHERE row_id = ?')
    this.#expire = db.prepare(
      `DELETE FROM outbox WHERE row_id IN (
         SELECT row_id FROM outbox JOIN alerts ON alerts.id = outbox.alert
         ORDER BY parked_because IS NULL, CASE severity WHEN 'info' THEN 0 WHEN 'minor' THEN 1 WHEN 'major' THEN 2 ELSE 3 END, row_id
         LIMIT ?)`,
    )
  }

  /** Gives the message the next number of its class in this epoch. Must run inside the transaction that saves what it tells. */
  insert(
    alert: string | null,
    message: NewDelivery,
    createdAt: number,
    urgent = false,
    picture: Uint8Array | null = null,
  ): number {
    const sequence = this.#assign.get(this.#epoch, message.class) as number
    const { id, topic, contentType, camera = null, body = null, sha256 = null } = message
    const row = {
      id,
      alert,
      epoch: this.#epoch,
      class: message.class,
      sequence,
      camera,
      topic,
      contentType,
      body,
      picture,
      sha256,
      createdAt,
      urgent: urgent ? 1 : 0,
    }
    this.#insert.run(row)
    return sequence
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

  /** Pictures that belong to no alert. */
  loosePictures(): number {
    return this.#loosePictures.get() as number
  }

  /** The broker has it. A row that is already gone is no error: acknowledgements may come twice. */
  acknowledge(rowId: number): void {
    const gone = this.#delete.get(rowId) as Pick<OutboxRow, 'epoch' | 'class' | 'sequence'> | undefined
    if (gone) this.#noteAcknowledged.run(gone.sequence, gone.epoch, gone.class)
  }

  /** Given up without having been sent; its number stays unused. */
  drop(rowId: number): void {
    this.#delete.get(rowId)
  }

  park(rowId: number, why: string): void {
    this.#park.run(why.slice(0, 500), rowId)
  }

  extent(): { pending: number; parked: number; oldestPendingAt: number | null } {
    return this.#extent.get() as { pending: number; parked: number; oldestPendingAt: number | null }
  }

  pendingOf(alert: string): OutboxRow[] {
    return this.#pendingOf.all(alert) as OutboxRow[]
  }

  rewrite(rowId: number, body: string): void {
    this.#rewrite.run(body, rowId)
  }

  /** Gives up what is parked, then the least severe, and among them the oldest. Returns how many. */
  expire(most: number): number {
    return this.#expire.run(most).changes
  }
}
