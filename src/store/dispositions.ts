/** Statements about what was decided about alerts. */
import type { Database } from 'better-sqlite3'
import type { Disposition, DispositionState, Standing } from '../domain/disposition.ts'

export class DispositionTable {
  readonly #newest
  readonly #standing
  readonly #insert

  constructor(db: Database) {
    this.#newest = db.prepare('SELECT max(revision) FROM dispositions WHERE alert = ?').pluck()
    this.#standing = db
      .prepare(
        `SELECT disposition FROM dispositions WHERE alert = ? AND state != 'commented' ORDER BY revision DESC LIMIT 1`,
      )
      .pluck()
    this.#insert = db.prepare(
      'INSERT INTO dispositions (alert, revision, state, decided_at, disposition) VALUES (?, ?, ?, ?, ?)',
    )
  }

  standing(alert: string): Standing {
    const revision = (this.#newest.get(alert) as number | null) ?? 0
    const text = this.#standing.get(alert) as string | undefined
    if (text === undefined) return { revision }
    const { state, cell, due } = JSON.parse(text) as Disposition
    return { revision, state, ...(cell === undefined ? {} : { cell }), ...(due === undefined ? {} : { due }) }
  }

  insert(disposition: Disposition, revision: number, decidedAt: number): void {
    const { alert, state } = disposition
    this.#insert.run(
      alert,
      revision,
      state satisfies DispositionState,
      decidedAt,
      JSON.stringify(disposition),
    )
  }
}
