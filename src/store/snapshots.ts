/** Statements about the pictures of alerts; the bytes are files. */
import type { Database } from 'better-sqlite3'

export interface SnapshotRow {
  readonly alert: string
  readonly file: string
  readonly bytes: number
  readonly width: number
  readonly height: number
}

/** A picture that still has to be sent. */
const pending = `EXISTS (SELECT 1 FROM outbox
  WHERE outbox.alert = snapshots.alert AND class = 'snapshot' AND state IN ('waiting', 'sent'))`

export class SnapshotTable {
  readonly #insert
  readonly #fileOf
  readonly #files
  readonly #bytes
  readonly #extent
  readonly #oldestDelivered
  readonly #oldest
  readonly #delete

  constructor(db: Database) {
    this.#insert = db.prepare(
      `INSERT INTO snapshots (alert, file, bytes, width, height, saved_at)
       VALUES (:alert, :file, :bytes, :width, :height, :savedAt)`,
    )
    this.#fileOf = db.prepare('SELECT file FROM snapshots WHERE alert = ?').pluck()
    this.#files = db.prepare('SELECT file FROM snapshots').pluck()
    this.#bytes = db.prepare('SELECT coalesce(sum(bytes), 0) FROM snapshots').pluck()
    this.#extent = db.prepare(
      `SELECT count(*) AS total, count(*) FILTER (WHERE saved_at < :before AND NOT ${pending}) AS doomed,
         max(saved_at) FILTER (WHERE saved_at < :before AND NOT ${pending}) AS newest FROM snapshots`,
    )
    this.#oldestDelivered = db.prepare(
      `SELECT alert, file, bytes, width, height FROM snapshots
       WHERE saved_at < ? AND NOT ${pending} ORDER BY saved_at LIMIT ?`,
    )
    this.#oldest = db.prepare(
      'SELECT alert, file, bytes, width, height FROM snapshots ORDER BY saved_at LIMIT ?',
    )
    this.#delete = db.prepare('DELETE FROM snapshots WHERE alert = ?')
  }

  insert(row: SnapshotRow, savedAt: number): void {
    this.#insert.run({ ...row, savedAt })
  }

  fileOf(alert: string): string | undefined {
    return this.#fileOf.get(alert) as string | undefined
  }

  files(): string[] {
    return this.#files.all() as string[]
  }

  bytes(): number {
    return this.#bytes.get() as number
  }

  /** How many pictures there are, how many are delivered and older than `before`, and when the newest of those was saved. */
  extent(before: number): { total: number; doomed: number; newest: number | null } {
    return this.#extent.get({ before }) as { total: number; doomed: number; newest: number | null }
  }

  /** Saved before `before` (epoch ms) and not waiting in the outbox, oldest first. */
  oldestDelivered(before: number, limit: number): SnapshotRow[] {
    return this.#oldestDelivered.all(before, limit) as SnapshotRow[]
  }

  /** Delivered or not, oldest first. */
  oldest(limit: number): SnapshotRow[] {
    return this.#oldest.all(limit) as SnapshotRow[]
  }

  delete(alert: string): void {
    this.#delete.run(alert)
  }
}
