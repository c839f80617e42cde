/** Statements about numbers that were given up and of which nobody was told yet. */
import type { Database } from 'better-sqlite3'
import type { GivenUp } from '../contract/tombstone-message.ts'
import { mostRanges } from '../contract/tombstone-schema.ts'

interface Row {
  readonly epoch: string
  readonly class: string
  readonly because: GivenUp['because']
  readonly first: number
  readonly last: number
}

export type Numbered = Pick<Row, 'epoch' | 'class'> & { readonly sequence: number }

export class GivenUpTable {
  readonly #extend
  readonly #insert
  readonly #oldest
  readonly #delete

  constructor(db: Database) {
    this.#extend = db.prepare(
      'UPDATE given_up SET last = :sequence WHERE epoch = :epoch AND class = :class AND because = :because AND last = :sequence - 1',
    )
    this.#insert = db.prepare(
      'INSERT OR IGNORE INTO given_up (epoch, class, because, first, last) VALUES (:epoch, :class, :because, :sequence, :sequence)',
    )
    this.#oldest = db.prepare(
      `SELECT epoch, class, because, first, last FROM given_up
       WHERE (epoch, class, because) = (SELECT epoch, class, because FROM given_up LIMIT 1) ORDER BY first LIMIT ${mostRanges}`,
    )
    this.#delete = db.prepare(
      'DELETE FROM given_up WHERE epoch = :epoch AND class = :class AND because = :because AND first <= :first',
    )
  }

  note({ epoch, class: kind, sequence }: Numbered, because: GivenUp['because']): void {
    const row = { epoch, class: kind, sequence, because }
    if (this.#extend.run(row).changes === 0) this.#insert.run(row)
  }

  /** Takes out what one tombstone can tell; undefined where there is nothing. */
  take(): GivenUp | undefined {
    const rows = this.#oldest.all() as Row[]
    if (rows.length === 0) return undefined
    const { epoch, class: kind, because } = rows[0]
    this.#delete.run({ epoch, class: kind, because, first: rows.at(-1)!.first })
    return { class: kind, epoch, because, ranges: merged(rows) }
  }
}

/** What was noted out of order may touch. */
function merged(rows: readonly Pick<Row, 'first' | 'last'>[]): { first: number; last: number }[] {
  const ranges: { first: number; last: number }[] = []
  for (const { first, last } of rows) {
    const before = ranges.at(-1)
    if (before && first <= before.last + 1) before.last = Math.max(before.last, last)
    else ranges.push({ first, last })
  }
  return ranges
}
