/** The publisher against real brokers: nothing lost, order kept, state told. */
import { createHash } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { v7 as newId } from 'uuid'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { validateMessage } from '../../src/contract/validate.ts'
import { createLog } from '../../src/kit/log.ts'
import { SecretMask } from '../../src/kit/secrets.ts'
import { EmbeddedBroker } from '../../src/publish/embedded-broker.ts'
import { Publisher, type PublisherOptions } from '../../src/publish/publisher.ts'
import { sampleInventory, sampleMessage } from '../support/alert-samples.ts'
import { Listener } from '../support/listener.ts'
import { MemoryOutbox } from '../support/memory-outbox.ts'
import { Mosquitto, type MosquittoOptions, mosquittoPresent } from '../support/mosquitto.ts'

interface Event {
  readonly id: string
  readonly sequence: number
  readonly type: string
  readonly data: { readonly presence?: string; readonly state?: string; readonly sentAt?: string }
}

const endings: (() => Promise<void>)[] = []

afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end()
})

async function broker(options?: MosquittoOptions): Promise<Mosquitto> {
  const mosquitto = new Mosquitto(options)
  endings.push(() => mosquitto.dispose())
  await mosquitto.start()
  return mosquitto
}

async function listen(url: string, filter?: string): Promise<Listener> {
  const listener = await Listener.start(url, filter)
  endings.push(() => listener.stop())
  return listener
}

function publisher(url: string, more: Partial<PublisherOptions> = {}) {
  const outbox = new MemoryOutbox()
  const lines: string[] = []
  const made = new Publisher({
    gateway: { id: 'box-1' },
    broker: { url, prefix: 'skyeye/v1' },
    outbox,
    announced: outbox,
    cameras: () => [],
    health: () => ({ alive: true }),
    inventory: sampleInventory,
    log: createLog('debug', new SecretMask(), (line) => lines.push(line)),
    backoff: { firstMs: 20, maxMs: 100, healthyAfterMs: 60_000 },
    ...more,
  })
  endings.push(() => made.stop())
  return { publisher: made, outbox, lines }
}

function addAlerts(outbox: MemoryOutbox, count: number): string[] {
  return Array.from({ length: count }, () => outbox.add(sampleMessage()).id)
}

const patient = { timeout: 20_000, interval: 20 }
const empty = (outbox: MemoryOutbox) => vi.waitFor(() => expect(outbox.waiting.size).toBe(0), patient)
const distinct = (ids: readonly string[]) => [...new Set(ids)]

