/** Statements about what is remembered of the views of cameras. */
import type { Database } from 'better-sqlite3'
import type { KeptView, Outline } from '../domain/view.ts'

/** Without a preset: the view of a camera that stands still. */
const none = ''

export class ViewTable {
  readonly #all
  readonly #put
  readonly #withdraw

  constructor(db: Database) {
    this.#all = db.prepare('SELECT camera, preset, of, distrusted, outline FROM views')
    this.#put = db.prepare(
      'INSERT OR REPLACE INTO views (camera, preset, of, distrusted, outline) VALUES (:camera, :preset, :of, :distrusted, :outline)',
    )
    this.#withdraw = db.prepare('DELETE FROM views WHERE camera NOT IN (SELECT value FROM json_each(?))')
  }

  all(): KeptView[] {
    return (this.#all.all() as Row[]).map(read)
  }

  put({ camera, preset = none, of, distrusted, outline }: KeptView): void {
    const row: Row = {
      ...{ camera, preset, of },
      distrusted: distrusted ? 1 : 0,
      outline: outline ? JSON.stringify(outline) : null,
    }
    this.#put.run(row)
  }

  /** Only those of these cameras stay. */
  withdraw(allowed: readonly string[]): void {
    this.#withdraw.run(JSON.stringify(allowed))
  }
}

interface Row {
  readonly camera: string
  readonly preset: string
  readonly of: string
  readonly distrusted: number
  readonly outline: string | null
}

function read({ camera, preset, of, distrusted, outline }: Row): KeptView {
  return {
    ...{ camera, of, distrusted: distrusted === 1 },
    ...(preset === none ? {} : { preset }),
    ...(outline === null ? {} : { outline: JSON.parse(outline) as Outline }),
  }
}
