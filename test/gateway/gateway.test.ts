/** The gateway as a whole, in this process: real cameras over RTSP, real models, its own broker, real HTTP. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createLog } from '../../src/kit/log.ts'
import { SecretMask } from '../../src/kit/secrets.ts'
import { Store } from '../../src/store/store.ts'
import { generous, origin } from '../store/samples.ts'
import { sampleAlert, sampleMessage } from '../support/alert-samples.ts'
import { tinyRanked, writeRanked } from '../vision/tiny-onnx.ts'
import { Bench, password, until } from './bench.ts'

let bench: Bench

beforeEach(async () => {
  bench = await Bench.make()
})

afterEach(() => bench.stop())

const consent = (until: string, scope = ['alerts']) => ({
  consent: { grantedBy: 'Wang Fang', until, documentSha256: '0'.repeat(64), scope },
})

describe('a configuration that is loaded again', () => {
  it('adds, removes and changes one camera without touching the others', async () => {
    const [stays, goes, comes] = await Promise.all(['stays', 'goes', 'comes'].map((id) => bench.camera(id)))
    const gateway = await bench.start(stays, goes)
    await until(() => expect([...bench.told('stays'), ...bench.told('goes')]).toEqual(['began', 'began']))
    await until(async () => expect(Object.keys(await bench.retained())).toHaveLength(2))
    const framesBefore = (await bench.frames('stays')) ?? 0

    await gateway.reload(await bench.config(stays, comes))
    await until(() => expect(bench.told('goes')).toEqual(['began', 'camera-removed']))
    await until(() => expect(bench.told('comes')).toEqual(['began']))
    await until(async () =>
      expect(await bench.retained()).toEqual({
        'skyeye/v1/cameras/gw/stays/state': 'live',
        'skyeye/v1/cameras/gw/comes/state': 'live',
      }),
    )
    expect(bench.sim.sessions('goes')).toBe(0)
    expect(JSON.parse((await bench.get('/healthz')).text).cameras).toEqual({ live: 2 })
    expect((await bench.get('/metrics')).text).not.toContain('goes')

    await gateway.reload(await bench.config(stays, { ...comes, name: 'another name' }))
    await until(() => expect(bench.told('comes')).toEqual(['began', 'rule-changed', 'began']))
    expect(bench.plays('comes')).toBe(2)

    expect(bench.told('stays')).toEqual(['began'])
    expect(bench.plays('stays')).toBe(1)
    expect(await bench.metric('skyeye_attempts_total{camera="stays"}')).toBe(1)
    await until(async () => expect(await bench.frames('stays')).toBeGreaterThan(framesBefore + 5))

    await gateway.stop()
    expect(bench.told('stays')).toEqual(['began', 'gateway-stopped'])
  })

  it('takes over a new version of the tables without interrupting a camera that stays where it is', async () => {
    const write = (version: string) => {
      const cells = `340207001000,Street,2,,${version}\n340207001003,East,3,340207001000,\n`
      writeFileSync(join(bench.folder, 'grid.csv'), `code,name,level,parent,version\n${cells}`)
      writeFileSync(
        join(bench.folder, 'places.csv'),
        `camera,addressCode,addressText,lon,lat,unit,version\nyard,0012,Road 12,118.3745,31.3261,340207001003,p${version}\n`,
      )
    }
    bench.sections.places = { gridFile: 'grid.csv', placesFile: 'places.csv' }
    const inventories = () =>
      bench.arrived
        .filter(({ topic }) => topic.endsWith('/inventory'))
        .map(({ payload }) => JSON.parse(String(payload)))
    write('v1')
    const yard = await bench.camera('yard')
    const gateway = await bench.start(yard)
    await until(() => expect(bench.told('yard')).toEqual(['began']))
    write('v2')
    await gateway.reload(await bench.config(yard))
    await until(() =>
      expect(inventories().at(-1)?.data.cameras[0]).toMatchObject({ grid: { version: 'v2' } }),
    )
    await gateway.stop()
    expect(bench.told('yard')).toEqual(['began', 'gateway-stopped'])
    const cells = { street: '340207001000', community: '340207001003', group: '_', unit: '_' }
    expect(bench.alerts('yard').map(({ data }) => data)).toMatchObject(
      ['v1', 'v2'].map((version) => ({
        ...{ grid: { ...cells, version }, placesVersion: `p${version}` },
        ...{ address: { code: '0012', text: 'Road 12' }, place: { wgs84: [118.3745, 31.3261] } },
      })),
    )
    const topic = 'skyeye/v1/alerts/gw/340207001000/340207001003/_/_/yard/'
    const topics = bench.arrived.map((message) => message.topic).filter((name) => name.includes('/alerts/'))
    expect(topics.every((name) => name.startsWith(topic))).toBe(true)
    expect(bench.plays('yard')).toBe(1)
  })

  it('starts each camera once although it is loaded twice at the same moment', async () => {
    const cameras = await Promise.all(['a', 'b', 'c'].map((id) => bench.camera(id)))
    const gateway = await bench.start()
    const config = await bench.config(...cameras)
    await Promise.all([gateway.reload(config), gateway.reload(config)])
    for (const { id } of cameras) await until(() => expect(bench.told(id)).toEqual(['began']))
    expect(cameras.map(({ id }) => [bench.plays(id), bench.sim.sessions(id)])).toEqual(Array(3).fill([1, 1]))
    await gateway.stop()
    expect(cameras.map(({ id }) => bench.sim.sessions(id))).toEqual([0, 0, 0])
  })

  it('starts no camera once the gateway stops', async () => {
    const gateway = await bench.start()
    const config = await bench.config(await bench.camera('late'))
    const stopped = gateway.stop()
    await gateway.reload(config)
    expect(await stopped).toEqual([])
    await gateway.reload(config)
    await delay(500)
    expect(bench.sim.requests('late')).toEqual([])
  })

  it('pauses a camera that was switched off', async () => {
    const yard = await bench.camera('yard')
    const gateway = await bench.start(yard)
    await until(() => expect(bench.told('yard')).toEqual(['began']))
    await gateway.reload(await bench.config({ ...yard, enabled: false }))
    await until(() => expect(bench.told('yard')).toEqual(['began', 'camera-removed']))
    expect(JSON.parse((await bench.get('/healthz')).text).cameras).toEqual({ paused: 1 })
    await gateway.reload(await bench.config(yard))
    await until(() => expect(bench.told('yard')).toEqual(['began', 'camera-removed', 'began']))
  })
})

describe('a consent', () => {
  it('without pictures gives alerts without pictures, and none leaves', async () => {
    const shop = await bench.camera('shop', { tier: 'shop', ...consent('2099-12-31') })
    const open = await bench.camera('open', {
      tier: 'shop',
      ...consent('2099-12-31', ['alerts', 'snapshots']),
    })
    await bench.start(shop, open)
    await until(() => expect([...bench.told('shop'), ...bench.told('open')]).toEqual(['began', 'began']))
    const [withheld, shown] = ['shop', 'open'].map((id) => bench.alerts(id)[0].data)
    expect([withheld.snapshot, withheld.snapshotMissing]).toEqual([undefined, 'consent'])
    expect([shown.snapshot?.topic, shown.snapshotMissing]).toEqual([
      `skyeye/v1/snapshots/gw/open/${shown.alert}`,
      undefined,
    ])
    const pictures = bench.arrived.map(({ topic }) => topic).filter((topic) => topic.includes('/snapshots/'))
    expect(pictures).toEqual([shown.snapshot?.topic])
  })

  it('that is over keeps the gateway from ever connecting', async () => {
    const home = await bench.camera('home', { tier: 'household', ...consent('2020-01-01') })
    const street = await bench.camera('street')
    await bench.start(home, street)
    await until(() => expect(bench.told('street')).toEqual(['began']))
    await until(async () =>
      expect(await bench.retained()).toEqual({
        'skyeye/v1/cameras/gw/home/state': 'consent_ended',
        'skyeye/v1/cameras/gw/street/state': 'live',
      }),
    )
    expect(bench.sim.requests('home')).toEqual([])
    expect(JSON.parse((await bench.get('/healthz')).text).cameras).toEqual({ consent_ended: 1, live: 1 })
    expect(await bench.metric('skyeye_attempts_total{camera="home"}')).toBe(0)
  })
})

describe('what a gateway shows', () => {
  it('is states and counters, and no URL, account or password anywhere', async () => {
    const yard = await bench.camera('yard')
    const wrong = await bench.camera('wrong')
    const refused = { ...wrong, url: String(wrong.url).replace('viewer', 'stranger') }
    await bench.start(yard, refused)
    await until(() => expect(bench.told('yard')).toEqual(['began']))
    await until(async () =>
      expect(JSON.parse((await bench.get('/healthz')).text)).toMatchObject({
        ...{ alive: true, gateway: 'gw', version: '0.0.0-test', broker: { connected: true } },
        cameras: { live: 1, auth_failed: 1 },
      }),
    )
    expect(await bench.get('/readyz')).toEqual({ status: 200, text: '{"ready":true,"reasons":[]}' })
    expect(await bench.metric('skyeye_camera_state{camera="yard",state="live"}')).toBe(1)
    expect(await bench.metric('skyeye_camera_state{camera="wrong",state="auth_failed"}')).toBe(1)
    expect(await bench.metric('skyeye_frames_total{camera="wrong"}')).toBe(0)
    const analysed = 'frames_analysed_total{camera="yard"}'
    for (const name of [analysed, 'snapshots_total', 'model_seconds_total', 'vision_workers'])
      expect(await bench.metric(`skyeye_${name}`), name).toBeGreaterThan(0)

    const pages = await Promise.all(['/healthz', '/readyz', '/metrics'].map((path) => bench.get(path)))
    const messages = bench.arrived.map(({ topic, payload }) => `${topic} ${payload}`)
    const outside = [...pages.map(({ text }) => text), ...messages]
    for (const text of [...outside, ...bench.lines]) {
      expect(text).not.toContain(password)
      expect(text).not.toContain(encodeURIComponent(password))
      expect(text).not.toMatch(/viewer|stranger/)
    }
    // The log may name the address of a camera that it cannot reach; nothing else does.
    for (const text of outside) expect(text).not.toContain('rtsp:')
  })

  it('includes which models take part, each once, everywhere the same', async () => {
    const model = writeRanked(bench.folder, tinyRanked([[1, 0.9, 8, 4, 16, 14]]))
    bench.models = { tier: 'light', objects: model, faces: model }
    await bench.start(await bench.camera('yard'))
    await until(() => expect(bench.told('yard')).toEqual(['began']))
    const models = { tier: 'light', names: ['ranked'] }
    expect(bench.alerts('yard')[0].data.models).toEqual(models.names)
    expect(JSON.parse((await bench.get('/healthz')).text).models).toEqual(models)
    expect(await bench.metric('skyeye_model{model="ranked",tier="light"}')).toBe(1)
    expect((await bench.get('/metrics')).text.match(/^skyeye_model\{/gm)).toHaveLength(1)
    // One, or two where the subscription came between: as retained, and as it was told.
    const health = bench.arrived.filter(({ topic }) => topic.endsWith('/health'))
    expect(health.length).toBeGreaterThan(0)
    for (const { payload } of health) expect(JSON.parse(payload.toString()).data.models).toEqual(models)
  })

  it('includes that it is not ready any more once it stops', async () => {
    const gateway = await bench.start(await bench.camera('yard'))
    expect((await bench.get('/readyz')).status).toBe(200)
    const stopped = gateway.stop()
    const { status, text } = await bench.get('/readyz')
    expect(status).toBe(503)
    // How far it has come meanwhile is nobody's business.
    expect(JSON.parse(text).reasons[0]).toBe('the gateway is starting or stopping')
    expect(await stopped).toEqual([])
    await expect(bench.get('/readyz')).rejects.toThrow()
  })
})

it('ends what a former run left open: nobody watched it since', async () => {
  const log = createLog('silent', new SecretMask())
  const store = new Store({ dir: bench.dataDir, retention: generous, origin, log })
  await store.start()
  for (const camera of ['yard', 'gone']) {
    const alert = sampleAlert({ camera })
    await store.saveAlert({ alert, message: sampleMessage({ camera }) })
  }
  await store.stop()

  await bench.start(await bench.camera('yard', { enabled: false }))
  await until(() => expect(bench.alerts('yard').map(({ data }) => data.phase)).toContain('ended'))
  expect(bench.told('yard').filter((what) => what !== 'began')).toEqual(['gateway-restarted'])
  await until(() => expect(bench.told('gone').filter((what) => what !== 'began')).toEqual(['camera-removed']))
})
