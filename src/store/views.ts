/** Statements about what is remembered of the views of cameras. */
import type { Database } from 'better-sqlite3'
import type { KeptView, Outline, Rememberable } from '../domain/view.ts'

/** Without a preset: the view of a camera that stands still. */
const none = ''

export class ViewTable {
  readonly #all
  readonly #put
  readonly #forget
  readonly #blank

  constructor(db: Database) {
    this.#all = db.prepare('SELECT camera, preset, of, distrusted, outline FROM views')
    this.#put = db.prepare(
      'INSERT OR REPLACE INTO views (camera, preset, of, distrusted, outline) VALUES (:camera, :preset, :of, :distrusted, :outline)',
    )
    const others = 'camera NOT IN (SELECT value FROM json_each(?))'
    this.#forget = db.prepare(`DELETE FROM views WHERE ${others}`)
    this.#blank = db.prepare(`UPDATE views SET outline = NULL WHERE outline IS NOT NULL AND ${others}`)
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

  withdraw({ known, seen }: Rememberable): void {
    this.#forget.run(JSON.stringify(known))
    this.#blank.run(JSON.stringify(seen))
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
