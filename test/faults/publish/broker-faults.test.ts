/** FAULTS 31, 32: whatever befalls broker, disk or clock, each committed alert arrives, once by id, in its order; numbers show the rest. */
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import Database from 'better-sqlite3'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { mostInFlight } from '../../../src/publish/session.ts'
import { Program } from '../../cli/program.ts'
import { temporaryFolder } from '../../store/opened.ts'
import { DeafProxy } from '../../support/deaf-proxy.ts'
import { Listener } from '../../support/listener.ts'
import { Mosquitto, mosquittoPresent } from '../../support/mosquitto.ts'
import { boxAt, type Numbered, stored } from './box.ts'

const patient = { timeout: 60_000, interval: 20 }

// Without a limit in flight, what the broker has acknowledged lies in the subscriber's socket already.
const eager = ['allow_anonymous true', 'max_inflight_messages 0', 'set_tcp_nodelay true']

/** Waits until the value has stayed the same for a while: acknowledgements are gathered before they are written. */
async function settled(value: () => number): Promise<void> {
  for (let last = -1; last !== value(); ) {
    last = value()
    await delay(400)
  }
}

async function scene(config: readonly string[] = eager) {
  const broker = new Mosquitto({ config })
  onTestFinished(() => broker.dispose())
  await broker.start()
  const listener = await Listener.start(broker.url, 'skyeye/v1/alerts/#')
  onTestFinished(() => listener.stop())
  const box = boxAt(broker.url)
  const arrived = () => stored(listener.events<Numbered>(/alerts/))
  const all = () =>
    vi.waitFor(() => expect(arrived().length).toBeGreaterThanOrEqual(box.committed.length), patient)
  /** All in order is more than in order within each camera. */
  const expectAll = () =>
    expect(arrived().map(({ id, sequence }) => [id, sequence])).toEqual(
      box.committed.map(({ id, sequence }) => [id, sequence]),
    )
  return { broker, box, arrived, all, expectAll }
}

/** The example of a centre, as a process, with receipts; resolves when it listens. */
async function confirmingCentre(url: string) {
  const database = join(temporaryFolder(), 'centre.db')
  const consumer = fileURLToPath(new URL('../../../scripts/consumer.ts', import.meta.url))
  const program = new Program([consumer, '--broker', url, '--database', database, '--receipts'])
  onTestFinished(() => program.kill())
  /** How often it has subscribed. */
  const connects = () => program.err.split('listening').length - 1
  await vi.waitFor(() => expect(connects()).toBe(1), patient)
  const db = new Database(database, { readonly: true })
  onTestFinished(() => void db.close())
  const numbers = db.prepare("SELECT id, sequence FROM messages WHERE class = 'alert' ORDER BY sequence")
  return { program, connects, stored: () => numbers.all() as Numbered[] }
}

