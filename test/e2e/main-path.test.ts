/** The whole gateway, from real RTSP cameras to a real broker: what it promises must hold while the broker and the gateway fall over. */
import { createHash } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { CameraSim } from '../../scripts/sim/server.ts'
import { validateMessage, validateSnapshotHeaders } from '../../src/contract/validate.ts'
import { Mosquitto, mosquittoPresent } from '../support/mosquitto.ts'
import { spotClip } from '../support/spot-clip.ts'
import { type AlertEvent, Consumer, distinct } from './consumer.ts'
import { GatewayProcess } from './gateway-process.ts'

const password = 'p@ss:w/rd#口令'
const cameras = ['north', 'east', 'south', 'west']
const rightHalf = {
  name: 'right',
  polygon: [
    [0.55, 0.1],
    [0.99, 0.1],
    [0.99, 0.99],
    [0.55, 0.99],
  ],
}
const middle = { name: 'middle', a: [0.5, 0.99], b: [0.5, 0.1] }
const rules = [
  { kind: 'intrusion', zone: 'right', labels: ['person'], inertiaMs: 200, cooldownMs: 0 },
  { kind: 'line-crossing', line: 'middle', labels: ['person'], cooldownMs: 0 },
]

let folder: string
let sim: CameraSim
let broker: Mosquitto
let consumer: Consumer
let gateways: GatewayProcess[]

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'skyeye-e2e-'))
  sim = new CameraSim()
  await sim.start()
  broker = new Mosquitto({ folder: join(folder, 'mosquitto'), persistent: true })
  await broker.start()
  consumer = new Consumer()
  await consumer.start(broker.url)
  gateways = []
})

afterEach(async () => {
  for (const gateway of gateways) await gateway.end('SIGKILL')
  await consumer.stop()
  await broker.stop()
  await sim.stop()
  rmSync(folder, { recursive: true, force: true })
})

/** Two H.264 and two H.265 cameras behind Digest accounts. */
async function configuration(): Promise<object> {
  const list = []
  for (const [i, id] of cameras.entries()) {
    const clip = await spotClip(i % 2 === 0 ? 'h264' : 'h265')
    const url = await sim.addCamera(id, { clip, auth: { user: 'viewer', password } })
    list.push({ id, name: `camera ${id}`, tier: 'public', url, zones: [rightHalf], lines: [middle], rules })
  }
  return {
    gateway: { id: 'e2e' },
    dataDir: join(folder, 'data'),
    broker: { url: broker.url },
    http: { port: 0 },
    analysis: { workers: 2 },
    ingest: { allowNetworks: ['127.0.0.0/8'], startGapMs: 50 },
    cameras: list,
  }
}

function startGateway(config: object): GatewayProcess {
  const gateway = new GatewayProcess(folder, config)
  gateways.push(gateway)
  return gateway
}

const began = (event: AlertEvent) => event.data.phase === 'began'

/** Waits until every camera has begun at least `count` alerts more than at the start of the wait. */
async function moreAlerts(count: number): Promise<void> {
  const of = (id: string) =>
    distinct(consumer.alerts()).filter((event) => began(event) && event.data.camera.id === id).length
  const before = new Map(cameras.map((id) => [id, of(id)]))
  await vi.waitFor(
    () => {
      for (const id of cameras)
        expect(of(id), `alerts of ${id}\n${gateways.at(-1)?.text.slice(-3000)}`).toBeGreaterThanOrEqual(
          (before.get(id) ?? 0) + count,
        )
    },
    { timeout: 90_000, interval: 200 },
  )
}

/** Numbers 1..n without a gap, each belonging to one message only. */
function expectGapFree(events: readonly AlertEvent[]): void {
  const bySequence = new Map<string, string>()
  for (const { epoch, sequence, id } of events) {
    const key = `${epoch} ${sequence}`
    expect(bySequence.get(key) ?? id, `sequence ${key} under two ids`).toBe(id)
    bySequence.set(key, id)
  }
  const sequences = distinct(events)
    .map(({ sequence }) => sequence)
    .sort((a, b) => a - b)
  expect(sequences).toEqual(Array.from(sequences, (_, i) => i + 1))
}

/** Per camera, each message follows the one before it. */
function expectOrderPerCamera(events: readonly AlertEvent[]): void {
  for (const id of cameras) {
    const sequences = distinct(events)
      .filter(({ data }) => data.camera.id === id)
      .map(({ sequence }) => sequence)
    expect(sequences, `order of ${id}`).toEqual(sequences.toSorted((a, b) => a - b))
  }
}