describe.skipIf(!mosquittoPresent)('the publisher on mosquitto (skipped where it is not installed)', () => {
  it('delivers oldest first, each message once and fit for its schema', async () => {
    const { url } = await broker()
    const listener = await listen(url)
    const { publisher: made, outbox } = publisher(url)
    const ids = addAlerts(outbox, 200)
    await made.start()
    await empty(outbox)
    ids.push(...addAlerts(outbox, 50))
    made.nudge()
    await empty(outbox)
    await vi.waitFor(() => expect(listener.events(/alerts/)).toHaveLength(250), patient)
    const events = listener.events<Event>(/./)
    for (const event of events) expect(validateMessage(event)).toEqual([])
    const alerts = listener.events<Event>(/alerts/)
    expect(alerts.map(({ id }) => id)).toEqual(ids)
    expect(alerts.map(({ sequence }) => sequence)).toEqual(Array.from({ length: 250 }, (_, i) => i + 1))
    expect(listener.arrived.filter(({ topic, retain }) => topic.includes('alerts') && retain)).toEqual([])
    expect(made.stats()).toMatchObject({
      connected: true,
      protocol: 5,
      acknowledged: 250,
      sent: 250,
      parked: 0,
    })
  })

  it('lets a critical alert overtake a backlog that may leave only slowly', async () => {
    const { url } = await broker()
    const listener = await listen(url)
    const { publisher: made, outbox } = publisher(url, { drainPerSecond: 20 })
    const ids = addAlerts(outbox, 60)
    await made.start()
    await vi.waitFor(() => expect(listener.events(/alerts/).length).toBeGreaterThan(10), patient)
    const critical = outbox.add({ ...sampleMessage({ severity: 'critical' }), urgent: true }).id
    made.nudge()
    await empty(outbox)
    await vi.waitFor(() => expect(listener.events(/alerts/)).toHaveLength(61), patient)
    const arrived = listener.events<Event>(/alerts/).map(({ id }) => id)
    expect(arrived.filter((id) => id !== critical)).toEqual(ids)
    expect(arrived.indexOf(critical)).toBeLessThan(50)
  })

  it('sends a picture as it is, with what the centre needs to file it', async () => {
    const { url } = await broker()
    const listener = await listen(url)
    const { publisher: made, outbox } = publisher(url)
    const jpeg = new Uint8Array(150_000).map((_, i) => i % 251)
    const sha256 = createHash('sha256').update(jpeg).digest('hex')
    const topic = 'skyeye/v1/snapshots/box-1/yard/a1'
    outbox.add({
      id: newId(),
      class: 'snapshot',
      topic,
      contentType: 'image/jpeg',
      body: jpeg,
      sha256,
    })
    addAlerts(outbox, 1)
    await made.start()
    await vi.waitFor(() => expect(listener.events(/alerts/)).toHaveLength(1), patient)
    const arrived = listener.arrived.filter((message) => /snapshots|alerts/.test(message.topic))
    expect(arrived.map((message) => message.topic)[0]).toBe(topic)
    expect(createHash('sha256').update(arrived[0].payload).digest('hex')).toBe(sha256)
  })

  it('loses nothing when the broker is killed in the middle and comes back', async () => {
    const mosquitto = await broker()
    const listener = await listen(mosquitto.url)
    const { publisher: made, outbox } = publisher(mosquitto.url)
    const ids = addAlerts(outbox, 300)
    await made.start()
    await vi.waitFor(() => expect(listener.events(/alerts/).length).toBeGreaterThan(0), {
      ...patient,
      interval: 1,
    })
    await mosquitto.kill()
    ids.push(...addAlerts(outbox, 100))
    made.nudge()
    await vi.waitFor(() => expect(made.stats().connected).toBe(false), patient)
    const before = listener.events<Event>(/alerts/).map(({ id }) => id)
    await mosquitto.start()
    const late = await listen(mosquitto.url)
    await empty(outbox)
    const after = late.events<Event>(/alerts/).map(({ id }) => id)
    // A listener of a broker without memory may miss what was sent before it was back; the broker has taken it all.
    expect(outbox.writes.flat()).toHaveLength(400)
    expect(new Set(outbox.writes.flat()).size).toBe(400)
    for (const seen of [distinct(before), distinct(after)]) {
      expect(seen).toEqual(ids.filter((id) => seen.includes(id)))
    }
    expect(made.stats().connects).toBe(2)
  })

  it('stops publishing when another gateway takes its name, and leaves the field to it', async () => {
    const { url } = await broker()
    const listener = await listen(url, 'skyeye/v1/gateways/+/presence')
    const presences = () => listener.events<Event>(/presence/).map(({ data }) => data.presence)
    const { publisher: first, outbox, lines } = publisher(url)
    await first.start()
    await vi.waitFor(() => expect(presences()).toEqual(['online']), patient)
    const { publisher: second, outbox: others } = publisher(url)
    await second.start()
    await vi.waitFor(() => expect(first.stats().takenOver).toBe(true), patient)
    addAlerts(outbox, 3)
    first.nudge()
    addAlerts(others, 3)
    second.nudge()
    await empty(others)
    expect(first.stats()).toMatchObject({ connected: false, connects: 1, sent: 0 })
    expect(second.stats()).toMatchObject({ connected: true, takenOver: false, connects: 1 })
    expect(lines.join()).toContain('another gateway connected under this name')
    // The first one went without a word: its last will tells of it.
    expect(presences().toSorted()).toEqual(['offline', 'online', 'online'])
    await first.stop()
  })

  it('tells its presence, and that it was stopped on purpose', async () => {
    const { url } = await broker()
    const listener = await listen(url, 'skyeye/v1/gateways/+/presence')
    const presences = () => listener.events<Event>(/presence/).map(({ data }) => data.presence)
    const { publisher: made } = publisher(url)
    await made.start()
    await vi.waitFor(() => expect(presences()).toEqual(['online']), patient)
    await made.stop()
    await vi.waitFor(() => expect(presences().at(-1)).toBe('stopped'), patient)
    for (const event of listener.events(/presence/)) expect(validateMessage(event)).toEqual([])
    const latecomer = await listen(url, 'skyeye/v1/gateways/+/presence')
    await vi.waitFor(() => expect(latecomer.arrived.map(({ retain }) => retain)).toEqual([true]), patient)
    expect(latecomer.events<Event>(/presence/)[0].data.presence).toBe('stopped')
  })

  it('keeps the newest state of each camera at the broker, also at a new one, and clears it with the camera', async () => {
    const mosquitto = await broker()
    const { publisher: made } = publisher(mosquitto.url)
    made.cameraState('yard', { state: 'connecting', since: 1 })
    made.cameraState('yard', { state: 'live', since: 2 })
    made.cameraState('gate', { state: 'offline', since: 3 })
    await made.start()
    const states = async () => {
      const listener = await listen(mosquitto.url, 'skyeye/v1/cameras/#')
      await vi.waitFor(() => expect(listener.arrived).toHaveLength(2), patient)
      return listener.arrived.map(({ topic, payload }) => [
        topic.split('/')[4],
        JSON.parse(`${payload}`).data.state,
      ])
    }
    expect((await states()).sort()).toEqual([
      ['gate', 'offline'],
      ['yard', 'live'],
    ])
    await mosquitto.kill()
    await mosquitto.start()
    expect((await states()).sort()).toEqual([
      ['gate', 'offline'],
      ['yard', 'live'],
    ])
    const watcher = await listen(mosquitto.url, 'skyeye/v1/cameras/#')
    made.forgetCamera('gate')
    await vi.waitFor(() => expect(watcher.arrived.at(-1)?.payload).toHaveLength(0), patient)
    const latecomer = await listen(mosquitto.url, 'skyeye/v1/cameras/#')
    await vi.waitFor(() => expect(latecomer.arrived).toHaveLength(1), patient)
  })

  it('tells the last hour with the state, and by itself only where it has changed noticeably', async () => {
    const { url } = await broker()
    const listener = await listen(url)
    const { publisher: made } = publisher(url)
    const hour = { coverage: 0.9, fps: 2, gaps: { offline: 360_000 } }
    made.cameraCoverage('nobody', hour)
    made.cameraState('yard', { state: 'live', since: 1 })
    await made.start()
    const told = () =>
      listener.events<{ data: object }>(/cameras/).map(({ data }) => ({ ...data, since: undefined }))
    const after = (count: number) =>
      vi.waitFor(() => expect(told()).toHaveLength(count), patient).then(() => told().at(-1))
    expect(await after(1)).toEqual({ state: 'live' })
    made.cameraCoverage('yard', hour)
    expect(await after(2)).toEqual({ state: 'live', ...hour })
    made.cameraCoverage('yard', { ...hour, coverage: 0.915, fps: 2.4 })
    made.cameraState('gate', { state: 'live', since: 1 })
    expect(await after(3)).toEqual({ state: 'live' })
    made.cameraCoverage('yard', { ...hour, fps: 2.5 })
    expect(await after(4)).toEqual({ state: 'live', ...hour, fps: 2.5 })
    made.cameraCoverage('yard', { ...hour, coverage: 0.87, fps: 2.5 })
    expect(await after(5)).toEqual({ state: 'live', ...hour, coverage: 0.87, fps: 2.5 })
    made.cameraCoverage('yard', { ...hour, coverage: 0.88, fps: 2.5 })
    made.cameraState('yard', { state: 'offline', since: 2 })
    expect(await after(6)).toEqual({ state: 'offline', ...hour, coverage: 0.88, fps: 2.5 })
    made.forgetCamera('yard')
    made.cameraState('yard', { state: 'live', since: 3 })
    expect(await after(7)).toEqual({ state: 'live' })
    made.cameraCoverage('yard', { ...hour, coverage: 0.88, fps: 2.5 })
    expect(await after(8)).toMatchObject({ coverage: 0.88 })
    expect(listener.arrived.filter(({ topic }) => topic.includes('nobody'))).toEqual([])
  })

  it('clears the state of a camera that was removed while the gateway was down, and of no other', async () => {
    const { url } = await broker()
    const { publisher: first, outbox } = publisher(url)
    for (const camera of ['gate', 'yard', 'hall']) first.cameraState(camera, { state: 'live', since: 1 })
    await first.start()
    const held = async () => {
      const listener = await listen(url, 'skyeye/v1/cameras/#')
      await new Promise((resolve) => setTimeout(resolve, 200))
      await listener.stop()
      return listener.arrived.map(({ topic }) => topic.split('/')[4]).sort()
    }
    await vi.waitFor(async () => expect(await held()).toEqual(['gate', 'hall', 'yard']), patient)
    await first.stop()
    // Hall is configured and has not said anything yet.
    const { publisher: next } = publisher(url, { announced: outbox, cameras: () => ['yard', 'hall'] })
    next.cameraState('yard', { state: 'offline', since: 2 })
    await next.start()
    await vi.waitFor(async () => expect(await held()).toEqual(['hall', 'yard']), patient)
    await vi.waitFor(() => expect([...outbox.cameras].sort()).toEqual(['hall', 'yard']), patient)
  })

  it('lets what was saved before the stop still leave', async () => {
    const { url } = await broker()
    const listener = await listen(url)
    const { publisher: made, outbox } = publisher(url)
    await made.start()
    await vi.waitFor(() => expect(made.stats().connected).toBe(true), patient)
    addAlerts(outbox, 100)
    made.nudge()
    await made.stop()
    expect(outbox.waiting.size).toBe(0)
    await vi.waitFor(() => expect(listener.events(/alerts/)).toHaveLength(100), patient)
    expect(made.stats().connected).toBe(false)
  })

  it('goes on when the disk comes back, and sends nothing twice for it', async () => {
    const { url } = await broker()
    const listener = await listen(url)
    const { publisher: made, outbox, lines } = publisher(url)
    await made.start()
    await vi.waitFor(() => expect(made.stats().connected).toBe(true), patient)
    outbox.broken = true
    const ids = addAlerts(outbox, 5)
    made.nudge()
    await vi.waitFor(() => expect(lines.join()).toContain('outbox cannot be read'), patient)
    outbox.broken = false
    await empty(outbox)
    await vi.waitFor(() => expect(listener.events<Event>(/alerts/).map(({ id }) => id)).toEqual(ids), patient)
  })

  it('is refused with a wrong password, says so without the password, and sends nothing', async () => {
    // The account file holds no account at all: every password is wrong.
    const { url } = await broker({
      config: ['allow_anonymous false', 'password_file {dir}/accounts'],
      files: { accounts: '' },
    })
    const account = { url, prefix: 'skyeye/v1', username: 'box', password: 's3cret-pass' }
    const { publisher: made, outbox, lines } = publisher(url, { broker: account })
    addAlerts(outbox, 1)
    await made.start()
    await vi.waitFor(
      () => expect(made.stats().lastError).toMatch(/broker.username and broker.password/),
      patient,
    )
    expect(made.stats()).toMatchObject({ connected: false, connects: 0, sent: 0 })
    expect(outbox.waiting.size).toBe(1)
    expect(lines.join()).not.toContain('s3cret-pass')
  })

  it('keeps what the broker forbids, delivers the rest, and sends it once it may', async () => {
    const acl = 'topic readwrite skyeye/v1/gateways/#\ntopic readwrite skyeye/v1/alerts/#\n'
    const options = { config: ['allow_anonymous true', 'acl_file {dir}/acl'], files: { acl } }
    const folder = await mkdtemp(join(tmpdir(), 'skyeye-acl-'))
    endings.push(() => rm(folder, { recursive: true, force: true }))
    const mosquitto = await broker({ ...options, folder })
    const { publisher: made, outbox, lines } = publisher(mosquitto.url, { forbiddenMs: 300 })
    addAlerts(outbox, 3)
    const forbidden = Array.from({ length: 40 }, () =>
      outbox.add({ ...sampleMessage(), topic: 'skyeye/v1/elsewhere' }),
    )
    addAlerts(outbox, 3)
    await made.start()
    await vi.waitFor(() => expect(made.stats().acknowledged).toBe(6), patient)
    await vi.waitFor(() => expect(made.stats().deferred).toBeGreaterThan(40), patient)
    expect([...outbox.waiting.keys()]).toEqual(forbidden.map(({ rowId }) => rowId))
    expect(made.stats()).toMatchObject({ parked: 0, connects: 1 })
    expect(lines.join()).toContain('forbids')
    addAlerts(outbox, 3)
    made.nudge()
    await vi.waitFor(() => expect(made.stats().acknowledged).toBe(9), patient)
    await mosquitto.kill()
    await writeFile(join(folder, 'acl'), 'topic readwrite #\n')
    await mosquitto.start()
    await empty(outbox)
    expect(outbox.parkedBecause.size).toBe(0)
  })

  it('parks what is larger than the broker takes, without being cut off for it', async () => {
    const { url } = await broker({ config: ['allow_anonymous true', 'max_packet_size 20000'] })
    const { publisher: made, outbox } = publisher(url)
    const topic = 'skyeye/v1/snapshots/box-1/yard/a1'
    const body = new Uint8Array(30_000)
    const large = outbox.add({ id: newId(), class: 'snapshot', topic, contentType: 'image/jpeg', body })
    addAlerts(outbox, 3)
    await made.start()
    await empty(outbox)
    expect(outbox.parkedBecause.get(large.rowId)).toMatch(/packet too large/)
    expect(made.stats()).toMatchObject({ acknowledged: 3, parked: 1, connects: 1 })
  })

  it('has no more in flight than the broker asks for', async () => {
    const { url } = await broker({ config: ['allow_anonymous true', 'max_inflight_messages 2'] })
    const { publisher: made, outbox } = publisher(url)
    addAlerts(outbox, 60)
    await made.start()
    let most = 0
    await vi.waitFor(
      () => {
        most = Math.max(most, made.stats().inFlight)
        expect(outbox.waiting.size).toBe(0)
      },
      { ...patient, interval: 1 },
    )
    expect(most).toBeLessThanOrEqual(2)
    expect(made.stats().connects).toBe(1)
  })
})

describe('the publisher on the embedded broker', () => {
  async function embedded(): Promise<EmbeddedBroker> {
    const aedes = new EmbeddedBroker({ port: 0 })
    endings.push(() => aedes.stop())
    await aedes.start()
    return aedes
  }

  it('falls back to MQTT 3.1.1 where the broker speaks nothing newer', async () => {
    const { url } = await embedded()
    const listener = await listen(url)
    const { publisher: made, outbox } = publisher(url)
    const ids = addAlerts(outbox, 50)
    await made.start()
    await empty(outbox)
    await vi.waitFor(() => expect(listener.events<Event>(/alerts/).map(({ id }) => id)).toEqual(ids), patient)
    expect(made.stats()).toMatchObject({ protocol: 4, connected: true, connects: 1 })
  })

  it('says which port is taken', async () => {
    const { port } = await embedded()
    const second = new EmbeddedBroker({ port })
    await expect(second.start()).rejects.toMatchObject({
      code: 'BROKER_FAILED',
      message: expect.stringContaining(`port ${port} is taken`),
    })
  })

  it('ends although subscribers are still connected', async () => {
    const aedes = await embedded()
    await listen(aedes.url)
    await aedes.stop()
    expect(aedes.port).toBe(0)
  })
})
