/** One gateway per folder: a lock that the system lets go of when the process ends, however it ends. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import { GatewayError } from '../kit/errors.ts'
import { unusable } from './database.ts'

/**
 * Takes the folder, making it where it is absent, and returns what lets go of it. SQLite's own file lock is used, because
 * Node has none and a file with a process id outlives a power cut. Throws STORE_FAILED where
 * another gateway has it, or where it cannot be used. Keep the result: the lock goes when it is collected.
 */
export function lockFolder(dir: string): () => void {
  const path = join(dir, 'gateway.lock')
  let db: Sqlite.Database | undefined
  try {
    mkdirSync(dir, { recursive: true })
    db = new Sqlite(path, { timeout: 0 })
    db.exec('BEGIN EXCLUSIVE')
    const held = db
    return () => held.close()
  } catch (error) {
    db?.close()
    if (!String((error as { code?: string }).code).startsWith('SQLITE_BUSY')) throw unusable(path, error)
    const advice = 'stop it, or give this one a dataDir (and a gateway.id) of its own'
    throw new GatewayError('STORE_FAILED', `another gateway works in ${dir}: ${advice}`, { cause: error })
  }
}