/** Every message fits its schema, and so do the user properties of pictures; every picture is the one its alert names. */
function expectSoundMessages(): void {
  for (const { topic, payload, properties } of consumer.received) {
    if (topic.includes('/snapshots/')) expect(validateSnapshotHeaders(properties), topic).toEqual([])
    if (topic.includes('/snapshots/') || payload.length === 0) continue
    expect(validateMessage(JSON.parse(payload.toString())), `${topic} ${payload}`).toEqual([])
  }
  const pictures = new Map(
    consumer.received
      .filter(({ topic }) => topic.includes('/snapshots/'))
      .map(({ topic, payload }) => [topic, payload]),
  )
  expect(pictures.size).toBeGreaterThan(0)
  for (const { data } of consumer.alerts()) {
    if (!data.snapshot) continue
    const jpeg = pictures.get(data.snapshot.topic)
    expect(jpeg?.subarray(0, 2).toString('hex'), data.snapshot.topic).toBe('ffd8')
    expect(
      createHash('sha256')
        .update(jpeg ?? '')
        .digest('hex'),
    ).toBe(data.snapshot.sha256)
  }
}

/** Processes whose parent is `pid`. */
function childrenOf(pid: number): number[] {
  return readdirSync('/proc')
    .map(Number)
    .filter((child) => {
      if (!child) return false
      try {
        return Number(readFileSync(`/proc/${child}/stat`, 'utf8').split(') ')[1].split(' ')[1]) === pid
      } catch {
        return false
      }
    })
}

const alive = (pid: number) => {
  try {
    return !readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].startsWith('Z')
  } catch {
    return false
  }
}

describe.skipIf(!mosquittoPresent)('the main path (skipped where mosquitto is not installed)', () => {
  it('delivers every alert of four cameras in order although the broker is away for 20 s', {
    timeout: 240_000,
  }, async () => {
    const gateway = startGateway(await configuration())
    const startedAt = performance.now()
    await moreAlerts(4)
    const connected = consumer.alerts().length
    await broker.stop()
    await delay(20_000)
    await broker.start()
    await moreAlerts(8)
    await delay(Math.max(0, 60_000 - (performance.now() - startedAt)))
    expect(await gateway.end('SIGTERM')).toBe(0)

    const events = consumer.alerts()
    expectGapFree(events)
    expectOrderPerCamera(events)
    expectSoundMessages()
    // What happened while the broker was away was told late, and says so.
    const late = distinct(events).filter(
      ({ data }) => Date.parse(data.sentAt) - Date.parse(data.began) > 5_000 && began({ data } as AlertEvent),
    )
    expect(connected).toBeGreaterThan(0)
    expect(late.length).toBeGreaterThan(cameras.length)
    for (const { data } of distinct(events).filter(began))
      expect(data.snapshot ?? data.snapshotMissing).toBeDefined()
    expect(gateway.text).not.toContain(password)
    expect(gateway.text).not.toContain(encodeURIComponent(password))
  })

  it('loses nothing and tells nothing twice under another id when it is killed', {
    timeout: 240_000,
  }, async () => {
    const config = await configuration()
    const first = startGateway(config)
    await moreAlerts(2)
    const children = childrenOf(first.pid)
    expect(children.length, 'one ffmpeg per camera').toBeGreaterThanOrEqual(cameras.length)
    for (const child of children) {
      expect(readFileSync(`/proc/${child}/cmdline`, 'utf8')).not.toMatch(/viewer|p@ss|p%40ss/)
    }
    await first.end('SIGKILL')
    await vi.waitFor(() => expect(children.filter(alive)).toEqual([]), 20_000)

    const second = startGateway(config)
    await moreAlerts(2)
    expect(await second.end('SIGTERM')).toBe(0)
    const events = consumer.alerts()
    expectGapFree(events)
    expectOrderPerCamera(events)
    expectSoundMessages()
    const unique = distinct(events)
    expect(new Set(unique.map(({ epoch }) => epoch)).size, 'one database, one epoch').toBe(1)
    for (const phase of ['began', 'ended']) {
      const alerts = unique.filter(({ data }) => data.phase === phase).map(({ data }) => data.alert)
      expect(new Set(alerts).size, `no alert ${phase} twice`).toBe(alerts.length)
    }
    const ended = new Set(unique.filter(({ data }) => data.phase === 'ended').map(({ data }) => data.alert))
    expect(
      unique.filter((event) => began(event) && !ended.has(event.data.alert)),
      'every alert that began has ended',
    ).toEqual([])
  })
})
