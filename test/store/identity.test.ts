/** A restored database begins a new epoch, so that no number is given twice; nothing else does. */
import { copyFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import { expect, it } from 'vitest'
import { migrate, migrations } from '../../src/store/migrate.ts'
import { startStore, temporaryFolder } from './opened.ts'
import { saveOf } from './samples.ts'

/** A backup of the running database, as an administrator would take it. */
async function backUp(dir: string): Promise<string> {
  const db = new Sqlite(join(dir, 'skyeye.db'), { readonly: true })
  await db.backup(join(dir, 'backup.db'))
  db.close()
  return join(dir, 'backup.db')
}

function restore(dir: string, backup: string): void {
  for (const journal of ['-wal', '-shm']) rmSync(join(dir, `skyeye.db${journal}`), { force: true })
  copyFileSync(backup, join(dir, 'skyeye.db'))
}

const numbers = (deliveries: readonly { epoch: string; sequence: number }[]) =>
  deliveries.map(({ epoch, sequence }) => [epoch, sequence])

it('notices a restored backup, also of the same run, and keeps what waits under its old number', async () => {
  const dir = temporaryFolder()
  const { store } = await startStore(dir)
  await store.saveAlert(saveOf())
  const backup = await backUp(dir)
  await store.saveAlert(saveOf())
  await store.stop()
  restore(dir, backup)
  const { store: next, lines } = await startStore(dir)
  expect(next.epoch > store.epoch).toBe(true)
  expect(lines.join()).toContain('the database was restored')
  expect(await next.saveAlert(saveOf())).toEqual({ sequence: 1 })
  expect(numbers(await next.next(0, 10))).toEqual([
    [store.epoch, 1],
    [next.epoch, 1],
  ])
})

it('takes a database that came without its token for a restored one', async () => {
  const dir = temporaryFolder()
  const { store } = await startStore(dir)
  await store.stop()
  rmSync(join(dir, 'skyeye.token'))
  const { store: next } = await startStore(dir)
  expect(next.epoch).not.toBe(store.epoch)
})

it('keeps the epoch over a power cut between the two places in which the token is renewed', async () => {
  const dir = temporaryFolder()
  const { store } = await startStore(dir)
  await store.stop()
  const token = join(dir, 'skyeye.token')
  writeFileSync(token, `${readFileSync(token, 'utf8')}\n01a208d0-4f34-734d-bfcd-92ff8473d7a0`)
  const { store: next } = await startStore(dir)
  expect(next.epoch).toBe(store.epoch)
})

it('takes numbers and messages of a schema without epochs further, and uses no row twice', async () => {
  const dir = temporaryFolder()
  const old = new Sqlite(join(dir, 'skyeye.db'))
  migrate(old, migrations.slice(0, 3))
  old.exec(`INSERT INTO identity (epoch, created_at) VALUES ('of-old', 1);
    INSERT INTO alerts VALUES ('a', 'yard', 'minor', 1, NULL, 1, '{}');
    INSERT INTO sequences (class, assigned) VALUES ('alert', 7);
    INSERT INTO outbox (row_id, id, alert, class, sequence, topic, content_type, body, created_at)
      VALUES (6, 'm6', 'a', 'alert', 6, 't', 'c', '{}', ${Date.now()}), (9, 'm7', 'a', 'alert', 7, 't', 'c', '{}', 1);
    DELETE FROM outbox WHERE row_id = 9`)
  old.close()
  const { store } = await startStore(dir)
  expect(store.epoch).toBe('of-old')
  expect(await store.saveAlert(saveOf())).toEqual({ sequence: 8 })
  const waiting = await store.next(0, 10)
  expect(numbers(waiting)).toEqual([
    ['of-old', 6],
    ['of-old', 8],
  ])
  expect(waiting[1].rowId).toBe(10)
})
