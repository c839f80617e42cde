/** Brokers that refuse, hang or cut: what is final is parked, what passes is sent again, and nothing else is held up. */
import { afterEach, describe, expect, it, vi } from 'vitest'
import { createLog } from '../../src/kit/log.ts'
import { SecretMask } from '../../src/kit/secrets.ts'
import { Publisher } from '../../src/publish/publisher.ts'
import { sampleInventory, sampleMessage } from '../support/alert-samples.ts'
import { MemoryOutbox } from '../support/memory-outbox.ts'
import { type Answer, type Heard, ScriptedBroker } from '../support/scripted-broker.ts'

const endings: (() => Promise<void>)[] = []

afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end()
})

/** State messages are taken; `answer` decides about alerts, which carry their number in the topic. */
async function against(answer: (message: Heard) => Answer, alerts: number, ackTimeoutMs?: number) {
  const broker = new ScriptedBroker((message) => (message.topic.startsWith('n/') ? answer(message) : 0))
  endings.push(() => broker.stop())
  await broker.start()
  const outbox = new MemoryOutbox()
  for (let i = 1; i <= alerts; i++) outbox.add({ ...sampleMessage(), topic: `n/${i}` })
  const publisher = new Publisher({
    gateway: { id: 'box-1' },
    broker: { url: broker.url, prefix: 'skyeye/v1' },
    outbox,
    announced: outbox,
    cameras: () => [],
    health: () => ({ alive: true }),
    inventory: sampleInventory,
    log: createLog('silent', new SecretMask()),
    backoff: { firstMs: 10, maxMs: 20, healthyAfterMs: 60_000 },
    // Longer than it takes to connect again.
    forbiddenMs: 1_500,
    ...(ackTimeoutMs === undefined ? {} : { ackTimeoutMs }),
  })
  endings.push(() => publisher.stop())
  await publisher.start()
  const heard = () => broker.heard.filter(({ topic }) => topic.startsWith('n/'))
  return { broker, outbox, publisher, heard }
}

const patient = { timeout: 20_000, interval: 10 }
const empty = (outbox: MemoryOutbox) => vi.waitFor(() => expect(outbox.waiting.size).toBe(0), patient)

describe('an unruly broker', () => {
  it('that never acknowledges is left and tried again, with the same ids', async () => {
    let healed = false
    const { broker, outbox, publisher, heard } = await against(() => (healed ? 0 : 'silent'), 3, 400)
    await vi.waitFor(() => expect(broker.connects).toBeGreaterThanOrEqual(3), patient)
    expect(outbox.waiting.size).toBe(3)
    expect(publisher.stats().lastError).toMatch(/acknowledged nothing/)
    healed = true
    await empty(outbox)
    const ids = heard().map(({ topic, payload }) => `${topic} ${JSON.parse(payload).id}`)
    expect(ids.length).toBeGreaterThan(3)
    expect(new Set(ids).size).toBe(3)
    expect(outbox.parkedBecause.size).toBe(0)
  })

  it('that asks for a pause gets the message again later, and none is lost', async () => {
    let refusals = 0
    const { outbox, publisher } = await against(
      ({ topic }) => (topic === 'n/2' && refusals++ < 1 ? 0x97 : 0),
      6,
    )
    await empty(outbox)
    expect(refusals).toBe(2)
    expect(outbox.parkedBecause.size).toBe(0)
    expect(publisher.stats()).toMatchObject({ acknowledged: 6, deferred: 1, connects: 1 })
  })

  it.each([0x90, 0x99])('that refuses a message for good (%i) has it parked once', async (code) => {
    const { outbox, heard, publisher } = await against(({ topic }) => (topic === 'n/2' ? code : 0), 5)
    await empty(outbox)
    expect(outbox.parkedBecause.size).toBe(1)
    expect(heard().map(({ topic }) => topic)).toEqual(['n/1', 'n/2', 'n/3', 'n/4', 'n/5'])
    expect(publisher.stats()).toMatchObject({ acknowledged: 4, parked: 1 })
  })

  it('that hangs up over one message loses only that one, after five times', async () => {
    const { outbox, heard, publisher } = await against(({ topic }) => (topic === 'n/2' ? 'cut' : 0), 5)
    await empty(outbox)
    expect([...outbox.parkedBecause.keys()]).toEqual([2])
    expect(outbox.parkedBecause.get(2)).toMatch(/over this message alone/)
    expect(publisher.stats()).toMatchObject({ connected: true, parked: 1 })
    const order = [...new Set(heard().map(({ topic }) => topic))]
    expect(order).toEqual(['n/1', 'n/2', 'n/3', 'n/4', 'n/5'])
  })

  it('that breaks the connection over one message loses only that one', async () => {
    const { outbox, heard } = await against(({ topic }) => (topic === 'n/2' ? 'reset' : 0), 5)
    await empty(outbox)
    expect([...outbox.parkedBecause.keys()]).toEqual([2])
    expect(outbox.parkedBecause.get(2)).toMatch(/over this message alone/)
    expect([...new Set(heard().map(({ topic }) => topic))]).toEqual(['n/1', 'n/2', 'n/3', 'n/4', 'n/5'])
  })

  it('that forbids a message does not have it parked, and takes it after all', async () => {
    let allowed = false
    const { outbox, heard, publisher } = await against(
      ({ topic }) => (topic === 'n/2' && !allowed ? 0x87 : 0),
      5,
    )
    await vi.waitFor(() => expect([...outbox.waiting.keys()]).toEqual([2]), patient)
    await vi.waitFor(() => expect(publisher.stats().deferred).toBeGreaterThanOrEqual(3), patient)
    allowed = true
    await empty(outbox)
    expect(outbox.parkedBecause.size).toBe(0)
    expect(publisher.stats()).toMatchObject({ acknowledged: 5, connects: 1 })
    expect(heard().at(-1)?.topic).toBe('n/2')
  })

  it('that leaves over a message it forbids does not have it parked either', async () => {
    let allowed = false
    const { outbox, broker } = await against(
      ({ topic }) => (topic === 'n/2' && !allowed ? 'forbid and leave' : 0),
      5,
    )
    await vi.waitFor(() => expect([...outbox.waiting.keys()]).toEqual([2]), patient)
    const { connects } = broker
    await vi.waitFor(() => expect(broker.connects).toBeGreaterThan(connects + 8), patient)
    expect([...outbox.waiting.keys()]).toEqual([2])
    allowed = true
    await empty(outbox)
    expect(outbox.parkedBecause.size).toBe(0)
  })

  it.each([
    ['cut', 3],
    // A link may fail more often than a broker hangs up, without the message being to blame.
    ['reset', 9],
  ] as const)('that takes the message after all (%s %i times) has nothing parked', async (how, times) => {
    let ends = 0
    const { outbox } = await against(({ topic }) => (topic === 'n/1' && ends++ < times ? how : 0), 3)
    await empty(outbox)
    expect(ends).toBe(times + 1)
    expect(outbox.parkedBecause.size).toBe(0)
  })

  it('does not keep the gateway from stopping', async () => {
    const { publisher, broker } = await against(() => 'silent', 3)
    await vi.waitFor(() => expect(broker.connects).toBe(1), patient)
    await publisher.stop()
    expect(publisher.stats().connected).toBe(false)
  })
})
