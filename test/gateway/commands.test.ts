/** Commands that reach the cameras: what is paused is not read, what is switched off stays silent, also after a restart. */
import { createHash } from 'node:crypto'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { Bench, password, until } from './bench.ts'

let bench: Bench

beforeEach(async () => {
  bench = await Bench.make()
})
afterEach(() => bench.stop())

const ask: Bench['ask'] = (verb, data) => bench.ask(verb, data)

const state = async (camera: string) => (await bench.retained())[`skyeye/v1/cameras/gw/${camera}/state`]

it('pauses a camera: no pull, no alert, also after a restart and a reload; and reads it again', async () => {
  const cameras = await Promise.all([bench.camera('yard'), bench.camera('hall')])
  const [yard, hall] = cameras
  const gateway = await bench.start(yard, hall)
  await until(() => expect(bench.told('yard')).toEqual(['began']))
  expect((await ask('camera-pause', { camera: 'yard', paused: true })).outcome).toBe('done')
  expect(bench.sim.sessions('yard')).toBe(0)
  await until(() => expect(bench.told('yard')).toEqual(['began', 'camera-lost']))
  await until(async () => expect(await state('yard')).toBe('paused'))
  expect((await ask('snapshot-now', { camera: 'yard' })).refusal?.why).toBe('the camera is paused')
  await gateway.reload(await bench.config(yard, { ...hall, name: 'another name' }))
  expect(bench.plays('yard')).toBe(1)
  await gateway.stop()

  const again = await bench.start(yard, hall)
  await until(async () => expect(await state('hall')).toBe('live'))
  expect(await state('yard')).toBe('paused')
  expect([bench.plays('yard'), bench.sim.sessions('yard')]).toEqual([1, 0])
  await again.reload(await bench.config(hall))
  await until(async () => expect(await state('yard')).toBeUndefined())
  await again.reload(await bench.config(yard, hall))
  expect((await ask('camera-pause', { camera: 'yard', paused: false })).outcome).toBe('done')
  await until(async () => expect(await state('yard')).toBe('live'))
  expect(bench.plays('yard')).toBe(2)
})

it('switches one rule of a camera off and on again; the inventory and the report say so', async () => {
  const rule = { kind: 'intrusion', zone: 'all', labels: ['person'], inertiaMs: 0, cooldownMs: 0 }
  const rules = ['one', 'two'].map((name) => ({ ...rule, name }))
  await bench.start(await bench.camera('yard', { rules }))
  await until(() => expect(bench.told('yard')).toEqual(['began', 'began']))
  expect((await ask('rule-enable', { camera: 'yard', rule: 'one', enabled: false })).outcome).toBe('done')
  const began = () => bench.alerts('yard').filter(({ data }) => data.phase === 'began')
  await until(() => expect(began()).toHaveLength(3))
  expect(began()[2].data).toMatchObject({ rule: 'two' })
  const inventories = () =>
    bench.arrived
      .filter(({ topic }) => topic.endsWith('/inventory'))
      .map(({ payload }) => JSON.parse(`${payload}`))
  await until(() =>
    expect(inventories().at(-1).data.cameras[0].rules).toMatchObject([
      { name: 'one', enabled: false },
      { name: 'two' },
    ]),
  )
  const { configuration } = (await ask('config-report', {})).result as { configuration: object }
  expect(configuration).toMatchObject({
    ...{ gateway: { id: 'gw' }, overrides: [{ camera: 'yard', rule: 'one' }] },
    cameras: [{ id: 'yard', rules: [{ name: 'one' }, { name: 'two' }] }],
  })
  expect(JSON.stringify(configuration)).not.toMatch(/rtsp|viewer/)
  for (const secret of [password, encodeURIComponent(password)]) {
    expect(JSON.stringify(configuration)).not.toContain(secret)
  }
  await ask('rule-enable', { camera: 'yard', rule: 'one', enabled: true })
  const rulesSince = () =>
    began()
      .slice(3)
      .map(({ data }) => (data as { rule?: string }).rule)
  await until(() => expect(rulesSince().sort()).toEqual(['one', 'two']))
})

it('sends a picture of the camera as it is now, and none where the consent does not allow it', async () => {
  const until2099 = { grantedBy: 'Wang Fang', until: '2099-01-01', documentSha256: '0'.repeat(64) }
  const shop = { tier: 'shop', consent: { ...until2099, scope: ['alerts'] } }
  await bench.start(await bench.camera('yard'), await bench.camera('shop', shop))
  await until(() => expect([...bench.told('yard'), ...bench.told('shop')]).toEqual(['began', 'began']))
  const before = Date.now()
  const { result } = await ask('snapshot-now', { camera: 'yard' })
  const { topic, sha256, time, width } = result!.snapshot!
  expect(Date.parse(time)).toBeGreaterThan(before - 5_000)
  expect(width).toBeGreaterThan(0)
  await until(() => expect(bench.arrived.some((one) => one.topic === topic)).toBe(true))
  const jpeg = bench.arrived.find((one) => one.topic === topic)!.payload
  expect(createHash('sha256').update(jpeg).digest('hex')).toBe(sha256)
  expect([...jpeg.subarray(0, 2)]).toEqual([0xff, 0xd8])
  expect((await ask('snapshot-now', { camera: 'shop' })).refusal?.code).toBe('consent')
})
