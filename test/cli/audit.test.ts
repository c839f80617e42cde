/** `skyeye audit verify`: exit status 0 where the log holds, 1 where it does not, and at which entry. */
import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import { v7 as newId } from 'uuid'
import { expect, it, onTestFinished } from 'vitest'
import { run } from '../../src/cli/run.ts'
import type { Recorded } from '../../src/contract/answer-schema.ts'
import { startStore } from '../store/opened.ts'
import { Folder } from './folder.ts'

async function skyeye(...args: string[]) {
  const out: string[] = []
  const err: string[] = []
  const io = { out: (line: string) => out.push(line), err: (line: string) => err.push(line) }
  return { status: await run(args, io), out: out.join('\n'), err: err.join('\n') }
}

/** A gateway's folder with three entries, and what was answered; its store still runs. */
async function prepared() {
  const folder = new Folder()
  const dataDir = join(folder.path, 'data')
  folder.write({ gateway: { id: 'gw' }, dataDir, broker: 'embedded', cameras: [] })
  const { store } = await startStore(dataDir)
  const answers: Recorded[] = []
  for (let i = 0; i < 3; i++) {
    const command = { id: newId(), verb: 'ping', digest: 'd', expiresAt: Date.now() + 60_000 }
    const deed = { kind: 'nothing', verdict: { outcome: 'done' } } as const
    answers.push(await store.settle({ command, deed, actor: { kind: 'centre', name: 'map' }, detail: {} }))
  }
  return { dataDir, answers, verify: ['audit', 'verify', '--config', folder.config] }
}

it('says that the log holds, while the gateway runs, and what the newest entry is', async () => {
  const { verify, answers } = await prepared()
  const { sequence, hash } = answers[2].audit!
  const { status, out } = await skyeye(...verify)
  expect([status, out]).toEqual([0, `3 entries hold; the newest is 3:${hash}`])
  expect((await skyeye(...verify, '--expect', `${sequence}:${hash}`)).status).toBe(0)
  expect(JSON.parse((await skyeye(...verify, '--json')).out)).toEqual({
    entries: 3,
    base: 0,
    newest: { sequence, hash },
  })
})

it('says at which entry it breaks', async () => {
  const { verify, dataDir, answers } = await prepared()
  const strange = await skyeye(...verify, '--expect', `2:${answers[0].audit?.hash}`)
  expect([strange.status, strange.out]).toEqual([
    1,
    expect.stringMatching(/^broken at entry 2: it is not the entry/),
  ])
  const db = new Sqlite(join(dataDir, 'skyeye.db'))
  onTestFinished(() => void db.close())
  db.exec("DROP TRIGGER audit_is_not_changed; UPDATE audit SET entry = '{}' WHERE sequence = 2")
  const { status, out } = await skyeye(...verify)
  expect([status, out]).toEqual([
    1,
    'broken at entry 2: it, or one before it, was changed (entries before it that hold: 1)',
  ])
})

it('refuses what it does not understand, and a folder without a log, with advice', async () => {
  const { verify } = await prepared()
  expect((await skyeye(...verify, '--expect', '2')).status).toBe(2)
  expect((await skyeye('audit', 'burn')).status).toBe(2)
  const empty = new Folder()
  empty.write({ gateway: { id: 'gw' }, dataDir: empty.path, broker: 'embedded', cameras: [] })
  const { status, err } = await skyeye('audit', 'verify', '--config', empty.config)
  expect([status, err]).toEqual([1, expect.stringMatching(/cannot be read .*check dataDir/)])
})
