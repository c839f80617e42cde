/** Folders and stores that end with the test that opened them. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { openDatabase } from '../../src/store/database.ts'
import type { RetentionLimits } from '../../src/store/ports.ts'
import { Records } from '../../src/store/records.ts'
import { Store } from '../../src/store/store.ts'
import { generous, origin, readableLog } from './samples.ts'

export function temporaryFolder(): string {
  const dir = mkdtempSync(join(tmpdir(), 'skyeye-store-'))
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
  return dir
}

export async function startStore(dir: string, retention: RetentionLimits = generous, receipts = false) {
  const { log, lines } = readableLog()
  const store = new Store({ dir, retention, origin, receipts, log })
  onTestFinished(() => store.stop())
  await store.start()
  return { store, lines }
}

/** The thread's work without the thread, on a clock that the test sets. */
export function openRecords(dir: string, retention: RetentionLimits = generous, receipts = false) {
  const clock = { now: Date.UTC(2026, 5, 1) }
  const opened = openDatabase(dir, 'NORMAL', clock.now)
  const records = new Records(opened, { retention, origin, receipts }, () => clock.now)
  onTestFinished(() => records.close())
  /** One whole clean-up. */
  const clean = () => {
    for (const _ of records.retention.run(clock.now));
  }
  return { records, deliveries: records.deliveries, opened, clock, clean }
}
