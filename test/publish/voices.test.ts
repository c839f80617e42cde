/** Further voices on a real broker: retained anew at every connect, cleared when nobody wants them, events said now or never. */
import { setTimeout as delay } from 'node:timers/promises'
import { afterEach, describe, expect, it, vi } from 'vitest'
import type { Camera } from '../../src/domain/camera.ts'
import type { Label } from '../../src/domain/detection.ts'
import type { Rule } from '../../src/domain/rule.ts'
import type { Track } from '../../src/domain/track.ts'
import { createLog } from '../../src/kit/log.ts'
import { SecretMask } from '../../src/kit/secrets.ts'
import { Publisher, type PublisherOptions } from '../../src/publish/publisher.ts'
import { sampleAlert, sampleCamera, sampleInventory } from '../support/alert-samples.ts'
import { Listener } from '../support/listener.ts'
import { MemoryOutbox } from '../support/memory-outbox.ts'
import { Mosquitto, mosquittoPresent } from '../support/mosquitto.ts'

const patient = { timeout: 20_000, interval: 20 }
const base = { labels: ['person'], severity: 'minor', duty: 'city', inertiaMs: 0, cooldownMs: 0 } as const
const night: Rule = { ...base, kind: 'intrusion', name: 'night', zone: 'yard' }
const gate: Rule = { ...base, kind: 'line-crossing', name: 'gate', line: 'door', direction: 'any' }
const yard: Camera = { ...sampleCamera, rules: [night, gate] }
const hall: Camera = { ...yard, id: 'hall' }
const both = { onvif: { prefix: 'onvif' }, homeAssistant: { discoveryPrefix: 'homeassistant' } }
const crossing = () => sampleAlert({ kind: 'line-crossing', rule: 'gate', zone: undefined, line: 'door' })

const insideTopic = 'onvif/box-1/onvif-ej/RuleEngine/FieldDetector/ObjectsInside/&yard/night'
const lossTopic = 'onvif/box-1/onvif-ej/VideoSource/SignalLoss/&yard'
const countsTopic = 'homeassistant/device/box-1/yard/counts'
const ofCamera = [countsTopic.replace('counts', 'config'), insideTopic, lossTopic]
const ofGateway = 'homeassistant/device/box-1/config'

const endings: (() => Promise<void>)[] = []

afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end()
})

async function startBroker(): Promise<Mosquitto> {
  const mosquitto = new Mosquitto()
  endings.push(() => mosquitto.dispose())
  await mosquitto.start()
  return mosquitto
}

async function listen(url: string): Promise<Listener> {
  const listener = await Listener.start(url, '#')
  endings.push(() => listener.stop())
  return listener
}

async function start(
  url: string,
  cameras: () => readonly Camera[],
  {
    voices = both,
    outbox = new MemoryOutbox(),
  }: { voices?: PublisherOptions['voices']; outbox?: MemoryOutbox } = {},
) {
  const publisher = new Publisher({
    gateway: { id: 'box-1' },
    broker: { url, prefix: 'skyeye/v1' },
    outbox,
    announced: outbox,
    cameras: () => cameras().map(({ id }) => id),
    health: () => ({ alive: true }),
    inventory: () => sampleInventory(cameras()),
    voices,
    log: createLog('silent', new SecretMask()),
    backoff: { firstMs: 20, maxMs: 100, healthyAfterMs: 60_000 },
  })
  endings.push(() => publisher.stop())
  await publisher.start()
  return { publisher, outbox }
}

const tracks = (...labels: Label[]) => labels.map((label) => ({ label }) as Track)

/** What the broker has kept of the voices, for one who comes later: topic to parsed payload. */
async function retained(url: string): Promise<Record<string, Record<string, unknown>>> {
  const late = await Listener.start(url, '#')
  await vi.waitFor(() => expect(late.events(/presence/)).not.toEqual([]), patient)
  await delay(50)
  await late.stop()
  const ofVoices = late.arrived.filter(({ topic }) => !topic.startsWith('skyeye/'))
  return Object.fromEntries(ofVoices.map(({ topic, payload }) => [topic, JSON.parse(`${payload}`)]))
}
const keeps = (url: string, topics: readonly string[]) =>
  vi.waitFor(
    async () => expect(Object.keys(await retained(url)).toSorted()).toEqual(topics.toSorted()),
    patient,
  )

