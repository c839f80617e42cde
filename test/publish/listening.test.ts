/** A session hears what it subscribed to, one message after the other, and nothing piles up. */
import { connectAsync, type MqttClient } from 'mqtt'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { openSession } from '../../src/publish/handshake.ts'
import type { Incoming } from '../../src/publish/incoming.ts'
import type { Session } from '../../src/publish/session.ts'
import { Mosquitto, mosquittoPresent } from '../support/mosquitto.ts'
import { ScriptedBroker } from '../support/scripted-broker.ts'

const endings: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end()
})
const patient = { timeout: 20_000, interval: 20 }

async function opened(url: string): Promise<Session> {
  const times = { connectTimeoutMs: 10_000, ackTimeoutMs: 10_000 }
  const options = { broker: { url, prefix: 'p' }, clientId: 'box', protocol: 5, ...times } as const
  const session = await openSession(options, new AbortController().signal)
  endings.push(() => session.close(1_000))
  return session
}

async function connected(): Promise<{ session: Session; centre: MqttClient }> {
  const broker = new Mosquitto()
  endings.push(() => broker.dispose())
  await broker.start()
  const centre = await connectAsync(broker.url, { protocolVersion: 5 })
  endings.push(() => centre.endAsync(true))
  return { session: await opened(broker.url), centre }
}

/** Keeps what it hears; while `gate` is closed it hears no further. */
function ear(filters: string[], mostWaiting = 100) {
  const heard: Incoming[] = []
  const dropped: Incoming[] = []
  const gate = Promise.withResolvers<void>()
  const listener = {
    ...{ filters, mostWaiting },
    hear: (message: Incoming) => {
      heard.push(message)
      return gate.promise
    },
    dropped: (message: Incoming) => dropped.push(message),
  }
  return { heard, dropped, gate, listener: listener as typeof listener & { dropped(): void } }
}

describe.skipIf(!mosquittoPresent)('listening (skipped where mosquitto is not installed)', () => {
  it('hands each message to the listener whose filter fits, with what MQTT 5 says of it', async () => {
    const { session, centre } = await connected()
    await centre.publishAsync('p/receipts/box', 'kept', { qos: 1, retain: true })
    const [commands, receipts] = [ear(['p/commands/box/+']), ear(['p/receipts/box', 'p/more/#'])]
    expect(await session.listen(commands.listener)).toEqual({ kind: 'accepted' })
    expect(await session.listen(receipts.listener)).toEqual({ kind: 'accepted' })
    receipts.gate.resolve()
    await centre.publishAsync('p/commands/box/ping', 'hello', {
      qos: 1,
      properties: {
        responseTopic: 'p/answers/box/1',
        correlationData: Buffer.from([1, 2]),
        messageExpiryInterval: 60,
        userProperties: { who: 'centre' },
      },
    })
    await centre.publishAsync('p/commands/other/ping', 'not for us', { qos: 1 })
    await centre.publishAsync('p/more', 'at the top', { qos: 1 })
    await centre.publishAsync('p/more/a/b', 'below', { qos: 1 })
    await vi.waitFor(() => expect(receipts.heard).toHaveLength(3), patient)
    const texts = receipts.heard.map(({ payload, retain }) => [`${payload}`, retain])
    expect(texts).toEqual([
      ['kept', true],
      ['at the top', false],
      ['below', false],
    ])
    expect(commands.heard).toEqual([
      {
        topic: 'p/commands/box/ping',
        payload: Buffer.from('hello'),
        retain: false,
        responseTopic: 'p/answers/box/1',
        correlationData: Buffer.from([1, 2]),
        messageExpiryInterval: 60,
        userProperties: { who: 'centre' },
      },
    ])
  })

  it('lets so many wait, drops the rest and says so, while publishing goes on', async () => {
    const { session, centre } = await connected()
    const { listener, heard, dropped, gate } = ear(['p/c'], 3)
    await session.listen(listener)
    for (let i = 0; i < 10; i++) await centre.publishAsync('p/c', `${i}`, { qos: 1 })
    await vi.waitFor(() => expect(dropped).toHaveLength(6), patient)
    expect(heard).toHaveLength(1)
    expect(await session.publish({ topic: 'p/a', payload: 'x', retain: false })).toEqual({ kind: 'accepted' })
    gate.resolve()
    await vi.waitFor(() => expect(heard.map(({ payload }) => `${payload}`)).toEqual(['0', '1', '2', '3']))
  })

  it('is spared messages that are too large to be meant for it', async () => {
    const { session, centre } = await connected()
    const { listener, heard, gate } = ear(['p/c'])
    gate.resolve()
    await session.listen(listener)
    await centre.publishAsync('p/c', Buffer.alloc(2 ** 21), { qos: 1 })
    await centre.publishAsync('p/c', 'small', { qos: 1 })
    await vi.waitFor(() => expect(heard.map(({ payload }) => `${payload}`)).toEqual(['small']), patient)
    expect(session.over.aborted).toBe(false)
  })
})

it('says when the broker forbids it, and when the session is over', async () => {
  const broker = new ScriptedBroker(() => 0)
  broker.subscribed = 0x87
  await broker.start()
  endings.push(() => broker.stop())
  const session = await opened(broker.url)
  expect(await session.listen(ear(['p/c']).listener)).toMatchObject({ verdict: 'forbidden' })
  session.drop('enough')
  expect(await session.listen(ear(['p/c']).listener)).toEqual({ kind: 'lost' })
})
