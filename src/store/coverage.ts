/** Statements about the minutes in which cameras were watched, or not. */
import type { Database } from 'better-sqlite3'
import type { CoverageMinute, Gaps } from '../domain/coverage.ts'

/** So much of what is too old goes in one step. */
const stepMs = 3_600_000

interface Row {
  readonly minute: number
  readonly camera: string
  readonly coverage: number
  readonly fps: number
  readonly gaps: string | null
}

const columns = 'minute, camera, coverage, fps, gaps'

export class CoverageTable {
  readonly #put
  readonly #between
  readonly #gaps
  readonly #oldest
  readonly #delete

  constructor(db: Database) {
    this.#put = db.prepare(`INSERT OR REPLACE INTO coverage (${columns}) VALUES (?, ?, ?, ?, ?)`)
    this.#between = db.prepare(
      `SELECT ${columns} FROM coverage WHERE minute >= ? AND minute < ? ORDER BY minute, camera`,
    )
    this.#gaps = db.prepare(
      `SELECT ${columns} FROM coverage WHERE minute >= ? AND minute < ? AND camera = ? AND gaps IS NOT NULL ORDER BY minute`,
    )
    this.#oldest = db.prepare('SELECT min(minute) FROM coverage').pluck()
    this.#delete = db.prepare('DELETE FROM coverage WHERE minute < ?')
  }

  /** A minute that is lived through again, on a clock that was set back, takes the place of the former. */
  put({ minute, camera, coverage, fps, gaps }: CoverageMinute): void {
    const json = Object.keys(gaps).length > 0 ? JSON.stringify(gaps) : null
    this.#put.run(minute, camera, coverage, fps, json)
  }

  between(from: number, to: number): CoverageMinute[] {
    return (this.#between.all(from, to) as Row[]).map(read)
  }

  gaps(camera: string, from: number, to: number): CoverageMinute[] {
    return (this.#gaps.all(from, to, camera) as Row[]).map(read)
  }

  /** Deletes an hour of what began before `before`. Returns how many rows; 0 = nothing is left to delete. */
  expire(before: number): number {
    const oldest = this.#oldest.get() as number | null
    if (oldest === null || oldest >= before) return 0
    return this.#delete.run(Math.min(before, oldest + stepMs)).changes
  }
}

function read({ gaps, ...row }: Row): CoverageMinute {
  return { ...row, gaps: gaps === null ? {} : (JSON.parse(gaps) as Gaps) }
}
