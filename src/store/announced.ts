/** Statements about the cameras whose state the broker may hold. */
import type { Database } from 'better-sqlite3'

export class AnnouncedTable {
  readonly #all
  readonly #insert
  readonly #delete

  constructor(db: Database) {
    this.#all = db.prepare('SELECT camera FROM announced_cameras ORDER BY camera').pluck()
    this.#insert = db.prepare('INSERT OR IGNORE INTO announced_cameras (camera) VALUES (?)')
    this.#delete = db.prepare('DELETE FROM announced_cameras WHERE camera = ?')
  }

  all(): string[] {
    return this.#all.all() as string[]
  }

  insert(camera: string): void {
    this.#insert.run(camera)
  }

  delete(camera: string): void {
    this.#delete.run(camera)
  }
}
