/** Statements about commands that were answered, and about what they left in force. */
import type { Database } from 'better-sqlite3'
import type { Override } from '../domain/override.ts'

/** Answers that are kept; the oldest go first, those that have expired before all others. */
const mostAnswers = 5_000
const mostBytes = 32 * 2 ** 20

export interface AnswerRow {
  readonly id: string
  readonly digest: string
  readonly expiresAt: number
  /** JSON. */
  readonly answer: string
}

export class CommandTable {
  readonly #find
  readonly #insert
  readonly #forgetExpired
  readonly #extent
  readonly #forgetOldest

  constructor(db: Database) {
    this.#find = db.prepare('SELECT id, digest, expires_at AS expiresAt, answer FROM commands WHERE id = ?')
    this.#insert = db.prepare(
      'INSERT INTO commands (id, digest, expires_at, answer, bytes) VALUES (:id, :digest, :expiresAt, :answer, :bytes)',
    )
    this.#forgetExpired = db.prepare('DELETE FROM commands WHERE expires_at < ?')
    this.#extent = db.prepare('SELECT count(*) AS answers, ifnull(sum(bytes), 0) AS bytes FROM commands')
    this.#forgetOldest = db.prepare(
      'DELETE FROM commands WHERE row_id IN (SELECT row_id FROM commands ORDER BY row_id LIMIT ?)',
    )
  }

  find(id: string): AnswerRow | undefined {
    return this.#find.get(id) as AnswerRow | undefined
  }

  insert(row: AnswerRow): void {
    this.#insert.run({ ...row, bytes: row.answer.length })
  }

  /** A command that has expired is refused anyway: its answer may go a day later, for those who ask late. */
  prune(now: number): void {
    const { answers, bytes } = this.#extent.get() as { answers: number; bytes: number }
    if (answers > mostAnswers || bytes > mostBytes) this.#forgetOldest.run(Math.ceil(answers / 10))
    this.#forgetExpired.run(now - 86_400_000)
  }
}

export class OverrideTable {
  readonly #all
  readonly #put
  readonly #delete
  readonly #lapsed

  constructor(db: Database) {
    const columns = 'camera, rule, until'
    this.#all = db.prepare(`SELECT ${columns} FROM overrides ORDER BY camera, rule`)
    this.#put = db.prepare(`INSERT OR REPLACE INTO overrides (${columns}) VALUES (?, ?, ?)`)
    this.#delete = db.prepare('DELETE FROM overrides WHERE camera = ? AND rule IS ?')
    this.#lapsed = db.prepare(`DELETE FROM overrides WHERE until <= ? RETURNING ${columns}`)
  }

  all(): Override[] {
    return (this.#all.all() as Row[]).map(read)
  }

  put({ camera, rule = null, until = null }: Partial<Row> & { camera: string }): void {
    this.#put.run(camera, rule, until)
  }

  delete(camera: string, rule: string | undefined): void {
    this.#delete.run(camera, rule ?? null)
  }

  /** Deletes those that have ended by `now` and returns them. */
  lapse(now: number): Override[] {
    return (this.#lapsed.all(now) as Row[]).map(read)
  }
}

interface Row {
  readonly camera: string
  readonly rule?: string | null
  readonly until?: number | null
}

function read({ camera, rule, until }: Row): Override {
  return { camera, ...(rule == null ? {} : { rule }), ...(until == null ? {} : { until }) }
}
