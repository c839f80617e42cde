/** The finished tracks in a data folder, whether its gateway runs or not. */
import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import type { TrackSummary } from '../domain/structure.ts'
import { GatewayError } from '../kit/errors.ts'
import { fileName } from './database.ts'

export interface StoredTracks {
  /** In the order in which they began. */
  readonly tracks: TrackSummary[]
  /** Epoch ms at which the oldest of this camera that is kept began. */
  readonly since?: number
}

/** Those of one camera that ended at `from` or later (epoch ms). Reads only. Throws STORE_FAILED where there is no such database. */
export function readTracks(dir: string, camera: string, from: number): StoredTracks {
  const path = join(dir, fileName)
  try {
    const db = new Sqlite(path, { readonly: true, fileMustExist: true })
    try {
      const since = db.prepare('SELECT min(began) FROM tracks WHERE camera = ?').pluck().get(camera) as
        | number
        | null
      const rows = db
        .prepare('SELECT summary FROM tracks WHERE camera = ? AND ended >= ? ORDER BY began')
        .pluck()
        .all(camera, from) as string[]
      const tracks = rows.map((text) => JSON.parse(text) as TrackSummary)
      return { tracks, ...(since !== null && { since }) }
    } finally {
      db.close()
    }
  } catch (error) {
    throw new GatewayError(
      'STORE_FAILED',
      `the tracks in ${path} cannot be read (${(error as Error).message}): check dataDir, and that this version of the gateway has run there`,
      { cause: error },
    )
  }
}
