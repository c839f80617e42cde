/** Views that nobody trusts, through the gateway as a whole: no picture leaves until somebody has confirmed them. */
import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { createLog } from '../../src/kit/log.ts'
import { SecretMask } from '../../src/kit/secrets.ts'
import type { AuditEntry } from '../../src/store/audit.ts'
import { fileName } from '../../src/store/database.ts'
import { Store } from '../../src/store/store.ts'
import { digestOf } from '../../src/view-memory.ts'
import { ran } from '../cli/program.ts'
import { generous, origin } from '../store/samples.ts'
import { Bench, until, type Written } from './bench.ts'

let bench: Bench

beforeEach(async () => {
  bench = await Bench.make()
})
afterEach(() => bench.stop())

/** As a gateway left it that had seen the camera move. */
async function distrust(camera: Written): Promise<void> {
  const { cameras } = await bench.config(camera)
  const log = createLog('silent', new SecretMask())
  const store = new Store({ dir: bench.dataDir, retention: generous, origin, log })
  await store.start()
  await store.keepView({ camera: camera.id, of: digestOf(cameras[0]), distrusted: true })
  await store.stop()
}

const snapshot = () => bench.ask('snapshot-now', { camera: 'yard' })
const tampered = () =>
  bench.arrived
    .filter(({ topic }) => topic === 'skyeye/v1/cameras/gw/yard/state')
    .map(({ payload }) => JSON.parse(`${payload}`).data.tampered as string[] | undefined)
    .at(-1)

/** What the audit log says of confirmations. */
function audited(): unknown[] {
  const db = new Sqlite(join(bench.dataDir, fileName), { readonly: true })
  try {
    const entries = db.prepare('SELECT entry FROM audit ORDER BY sequence').pluck().all() as string[]
    return entries
      .map((entry) => JSON.parse(entry) as AuditEntry)
      .filter(({ action }) => action === 'confirm-view')
      .map(({ outcome, actor, detail }) => ({ outcome, actor, detail }))
  } finally {
    db.close()
  }
}

it('gives pictures of a camera that was moved once its view is confirmed at the box', async () => {
  const yard = await bench.camera('yard')
  await distrust(yard)
  const gateway = await bench.start(yard)
  const alert = (kind: string) => bench.alerts('yard').find(({ data }) => data.kind === kind)?.data
  await until(() =>
    expect([alert('camera-tampered'), alert('intrusion')]).toMatchObject([
      { tamper: { faults: ['moved'] } },
      { snapshotMissing: 'view-moved' },
    ]),
  )
  expect(tampered()).toEqual(['moved'])
  expect((await snapshot()).refusal?.why).toContain('view-moved')

  const confirm = (...args: string[]) => ran(['cameras', 'confirm', ...args, '--config', bench.configPath])
  expect(await confirm('moon')).toMatchObject({ status: 1, err: expect.stringContaining('no camera moon') })
  expect(await confirm()).toMatchObject({ status: 2, err: expect.stringContaining('which camera') })
  expect(await confirm('yard')).toMatchObject({ status: 0, out: expect.stringContaining('is confirmed') })
  expect((await snapshot()).outcome).toBe('done')
  await until(() => expect(tampered()).toBeUndefined())
  await until(() => expect(bench.told('yard')).toContain('cleared'))

  await gateway.stop()
  const actor = { kind: 'operator', name: 'control socket' }
  expect(audited()).toEqual([
    { outcome: 'not-found', actor, detail: { camera: 'moon' } },
    { outcome: 'done', actor, detail: { camera: 'yard' } },
  ])
  await bench.start(yard)
  await until(async () => expect((await snapshot()).outcome).toBe('done'))
})

it('trusts no moved view again because a consent was renewed', async () => {
  const consent = { grantedBy: 'Wang Fang', documentSha256: '0'.repeat(64), scope: ['alerts', 'snapshots'] }
  const home = await bench.camera('yard', { tier: 'household', consent: { ...consent, until: '2020-01-01' } })
  await distrust(home)
  const gateway = await bench.start(home)
  await until(async () => expect(Object.values(await bench.retained())).toEqual(['consent_ended']))
  await gateway.reload(await bench.config({ ...home, consent: { ...consent, until: '2099-12-31' } }))
  await until(async () => expect((await snapshot()).refusal?.why).toContain('view-moved'))
})

it('hears the same from the centre, and refuses it while the camera gives no picture', async () => {
  const yard = await bench.camera('yard')
  await distrust(yard)
  await bench.start(yard)
  await until(() => expect(bench.told('yard')).toHaveLength(2))
  const confirm = (camera: string) => bench.ask('confirm-view', { camera })
  await bench.ask('camera-pause', { camera: 'yard', paused: true })
  expect((await confirm('yard')).refusal).toMatchObject({ code: 'unavailable' })
  expect((await confirm('moon')).refusal?.code).toBe('not-found')
  await bench.ask('camera-pause', { camera: 'yard', paused: false })
  await until(async () => expect((await snapshot()).refusal?.why).toContain('view-moved'))
  expect(await confirm('yard')).toMatchObject({ outcome: 'done', audit: { sequence: expect.any(Number) } })
  expect((await snapshot()).outcome).toBe('done')
})
