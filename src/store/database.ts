/** Opens the database file: settings, schema, identity; moves a damaged one aside and begins anew. */
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import Sqlite, { type Database } from 'better-sqlite3'
import { GatewayError } from '../kit/errors.ts'
import { Identity } from './identity.ts'
import { migrate } from './migrate.ts'

export const fileName = 'skyeye.db'
const tokenName = 'skyeye.token'
const snapshotFolder = 'snapshots'

/** How long a write waits for another process (a backup) that holds the database. */
const busyTimeoutMs = 5_000

/** So many damaged sets are kept for a rescue: a flash disk that dies must not fill itself with copies. */
const damagedKept = 2

export type Synchronous = 'FULL' | 'NORMAL'

export interface OpenDatabase {
  readonly db: Database
  readonly identity: Identity
  /** Folder of the pictures. */
  readonly snapshotDir: string
  /** Where the damaged database went, if there was one. */
  readonly damaged?: string
}

/**
 * Opens or creates the database in `dir`. A damaged one is moved aside together with its pictures (they belong to no
 * row any more) and an empty one takes its place. Throws STORE_NEWER, or STORE_FAILED where the folder cannot be used.
 */
export function openDatabase(
  dir: string,
  synchronous: Synchronous = 'FULL',
  now: number = Date.now(),
): OpenDatabase {
  const path = join(dir, fileName)
  try {
    mkdirSync(join(dir, snapshotFolder), { recursive: true, mode: 0o700 })
    try {
      return open(dir, synchronous, now)
    } catch (error) {
      if (!isDamage(error)) throw error
    }
    const damaged = moveAside(dir, now)
    return { ...open(dir, synchronous, now), damaged }
  } catch (error) {
    if (error instanceof GatewayError) throw error
    throw unusable(path, error)
  }
}

/** STORE_FAILED with advice, for a file in the data folder that cannot be opened. */
export function unusable(path: string, error: unknown): GatewayError {
  return new GatewayError(
    'STORE_FAILED',
    `the database ${path} cannot be opened (${(error as Error).message}): ` +
      'check that the data folder exists, belongs to the gateway and has free space',
    { cause: error },
  )
}

function open(dir: string, synchronous: Synchronous, now: number): OpenDatabase {
  const db = new Sqlite(join(dir, fileName))
  try {
    db.pragma(`busy_timeout = ${busyTimeoutMs}`)
    // A truncated file opens well and fails at the first touch of what is missing: reading all of it once tells.
    const verdict = db.pragma('quick_check(1)', { simple: true })
    if (verdict !== 'ok') throw new Sqlite.SqliteError(String(verdict), 'SQLITE_CORRUPT')
    db.pragma('journal_mode = WAL')
    db.pragma(`synchronous = ${synchronous}`)
    db.pragma('foreign_keys = ON')
    migrate(db)
    return {
      db,
      identity: new Identity(db, join(dir, tokenName), now),
      snapshotDir: join(dir, snapshotFolder),
    }
  } catch (error) {
    db.close()
    throw error
  }
}

function isDamage(error: unknown): boolean {
  return error instanceof Sqlite.SqliteError && /^SQLITE_(CORRUPT|NOTADB)/.test(error.code)
}

/** Renames the database, its journal and its pictures to `….damaged-<time>`. Returns the database's new path. */
function moveAside(dir: string, now: number): string {
  const suffix = `.damaged-${new Date(now).toISOString().replaceAll(/[-:]|\.\d+/g, '')}`
  // The index of the journal (-shm) is rebuilt from the journal, so it is not worth keeping.
  rmSync(join(dir, `${fileName}-shm`), { force: true })
  const target = join(dir, fileName + suffix)
  for (const name of [fileName, snapshotFolder]) renameSync(join(dir, name), join(dir, name + suffix))
  if (existsSync(join(dir, `${fileName}-wal`))) renameSync(join(dir, `${fileName}-wal`), `${target}-wal`)
  mkdirSync(join(dir, snapshotFolder), { mode: 0o700 })
  return target
}

/** Removes what was moved aside before `olderThan` (epoch ms), and all but the newest sets. */
export function forgetDamaged(dir: string, olderThan: number): void {
  const aside = readdirSync(dir).filter((name) => /\.damaged-\w+(-wal)?$/.test(name))
  const stampOf = (name: string) => name.replace(/^.*\.damaged-(\w+?)(-wal)?$/, '$1')
  const kept = new Set([...new Set(aside.map(stampOf))].toSorted().slice(-damagedKept))
  for (const name of aside) {
    const path = join(dir, name)
    // The change time is that of the rename; the modification time would be that of the last good write.
    if (!kept.has(stampOf(name)) || statSync(path).ctimeMs < olderThan) rmSync(path, { recursive: true })
  }
}
