/** Brings a database to the newest schema: forward only, each step in a transaction of its own. */
import type { Database } from 'better-sqlite3'
import { GatewayError } from '../kit/errors.ts'
import { alertsAndOutbox } from './migrations/001-alerts-and-outbox.ts'
import { announcedCameras } from './migrations/002-announced-cameras.ts'
import { coverage } from './migrations/003-coverage.ts'
import { epochs } from './migrations/004-epochs.ts'
import { urgentLane } from './migrations/005-urgent-lane.ts'
import { states } from './migrations/006-states.ts'
import { commands } from './migrations/007-commands.ts'
import { voicedTopics } from './migrations/008-voiced-topics.ts'
import { tracks } from './migrations/009-tracks.ts'
import { views } from './migrations/010-views.ts'

/** In order; the schema's version is the number of steps that were taken. Steps are added, never changed. */
export const migrations: readonly string[] = [
  alertsAndOutbox,
  announcedCameras,
  coverage,
  epochs,
  urgentLane,
  states,
  commands,
  voicedTopics,
  tracks,
  views,
]

/** Takes the steps that are missing. Throws STORE_NEWER when the database knows steps that this program does not. */
export function migrate(db: Database, steps: readonly string[] = migrations): void {
  const version = db.pragma('user_version', { simple: true }) as number
  if (version > steps.length) {
    throw new GatewayError(
      'STORE_NEWER',
      `${db.name} has schema ${version}, this program knows schemas up to ${steps.length}: ` +
        'start the newer version that wrote it, or give this one another data folder',
    )
  }
  for (let next = version; next < steps.length; next++) {
    db.transaction(() => {
      db.exec(steps[next])
      db.pragma(`user_version = ${next + 1}`)
    }).immediate()
  }
}