describe.skipIf(!mosquittoPresent)('each committed alert arrives (skipped without mosquitto)', () => {
  it.each(['kill', 'stop'] as const)(
    'when the broker goes (%s) under load and comes back without its sessions, but for what it had acknowledged',
    async (how) => {
      const { broker, box, arrived } = await scene()
      const waiting = () => new Set(box.waiting())
      // mosquitto acknowledges before it passes on: what it has acknowledged and still holds dies with it where no receipts
      // are required. Everything else arrives.
      const dead = new Set<string>()
      const expected = () => box.committed.filter(({ id }) => !dead.has(id))
      await box.publisher.start()
      for (let round = 0; round < 3; round++) {
        box.save(200)
        const before = arrived().length
        await vi.waitFor(() => expect(arrived().length).toBeGreaterThan(before), { ...patient, interval: 1 })
        await broker[how]()
        box.save(100)
        await vi.waitFor(() => expect(box.publisher.stats().connected).toBe(false), patient)
        await settled(() => waiting().size)
        expect(waiting().size, 'it went in the middle').toBeGreaterThan(100)
        const there = new Set(arrived().map(({ id }) => id))
        const held = waiting()
        const died = box.committed.filter(({ id }) => !there.has(id) && !held.has(id) && !dead.has(id))
        // It passes on in order, so these follow what arrived without a gap, and were on their way together.
        const last = arrived().at(-1)?.sequence ?? 0
        expect(died.map(({ sequence }) => sequence)).toEqual(died.map((_, i) => last + 1 + i))
        expect(died.length).toBeLessThanOrEqual(mostInFlight)
        for (const { id } of died) dead.add(id)
        await broker.start()
        await vi.waitFor(() => expect(arrived().length).toBeGreaterThanOrEqual(expected().length), patient)
      }
      expect(arrived().map(({ id, sequence }) => [id, sequence])).toEqual(
        expected().map(({ id, sequence }) => [id, sequence]),
      )
    },
    240_000,
  )

  it('where receipts are required, also what a broker without memory had acknowledged when it was killed', async () => {
    const broker = new Mosquitto()
    onTestFinished(() => broker.dispose())
    await broker.start()
    const link = new DeafProxy(broker.port)
    await link.start()
    onTestFinished(() => link.stop())
    const centre = await confirmingCentre(broker.url)
    const box = boxAt(link.url, { receipts: true })
    const counts = () => box.records.counts()
    const confirmed = () =>
      vi.waitFor(
        () => expect(counts()).toMatchObject({ pending: 0, unconfirmed: 0, outboxBytes: 0 }),
        patient,
      )
    await box.publisher.start()
    box.save(100)
    await confirmed()
    expect(centre.stored()).toHaveLength(100)

    // The centre hangs: what the broker acknowledges from now on is in its memory alone.
    centre.program.signal('SIGSTOP')
    box.save(200)
    await vi.waitFor(() => expect(counts()).toMatchObject({ pending: 0, unconfirmed: 200 }), patient)
    await broker.kill()
    centre.program.signal('SIGCONT')
    box.save(50)
    // What a broker without memory hears before the centre is back, nobody does.
    link.deaf = true
    await broker.start()
    await vi.waitFor(() => expect(centre.connects()).toBe(2), patient)
    expect(centre.stored().length, 'some died').toBeLessThan(300)
    link.deaf = false
    await confirmed()
    expect(centre.stored()).toEqual(box.committed.map(({ id, sequence }) => ({ id, sequence })))
  }, 240_000)

  it('when the broker stays connected, acknowledges nothing, and wakes up again', async () => {
    const { broker, box, all, expectAll } = await scene()
    await box.publisher.start()
    box.save(50)
    await all()
    broker.pause()
    box.save(100)
    await vi.waitFor(() => expect(box.publisher.stats().lastError).toMatch(/acknowledged nothing/), patient)
    broker.resume()
    await all()
    expectAll()
  }, 120_000)

  it('when the disk is full while the broker is away: what was refused was never numbered', async () => {
    const { broker, box, all, expectAll } = await scene()
    await broker.stop()
    await box.publisher.start()
    const { db } = box.opened
    const pages = db.pragma('page_count', { simple: true }) as number
    db.pragma(`max_page_count = ${pages + 60}`)
    box.save(200, 3_000)
    expect(box.refused.length).toBeGreaterThan(0)
    expect(box.committed.map(({ sequence }) => sequence)).toEqual(box.committed.map((_, i) => i + 1))
    await broker.start()
    await all()
    db.pragma('max_page_count = 1000000')
    box.save(20)
    await all()
    expectAll()
  }, 120_000)

  it.each([1, -1])(
    'when the clock jumps by a day (%i) while they wait',
    async (days) => {
      const { broker, box, all, expectAll } = await scene()
      await broker.stop()
      await box.publisher.start()
      box.save(50)
      box.clock.now += days * 86_400_000
      box.clean()
      box.save(50)
      box.clean()
      await broker.start()
      await all()
      expectAll()
    },
    120_000,
  )

  it('except the one that the broker refuses, whose number is the only gap', async () => {
    const { box, arrived, expectAll } = await scene([...eager, 'max_packet_size 20000'])
    await box.publisher.start()
    box.save(20)
    box.save(1, 30_000)
    box.save(20)
    const [large] = box.committed.splice(20, 1)
    await vi.waitFor(() => expect(arrived()).toHaveLength(40), patient)
    expectAll()
    expect(large.sequence).toBe(21)
    expect(box.records.counts()).toMatchObject({ parked: 1 })
  }, 120_000)
})
