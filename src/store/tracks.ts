/** Statements about finished tracks. */
import type { Database } from 'better-sqlite3'
import type { TrackSummary } from '../domain/structure.ts'

/** Tracks that are kept at most, about 200 MB; then the oldest go. */
const mostTracks = 300_000
const stepRows = 1_000

export class TrackTable {
  readonly #insert
  readonly #count
  readonly #expire
  readonly #trim

  constructor(db: Database) {
    this.#insert = db.prepare('INSERT INTO tracks (camera, began, ended, summary) VALUES (?, ?, ?, ?)')
    this.#count = db.prepare('SELECT count(*) FROM tracks').pluck()
    this.#expire = db.prepare(
      `DELETE FROM tracks WHERE id IN (SELECT id FROM tracks WHERE ended < ? ORDER BY ended LIMIT ${stepRows})`,
    )
    this.#trim = db.prepare('DELETE FROM tracks WHERE id IN (SELECT id FROM tracks ORDER BY ended LIMIT ?)')
  }

  insert(camera: string, summary: TrackSummary): void {
    const { began, ended } = summary
    this.#insert.run(camera, Math.floor(began), Math.ceil(ended), JSON.stringify(summary))
  }

  /** Deletes some of those that ended before `before` (epoch ms), or are too many. Returns how many. */
  expire(before: number): number {
    const old = this.#expire.run(before).changes
    if (old > 0) return old
    const excess = (this.#count.get() as number) - mostTracks
    return excess > 0 ? this.#trim.run(Math.min(excess, stepRows)).changes : 0
  }
}
