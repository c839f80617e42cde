/** The store's thread: opens the database, then works off what the client asks until it is told to close. */
import { parentPort, workerData } from 'node:worker_threads'
import { forgetDamaged, openDatabase } from './database.ts'
import { Desk, failureOf } from './desk.ts'
import { lockFolder } from './lock.ts'
import type { Say, StoreSetup, ToThread } from './messages.ts'
import { Records } from './records.ts'

const port = parentPort!
const { dir, retention, origin, receipts, synchronous } = workerData as StoreSetup
const say: Say = (message, transfer = []) => port.postMessage(message, transfer)

let unlock = () => {}
try {
  unlock = lockFolder(dir)
  const opened = openDatabase(dir, synchronous)
  forgetDamaged(dir, Date.now() - retention.snapshotDays * 86_400_000)
  const records = new Records(opened, { retention, origin, receipts })
  const orphans = records.removeOrphans()
  const desk = new Desk(records, say)
  port.on('message', (message: ToThread) => {
    if (message.name !== 'close') return desk.take(message)
    desk.close()
    unlock()
    port.close()
  })
  desk.open()
  const { epoch, isRestored } = opened.identity
  say({ kind: 'opened', epoch, isRestored, damaged: opened.damaged, orphans })
} catch (error) {
  unlock()
  say({ kind: 'refused', failure: failureOf(error) })
  port.close()
}
