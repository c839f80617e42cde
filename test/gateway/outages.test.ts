/** Cameras that are lost, in the whole gateway: told late, once for a switch, and ended with the length of the gap (faults 4 and 21). */
import { setTimeout as delay } from 'node:timers/promises'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { CameraSim } from '../../scripts/sim/server.ts'
import { validateMessage } from '../../src/contract/validate.ts'
import { createLog } from '../../src/kit/log.ts'
import { SecretMask } from '../../src/kit/secrets.ts'
import { Store } from '../../src/store/store.ts'
import { generous, origin } from '../store/samples.ts'
import { sampleAlert, sampleMessage } from '../support/alert-samples.ts'
import { Bench, until, type Written } from './bench.ts'
import { standingClip } from './standing-clip.ts'

interface Told {
  readonly type: string
  readonly data: {
    readonly alert: string
    readonly kind: string
    readonly phase: string
    readonly duty: string
    readonly endedBecause?: string
    readonly models: readonly string[]
    readonly outage: {
      readonly count: number
      readonly missing: number
      readonly gapMs?: number
      readonly cameras: readonly { readonly id: string; readonly state: string; readonly gapMs?: number }[]
    }
  }
}

let bench: Bench
/** A second network, as a switch of its own. */
let beyond: CameraSim

beforeEach(async () => {
  bench = await Bench.make()
  beyond = new CameraSim({ host: '127.0.1.1' })
  await beyond.start()
  bench.sections.ingest = { allowNetworks: ['127.0.0.0/8'], startGapMs: 20, offlineAfterMs: 6_000 }
})

afterEach(async () => {
  await beyond.stop()
  await bench.stop()
})

async function switched(id: string): Promise<Written> {
  const grid = { street: '110101001000', community: '110101001002', group: '07', unit: `011${id.at(-1)}` }
  const url = await beyond.addCamera(id, { clip: await standingClip() })
  return { id, name: `camera ${id}`, url, grid }
}

const outages = () =>
  bench.arrived
    .filter(({ topic }) => topic.endsWith('/camera-offline'))
    .map(({ payload }) => JSON.parse(String(payload)) as Told)

/** Each alert: who was lost, and in which phases it was told. */
function alerts() {
  const byId = Map.groupBy(outages(), ({ data }) => data.alert)
  return [...byId.values()].map((told) => ({
    cameras: told[0].data.outage.cameras.map(({ id }) => id).toSorted(),
    told: told.map(({ data }) => data.endedBecause ?? data.phase),
    last: told[told.length - 1].data,
  }))
}

it('a switch that goes makes one alert, which ends when the last camera is back', {
  timeout: 180_000,
}, async () => {
  const ids = ['s1', 's2', 's3', 's4', 's5']
  const cameras = await Promise.all(ids.map(switched))
  await bench.start(await bench.camera('yard'), ...cameras)
  const states = async () => Object.values(await bench.retained()).toSorted()
  await until(async () => expect(await states()).toEqual(Array(6).fill('live')))
  // A busy machine may have taken long to start them.
  await until(() => expect(alerts().filter(({ last }) => last.phase !== 'ended')).toEqual([]))
  // Until they count as there: a loss sooner than that belongs to the start.
  await delay(3_000)
  const before = alerts().length

  await beyond.stop()
  await until(async () => expect(await states()).toContain('connecting'))
  expect(await states()).not.toContain('offline')
  await until(async () => expect(await states()).toEqual(['live', ...Array(5).fill('offline')]))
  expect(JSON.parse((await bench.get('/healthz')).text).cameras).toEqual({ live: 1, offline: 5 })
  await until(() => expect(alerts().slice(before)).toMatchObject([{ cameras: ids, told: ['began'] }]))

  await beyond.start()
  await until(() => expect(alerts().at(-1)?.told.at(-1)).toBe('cleared'))
  expect(alerts()).toHaveLength(before + 1)
  const { outage, duty, models } = alerts()[before].last
  expect([outage.count, outage.missing, duty, models]).toEqual([5, 0, 'system', []])
  for (const { gapMs } of outage.cameras) expect(gapMs).toBeGreaterThan(6_000)
  expect(outage.gapMs).toBeGreaterThanOrEqual(Math.max(...outage.cameras.map(({ gapMs = 0 }) => gapMs)))
  const back = bench.arrived.filter(({ topic }) => topic.endsWith('/s1/state')).at(-1)
  expect(JSON.parse(String(back?.payload)).data).toMatchObject({ state: 'live', gapMs: expect.any(Number) })
  for (const message of outages()) expect(validateMessage(message)).toEqual([])
})

it('a camera that refuses or redirects makes an alert that says so, and a stop ends it', {
  timeout: 120_000,
}, async () => {
  const yard = await bench.camera('yard')
  const wrong = await bench.camera('wrong')
  const url = String(wrong.url).replace('viewer', 'stranger')
  const astray = await switched('astray')
  await beyond.setFault('astray', 'redirect=rtsp://127.0.9.9/elsewhere')
  const gateway = await bench.start(yard, { ...wrong, url }, astray)
  await until(() => expect(alerts().filter(({ told }) => told.length === 1)).toHaveLength(2))
  const lost = () =>
    alerts().flatMap(({ last }) => last.outage.cameras.map(({ id, state }) => `${id} ${state}`))
  expect(lost()).toEqual(expect.arrayContaining(['wrong auth_failed', 'astray redirect_refused']))
  await gateway.stop()
  const open = alerts().filter(({ cameras }) => !cameras.includes('yard'))
  expect(open.map(({ told }) => told)).toEqual(Array(2).fill(['began', 'gateway-stopped']))
})

it('what a gateway that died had told is ended by the next one, which tells it anew', {
  timeout: 120_000,
}, async () => {
  const [s1, s2] = [await switched('s1'), await switched('s2')]
  const log = createLog('silent', new SecretMask())
  const store = new Store({ dir: bench.dataDir, retention: generous, origin, log })
  await store.start()
  const began = Date.now() - 3_600_000
  const alert = sampleAlert({
    ...{ kind: 'camera-offline', camera: 's1', duty: 'system', objects: [], began, time: began + 75_000 },
    outage: {
      ...{ count: 2, missing: 2 },
      cameras: ['s1', 's2'].map((id) => ({ id, name: id, state: 'offline', since: began })),
    },
  })
  await store.saveAlert({ alert, message: sampleMessage(alert) })
  await store.stop()
  await beyond.stop()

  await bench.start(s1, s2)
  const anew = () => outages().filter(({ data }) => data.alert !== alert.id)
  await until(() => expect(anew()).toMatchObject([{ data: { phase: 'began', outage: { count: 2 } } }]))
  const told = outages().filter(({ data }) => data.alert === alert.id)
  expect(told.at(-1)?.data).toMatchObject({
    endedBecause: 'gateway-restarted',
    outage: { count: 2, missing: 2 },
  })
  for (const message of [...anew(), ...told.slice(-1)]) expect(validateMessage(message)).toEqual([])
  const topics = bench.arrived.map(({ topic }) => topic).filter((topic) => topic.includes('/alerts/gw/'))
  const shared = 'skyeye/v1/alerts/gw/110101001000/110101001002/07/_'
  expect(topics.filter((topic) => topic.startsWith(shared))).toHaveLength(2)
})
