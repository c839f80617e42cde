/** Statements about alerts. */
import type { Database } from 'better-sqlite3'
import type { Alert } from '../domain/alert.ts'

/** Ended, old, and nothing of it has still to be delivered. */
const expired = `ended IS NOT NULL AND saved_at < ? AND NOT EXISTS (
  SELECT 1 FROM outbox WHERE outbox.alert = alerts.id AND state IN ('waiting', 'sent'))`

export class AlertTable {
  readonly #upsert
  readonly #find
  readonly #open
  readonly #recent
  readonly #count
  readonly #expired
  readonly #expiredExtent
  readonly #delete

  constructor(db: Database) {
    // An alert that ended stays ended, whatever comes late.
    this.#upsert = db.prepare(
      `INSERT INTO alerts (id, camera, severity, began, ended, saved_at, alert)
       VALUES (:id, :camera, :severity, :began, :ended, :savedAt, :alert)
       ON CONFLICT (id) DO UPDATE SET severity = excluded.severity, ended = excluded.ended,
         saved_at = excluded.saved_at, alert = excluded.alert WHERE alerts.ended IS NULL`,
    )
    this.#find = db.prepare('SELECT id, camera, severity FROM alerts WHERE id = ?')
    this.#open = db.prepare('SELECT alert FROM alerts WHERE ended IS NULL ORDER BY began').pluck()
    this.#recent = db.prepare('SELECT alert FROM alerts ORDER BY began DESC LIMIT ?').pluck()
    this.#count = db.prepare('SELECT count(*) FROM alerts').pluck()
    this.#expired = db.prepare(`SELECT id FROM alerts WHERE ${expired} ORDER BY saved_at LIMIT ?`).pluck()
    this.#expiredExtent = db.prepare(
      `SELECT count(*) AS doomed, max(saved_at) AS newest FROM alerts WHERE ${expired}`,
    )
    this.#delete = db.prepare('DELETE FROM alerts WHERE id = ?')
  }

  upsert(alert: Alert, savedAt: number): void {
    const { id, camera, severity, began } = alert
    // Not every ended alert has to say when: its phase is what counts.
    const ended = alert.ended ?? (alert.phase === 'ended' ? alert.time : null)
    this.#upsert.run({ id, camera, severity, began, ended, savedAt, alert: JSON.stringify(alert) })
  }

  find(id: string): Pick<Alert, 'id' | 'camera' | 'severity'> | undefined {
    return this.#find.get(id) as Pick<Alert, 'id' | 'camera' | 'severity'> | undefined
  }

  /** Began without an end, oldest first. */
  open(): Alert[] {
    return (this.#open.all() as string[]).map((text) => JSON.parse(text) as Alert)
  }

  /** Newest first. */
  recent(limit: number): Alert[] {
    return (this.#recent.all(limit) as string[]).map((text) => JSON.parse(text) as Alert)
  }

  count(): number {
    return this.#count.get() as number
  }

  /** Ids of alerts that retention may delete, oldest first. */
  expired(savedBefore: number, limit: number): string[] {
    return this.#expired.all(savedBefore, limit) as string[]
  }

  /** How many retention would delete, and when the newest of them was saved (epoch ms). */
  expiredExtent(savedBefore: number): { doomed: number; newest: number | null } {
    return this.#expiredExtent.get(savedBefore) as { doomed: number; newest: number | null }
  }

  /** Takes its picture's reference and its parked deliveries with it. */
  delete(id: string): void {
    this.#delete.run(id)
  }
}
