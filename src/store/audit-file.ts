/** The audit log of a data folder, whether its gateway runs or not. */
import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import { GatewayError } from '../kit/errors.ts'
import { type AuditMark, type AuditReport, verifyAudit } from './audit.ts'
import { fileName } from './database.ts'

/** Reads only. Throws STORE_FAILED where there is no such log. */
export function verifyAuditOf(dir: string, expected?: AuditMark): AuditReport {
  const path = join(dir, fileName)
  try {
    const db = new Sqlite(path, { readonly: true, fileMustExist: true })
    try {
      // As of one moment, while the gateway goes on writing.
      return db.transaction(() => verifyAudit(db, expected))()
    } finally {
      db.close()
    }
  } catch (error) {
    throw new GatewayError(
      'STORE_FAILED',
      `the audit log in ${path} cannot be read (${(error as Error).message}): check dataDir, and that this version of the gateway has run there`,
      { cause: error },
    )
  }
}
