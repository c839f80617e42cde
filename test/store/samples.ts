/** Alerts, messages and folders for the tests of the store. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { v7 as newId } from 'uuid'
import { onTestFinished } from 'vitest'
import type { Alert } from '../../src/domain/alert.ts'
import { createLog } from '../../src/kit/log.ts'
import { SecretMask } from '../../src/kit/secrets.ts'
import { openDatabase } from '../../src/store/database.ts'
import type { NewSnapshot, RetentionLimits, SaveAlert } from '../../src/store/ports.ts'
import { Records } from '../../src/store/records.ts'
import { Store } from '../../src/store/store.ts'

export const dayMs = 86_400_000
export const generous: RetentionLimits = { alertDays: 30, snapshotDays: 7, snapshotMaxBytes: 100_000_000 }

export function temporaryFolder(): string {
  const dir = mkdtempSync(join(tmpdir(), 'skyeye-store-'))
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
  return dir
}

export function alertOf(change: Partial<Alert> = {}): Alert {
  return {
    ...{
      id: newId(),
      camera: 'yard',
      rule: 'gate',
      kind: 'intrusion',
      severity: 'major',
      duty: 'public-order',
    },
    ...{ phase: 'began', began: 1_700_000_000_000.5, time: 1_700_000_000_000.5, objects: [], zone: 'gate' },
    ...change,
  } as Alert
}

/** A save of one alert, with a picture of so many bytes if any. */
export function saveOf(change: Partial<Alert> = {}, pictureBytes = 0): SaveAlert {
  const alert = alertOf(change)
  const data = { alert: alert.id, ...(pictureBytes > 0 && { snapshot: { topic: 'p/s', sha256: 'x' } }) }
  const body = JSON.stringify({ type: 'skyeye.alert', data })
  const contentType = 'application/cloudevents+json'
  const route = { class: 'alert', camera: alert.camera, topic: 'p/alerts/yard' } as const
  const message = { id: newId(), ...route, contentType, body }
  return pictureBytes > 0 ? { alert, message, snapshot: snapshotOf(pictureBytes) } : { alert, message }
}

function snapshotOf(bytes: number): NewSnapshot {
  const jpeg = new Uint8Array(bytes).map((_, i) => i % 251)
  const message = {
    id: newId(),
    class: 'snapshot',
    topic: 'p/snapshots/yard',
    contentType: 'image/jpeg',
  } as const
  return { jpeg, width: 640, height: 360, message: { ...message, sha256: 'ab12' } }
}

/** A log whose lines can be read. */
export function readableLog() {
  const lines: string[] = []
  return { lines, log: createLog('info', new SecretMask(), (line) => lines.push(line)) }
}

export async function startStore(dir: string, retention: RetentionLimits = generous) {
  const { log, lines } = readableLog()
  const store = new Store({ dir, retention, log })
  onTestFinished(() => store.stop())
  await store.start()
  return { store, lines }
}

/** The thread's work without the thread, on a clock that the test sets. */
export function openRecords(dir: string, limits: RetentionLimits = generous) {
  const clock = { now: Date.UTC(2026, 5, 1) }
  const opened = openDatabase(dir, 'NORMAL', clock.now)
  const records = new Records(opened, limits, () => clock.now)
  onTestFinished(() => records.close())
  /** One whole clean-up. */
  const clean = () => {
    for (const _ of records.retention.run(clock.now));
  }
  return { records, db: opened.db, clock, clean }
}
