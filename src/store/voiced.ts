/** Statements about the topics of further voices that the broker may hold. */
import type { Database } from 'better-sqlite3'

export class VoicedTable {
  readonly #db: Database
  readonly #all
  readonly #insert
  readonly #delete

  constructor(db: Database) {
    this.#db = db
    this.#all = db.prepare('SELECT topic FROM voiced_topics ORDER BY topic').pluck()
    this.#insert = db.prepare('INSERT OR IGNORE INTO voiced_topics (topic) VALUES (?)')
    this.#delete = db.prepare('DELETE FROM voiced_topics WHERE topic = ?')
  }

  all(): string[] {
    return this.#all.all() as string[]
  }

  insert(topics: readonly string[]): void {
    this.#db.transaction(() => {
      for (const topic of topics) this.#insert.run(topic)
    })()
  }

  delete(topics: readonly string[]): void {
    this.#db.transaction(() => {
      for (const topic of topics) this.#delete.run(topic)
    })()
  }
}