describe.skipIf(!mosquittoPresent)('further voices (skipped where mosquitto is not installed)', () => {
  it('say nothing unless they were asked for', async () => {
    const { url } = await startBroker()
    const { publisher, outbox } = await start(url, () => [yard], { voices: {} })
    const listener = await listen(url)
    publisher.cameraState('yard', { state: 'live', since: 1 })
    publisher.inView('yard', tracks('person'))
    publisher.alert(crossing())
    await vi.waitFor(() => expect(listener.events(/cameras/)).toHaveLength(1), patient)
    expect(listener.arrived.filter(({ topic }) => !topic.startsWith('skyeye/v1/'))).toEqual([])
    expect([...outbox.topics]).toEqual([])
    expect(publisher.stats().unsaid).toBe(0)
  })

  it('are told anew to a broker that lost everything, the newest only', async () => {
    const mosquitto = await startBroker()
    const { url } = mosquitto
    const { publisher } = await start(url, () => [yard])
    publisher.cameraState('yard', { state: 'live', since: 1 })
    publisher.inView('yard', tracks('person', 'vehicle', 'person'))
    await keeps(url, [ofGateway, countsTopic, ...ofCamera])
    await mosquitto.kill()
    publisher.inView('yard', tracks('person'))
    publisher.inView('yard', tracks())
    publisher.alert(sampleAlert({ rule: 'night' }))
    await mosquitto.start()
    await vi.waitFor(async () => {
      const kept = await retained(url)
      expect(Object.keys(kept).toSorted()).toEqual([ofGateway, countsTopic, ...ofCamera].toSorted())
      expect(kept[countsTopic]).toEqual({ person: 0, 'two-wheeler': 0, vehicle: 0 })
      expect(kept[insideTopic].Data).toEqual({ IsInside: true })
      expect(kept[lossTopic].Data).toEqual({ State: false })
    }, patient)
  })

  it('say at once what an alert means, and keep a field occupied until the last of its alerts has ended', async () => {
    const { url } = await startBroker()
    const { publisher } = await start(url, () => [yard])
    publisher.cameraState('yard', { state: 'live', since: 1 })
    const listener = await listen(url)
    const told = () => listener.events<{ Data: { IsInside: boolean } }>(/ObjectsInside/)
    const saidOfField = () => told().map(({ Data }) => Data.IsInside)
    await vi.waitFor(() => expect(saidOfField()).toEqual([false]), patient)
    const [one, other] = [sampleAlert({ rule: 'night' }), sampleAlert({ rule: 'night' })]
    publisher.alert(one)
    publisher.alert({ ...one, phase: 'ended', ended: one.time })
    publisher.alert(other)
    publisher.alert(one)
    publisher.alert({ ...other, phase: 'ended', ended: one.time })
    publisher.alert(crossing())
    await vi.waitFor(() => expect(listener.events(/Crossed/)).toHaveLength(1), patient)
    await delay(1_500)
    expect(saidOfField()).toEqual([false, true, false, true])
    publisher.alert({ ...one, phase: 'ended', ended: one.time })
    await vi.waitFor(() => expect(saidOfField()).toEqual([false, true, false, true, false]), patient)
    const crossed = listener.arrived.filter(({ topic }) => topic.includes('Crossed'))
    expect(crossed.map(({ retain }) => retain)).toEqual([false])
    expect(Object.keys(await retained(url))).not.toContain(crossed[0].topic)
  })

  it('do not queue events for a broker that is away, and count them', async () => {
    const mosquitto = await startBroker()
    const { publisher } = await start(mosquitto.url, () => [yard])
    const listener = await listen(mosquitto.url)
    await vi.waitFor(() => expect(listener.events(/ObjectsInside/)).not.toEqual([]), patient)
    await mosquitto.kill()
    await vi.waitFor(() => expect(publisher.stats().connected).toBe(false), patient)
    publisher.alert(crossing())
    publisher.alert(crossing())
    const before = listener.arrived.length
    await mosquitto.start()
    // The listener is back as well once it has heard what is retained.
    await vi.waitFor(() => expect(listener.arrived.slice(before).length).toBeGreaterThan(3), patient)
    publisher.alert(crossing())
    await vi.waitFor(() => expect(listener.events(/Crossed/)).toHaveLength(1), patient)
    expect(publisher.stats().unsaid).toBe(2)
  })

  it('let no pile of events grow before a broker that acknowledges nothing', async () => {
    const mosquitto = await startBroker()
    const { publisher } = await start(mosquitto.url, () => [yard])
    const listener = await listen(mosquitto.url)
    await vi.waitFor(() => expect(listener.events(/ObjectsInside/)).not.toEqual([]), patient)
    mosquitto.pause()
    for (let i = 0; i < 500; i++) publisher.alert(crossing())
    expect(publisher.stats().unsaid).toBe(300)
    mosquitto.resume()
    await vi.waitFor(() => expect(listener.events(/Crossed/)).toHaveLength(200), patient)
  })

  it('tell how many are in view once a second at most, on change only, and the last of it', async () => {
    const { url } = await startBroker()
    const { publisher } = await start(url, () => [yard])
    publisher.cameraState('yard', { state: 'live', since: 1 })
    const listener = await listen(url)
    await vi.waitFor(() => expect(listener.events(/yard\/config/)).not.toEqual([]), patient)
    const startedAt = performance.now()
    for (let i = 0; i < 60; i++) {
      publisher.inView('yard', i % 2 ? tracks('person') : tracks('vehicle'))
      await delay(40)
    }
    publisher.inView('yard', tracks('two-wheeler'))
    const counts = () => listener.events(/counts/)
    await vi.waitFor(() => expect(counts().at(-1)).toMatchObject({ 'two-wheeler': 1 }), patient)
    const seconds = (performance.now() - startedAt) / 1_000
    expect(counts().length).toBeGreaterThan(1)
    expect(counts().length).toBeLessThanOrEqual(Math.ceil(seconds) + 1)
    const before = counts().length
    publisher.inView('yard', tracks('two-wheeler'))
    await delay(1_500)
    expect(counts()).toHaveLength(before)
  })

  it('withdraw what is in view as soon as a camera is not watched any more', async () => {
    const { url } = await startBroker()
    const { publisher } = await start(url, () => [yard])
    publisher.cameraState('yard', { state: 'live', since: 1 })
    publisher.inView('yard', tracks('person'))
    await keeps(url, [ofGateway, countsTopic, ...ofCamera])
    publisher.cameraState('yard', { state: 'consent_ended', since: 2 })
    publisher.inView('yard', tracks('person', 'person'))
    await keeps(url, [ofGateway, ...ofCamera.filter((topic) => topic !== lossTopic)])
  })

  it('clear what they told of a camera or rule that is no more', async () => {
    const { url } = await startBroker()
    let cameras = [yard, hall]
    const { publisher, outbox } = await start(url, () => cameras)
    for (const { id } of cameras) publisher.cameraState(id, { state: 'live', since: 1 })
    const ofHall = ofCamera.map((topic) => topic.replace('yard', 'hall'))
    await keeps(url, [ofGateway, ...ofCamera, ...ofHall])
    cameras = [{ ...yard, rules: [gate] }]
    publisher.inventoryChanged()
    publisher.alert({ ...sampleAlert({ rule: 'night', camera: 'hall' }), phase: 'ended' })
    publisher.forgetCamera('hall')
    const left = [ofGateway, ...ofCamera.filter((topic) => topic !== insideTopic)]
    await keeps(url, left)
    publisher.alert(sampleAlert({ rule: 'night', camera: 'hall' }))
    await keeps(url, left)
    await vi.waitFor(() => expect([...outbox.topics].toSorted()).toEqual(left.toSorted()), patient)
  })

  it('leave nothing behind once they are switched off', async () => {
    const { url } = await startBroker()
    const { publisher, outbox } = await start(url, () => [yard])
    publisher.cameraState('yard', { state: 'live', since: 1 })
    await keeps(url, [ofGateway, ...ofCamera])
    await publisher.stop()
    await start(url, () => [yard], { voices: { onvif: { prefix: 'other' } }, outbox })
    await keeps(url, [insideTopic.replace('onvif/', 'other/')])
    expect([...outbox.topics]).toEqual([insideTopic.replace('onvif/', 'other/')])
  })

  it('go on while the store is in trouble', async () => {
    const { url } = await startBroker()
    const outbox = new MemoryOutbox()
    outbox.broken = true
    await start(url, () => [yard], { outbox })
    await keeps(url, [ofGateway, ...ofCamera.filter((topic) => topic !== lossTopic)])
  })
})
