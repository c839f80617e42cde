/** Which database this is: its epoch, and whether it is still the one that was here last. */
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs'
import type { Database } from 'better-sqlite3'
import { v7 as timeOrderedId } from 'uuid'

/**
 * A restored database would give numbers a second time. So a token is renewed in the database and in a file beside it, at
 * every start, at every stop and in between: a database from a backup has a token that the file does not know, and gets
 * a new epoch. What waits in it keeps the epoch and number under which it may have been sent before.
 */
export class Identity {
  readonly #db: Database
  readonly #path: string
  readonly epoch: string
  /** The database is not the one that was here last. */
  readonly isRestored: boolean

  /** `path`: of the file beside the database. */
  constructor(db: Database, path: string, now: number) {
    this.#db = db
    this.#path = path
    const row = db.prepare('SELECT epoch, token FROM identity').get() as
      | { epoch: string; token: string | null }
      | undefined
    // A database that never had a token comes from a version without them.
    this.isRestored = typeof row?.token === 'string' && !this.#known().includes(row.token)
    this.epoch = row && !this.isRestored ? row.epoch : timeOrderedId()
    if (row) db.prepare('UPDATE identity SET epoch = ?').run(this.epoch)
    else db.prepare('INSERT INTO identity (epoch, created_at) VALUES (?, ?)').run(this.epoch, now)
    this.tryRenew()
  }

  /**
   * New token. While both are being written the file knows the old and the new one, so a power cut in between is no
   * restore. Throws where the disk refuses; the old token stays in force then.
   */
  renew(): void {
    const token = timeOrderedId()
    this.#remember([...this.#held(), token])
    this.#db.prepare('UPDATE identity SET token = ?').run(token)
    this.#remember([token])
  }

  /** A full disk is no reason not to start or to stop. */
  tryRenew(): void {
    try {
      this.renew()
    } catch {
      // The next hour tries again; until then a restore is found by the token that stays.
    }
  }

  #held(): string[] {
    const token = this.#db.prepare('SELECT token FROM identity').pluck().get() as string | null
    return token === null ? [] : [token]
  }

  #known(): string[] {
    try {
      return readFileSync(this.#path, 'utf8').split('\n')
    } catch {
      return []
    }
  }

  /** Written whole or not at all. */
  #remember(tokens: readonly string[]): void {
    const file = openSync(`${this.#path}.part`, 'w', 0o600)
    try {
      writeSync(file, tokens.join('\n'))
      fsyncSync(file)
    } finally {
      closeSync(file)
    }
    renameSync(`${this.#path}.part`, this.#path)
  }
}
