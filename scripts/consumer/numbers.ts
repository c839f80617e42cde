/** What a centre has of the numbers, in SQLite: each message once, which numbers are missing or given up, up to where nothing is. */
import Database from 'better-sqlite3'

/** Its numbers have no gaps. */
export interface Stream {
  readonly gateway: string
  readonly epoch: string
  readonly class: string
}

export interface Numbered extends Stream {
  readonly id: string
  readonly sequence: number
}

/** What a tombstone names. */
export interface Gone {
  readonly epoch: string
  readonly class: string
  readonly ranges: readonly { readonly first: number; readonly last: number }[]
}

const tables = `
CREATE TABLE IF NOT EXISTS messages (id TEXT PRIMARY KEY, gateway TEXT, epoch TEXT, class TEXT, sequence INTEGER, body BLOB);
CREATE INDEX IF NOT EXISTS messages_by_number ON messages (gateway, epoch, class, sequence);
CREATE TABLE IF NOT EXISTS given_up (gateway TEXT, epoch TEXT, class TEXT, first INTEGER, last INTEGER,
  PRIMARY KEY (gateway, epoch, class, first, last));
CREATE TABLE IF NOT EXISTS heard (gateway TEXT, epoch TEXT, class TEXT, newest INTEGER, complete INTEGER DEFAULT 0,
  PRIMARY KEY (gateway, epoch, class));`
const here = 'gateway = :gateway AND epoch = :epoch AND class = :class'

/** `fromOne`: is everything before the first message of a gateway missing too? */
export function openNumbers(file: string, fromOne: boolean) {
  const db = new Database(file)
  db.exec(tables)
  const known = db.prepare('SELECT 1 FROM heard WHERE gateway = :gateway AND class = :class').pluck()
  const newest = db.prepare(`SELECT newest FROM heard WHERE ${here}`).pluck()
  const hear =
    db.prepare(`INSERT INTO heard (gateway, epoch, class, newest) VALUES (:gateway, :epoch, :class, :sequence)
    ON CONFLICT DO UPDATE SET newest = max(newest, excluded.newest)`)
  const keep = db.prepare(
    'INSERT OR IGNORE INTO messages VALUES (:id, :gateway, :epoch, :class, :sequence, :body)',
  )
  const giveUp = db.prepare('INSERT OR IGNORE INTO given_up VALUES (:gateway, :epoch, :class, :first, :last)')
  const givenUp = db
    .prepare(
      `SELECT total(min(last, :to) - max(first, :from) + 1) FROM given_up WHERE ${here} AND first <= :to AND last >= :from`,
    )
    .pluck()
  // On from where it was, number by number, over what was given up in one step.
  const advance = db
    .prepare(
      `UPDATE heard SET complete = (WITH RECURSIVE up (n) AS (SELECT heard.complete UNION ALL
         SELECT coalesce((SELECT max(last) FROM given_up WHERE ${here} AND n + 1 BETWEEN first AND last),
           (SELECT sequence FROM messages WHERE ${here} AND sequence = n + 1)) FROM up WHERE n IS NOT NULL)
       SELECT max(n) FROM up) WHERE ${here} RETURNING complete`,
    )
    .pluck()

  /** In one transaction, with what it names if it is a tombstone. Says what is to be known of its number. */
  const store = db.transaction((message: Numbered, body: Buffer, gone?: Gone): string => {
    const { gateway, sequence } = message
    // Of a gateway never heard of, nothing is missing before its first message; in a new epoch, all from 1 on.
    const countsFromOne = fromOne || known.get(message) === 1
    const last = (newest.get(message) as number | undefined) ?? (countsFromOne ? 0 : sequence - 1)
    if (keep.run({ ...message, body }).changes === 0) return 'repeated'
    hear.run(message)
    for (const range of gone?.ranges ?? [])
      giveUp.run({ gateway, epoch: gone?.epoch, class: gone?.class, ...range })
    if (sequence <= last + 1) return sequence < last ? 'late' : ''
    const gap = { from: last + 1, to: sequence - 1 }
    const isGivenUp = (givenUp.get({ ...message, ...gap }) as number) > gap.to - gap.from
    return `${isGivenUp ? 'given up' : 'missing'} before it: ${gap.from} to ${gap.to}`
  })

  return {
    store,
    streams: () => db.prepare('SELECT gateway, epoch, class FROM heard').all() as Stream[],
    /** The highest number below which nothing is missing; undefined where nothing came. */
    complete: (stream: Stream) => advance.get(stream) as number | undefined,
  }
}
