/** The database file at the start: new, known, newer, damaged, half migrated. */
import { readdirSync, readFileSync, truncateSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import { expect, it, onTestFinished } from 'vitest'
import { forgetDamaged, openDatabase } from '../../src/store/database.ts'
import { migrate, migrations } from '../../src/store/migrate.ts'
import { Store } from '../../src/store/store.ts'
import { startStore, temporaryFolder } from './opened.ts'
import { generous, origin, readableLog, saveOf } from './samples.ts'

function fileOf(dir: string) {
  const db = new Sqlite(join(dir, 'skyeye.db'))
  onTestFinished(() => void db.close())
  return db
}

it('commits to the disk before it answers: WAL and synchronous FULL', () => {
  const { db } = openDatabase(temporaryFolder())
  onTestFinished(() => void db.close())
  expect(db.pragma('journal_mode', { simple: true })).toBe('wal')
  expect(db.pragma('synchronous', { simple: true })).toBe(2)
  expect(db.pragma('foreign_keys', { simple: true })).toBe(1)
})

it('refuses a database of a newer version with advice, and leaves it as it was', async () => {
  const dir = temporaryFolder()
  const { store } = await startStore(dir)
  await store.saveAlert(saveOf())
  await store.stop()
  fileOf(dir).pragma('user_version = 99')
  const older = new Store({ dir, retention: generous, origin, log: readableLog().log })
  await expect(older.start()).rejects.toMatchObject({
    code: 'STORE_NEWER',
    message: expect.stringMatching(/skyeye\.db has schema 99.*start the newer version/),
  })
  await older.stop()
  expect(fileOf(dir).prepare('SELECT count(*) FROM alerts').pluck().get()).toBe(1)
})

it('rolls a migration that breaks half way back, and takes the step when it is whole', () => {
  const db = fileOf(temporaryFolder())
  const broken = 'CREATE TABLE extra (id TEXT); CREATE TABLE extra (id TEXT);'
  expect(() => migrate(db, [...migrations, broken])).toThrow(/extra/)
  expect(db.pragma('user_version', { simple: true })).toBe(migrations.length)
  expect(db.prepare("SELECT count(*) FROM sqlite_master WHERE name = 'extra'").pluck().get()).toBe(0)
  migrate(db, [...migrations, 'CREATE TABLE extra (id TEXT)'])
  expect(db.pragma('user_version', { simple: true })).toBe(migrations.length + 1)
})

it.each([
  ['garbage', (path: string) => writeFileSync(path, 'this was a database once '.repeat(1_000))],
  ['truncated', (path: string) => truncateSync(path, 20_000)],
  [
    'overwritten in the middle',
    (path: string) => writeFileSync(path, Buffer.alloc(30_000, 0x5a), { flag: 'r+' }),
  ],
])('moves a database that is %s aside with its pictures and begins a new epoch', async (_, damage) => {
  const dir = temporaryFolder()
  const { store } = await startStore(dir)
  const { epoch } = store
  for (let i = 0; i < 30; i++) await store.saveAlert(saveOf({}, 500))
  await store.stop()
  const path = join(dir, 'skyeye.db')
  damage(path)
  const damaged = readFileSync(path)
  const { store: next, lines } = await startStore(dir)
  expect(next.epoch).not.toBe(epoch)
  expect(await next.saveAlert(saveOf({}, 500))).toEqual({ sequence: 1 })
  const aside = readdirSync(dir).filter((name) => name.includes('.damaged-'))
  expect(aside.map((name) => name.replace(/-\w+$/, ''))).toEqual(['skyeye.db.damaged', 'snapshots.damaged'])
  expect(readFileSync(join(dir, aside[0])).equals(damaged)).toBe(true)
  expect(readdirSync(join(dir, aside[1]))).toHaveLength(30)
  expect(lines.join()).toContain(aside[0])
})

it('keeps two damaged sets at most, and none for ever', () => {
  const dir = temporaryFolder()
  const stamps = ['20260101T000000Z', '20260201T000000Z', '20260301T000000Z']
  for (const stamp of stamps) {
    for (const name of [`skyeye.db.damaged-${stamp}`, `skyeye.db.damaged-${stamp}-wal`]) {
      writeFileSync(join(dir, name), '')
      utimesSync(join(dir, name), 0, 0)
    }
  }
  writeFileSync(join(dir, 'skyeye.db'), '')
  forgetDamaged(dir, Date.now() - 60_000)
  expect(readdirSync(dir).filter((name) => name.includes(stamps[0]))).toEqual([])
  expect(readdirSync(dir)).toHaveLength(5)
  forgetDamaged(dir, Date.now() + 60_000)
  expect(readdirSync(dir)).toEqual(['skyeye.db'])
})

it('says what to do where the folder cannot be used', async () => {
  const dir = temporaryFolder()
  writeFileSync(join(dir, 'file'), '')
  const store = new Store({ dir: join(dir, 'file'), retention: generous, origin, log: readableLog().log })
  await expect(store.start()).rejects.toMatchObject({
    code: 'STORE_FAILED',
    message: expect.stringMatching(/gateway\.lock cannot be opened.*check that the data folder/),
  })
  await store.stop()
})

it('takes a database of the first version further, with what is in it', async () => {
  const dir = temporaryFolder()
  const first = fileOf(dir)
  migrate(first, migrations.slice(0, 1))
  first.exec("INSERT INTO identity (epoch, created_at) VALUES ('of-old', 1)")
  first.close()
  const { store } = await startStore(dir)
  expect(store.epoch).toBe('of-old')
  expect(await store.announcedCameras()).toEqual([])
})
