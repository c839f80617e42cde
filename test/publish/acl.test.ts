/** config/mosquitto on a real mosquitto: a gateway speaks under its own name only and hears nothing of the others. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connectAsync, type IClientOptions, type MqttClient } from 'mqtt'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { contractExamples } from '../../scripts/docs/contract-examples.ts'
import { createLog } from '../../src/kit/log.ts'
import { SecretMask } from '../../src/kit/secrets.ts'
import { Publisher } from '../../src/publish/publisher.ts'
import { sampleInventory, sampleMessage } from '../support/alert-samples.ts'
import { type Authority, makeAuthority, makeCertificate } from '../support/certificates.ts'
import { Listener } from '../support/listener.ts'
import { MemoryOutbox } from '../support/memory-outbox.ts'
import { Mosquitto, mosquittoPresent } from '../support/mosquitto.ts'

const patient = { timeout: 20_000, interval: 20 }
const sample = (name: string) =>
  readFileSync(new URL(`../../config/mosquitto/${name}`, import.meta.url), 'utf8')
/** What the helper writes itself. */
const own = /^(listener|autosave_interval) /

describe.skipIf(!mosquittoPresent)('the access list (skipped where mosquitto is not installed)', () => {
  const folder = mkdtempSync(join(tmpdir(), 'skyeye-acl-'))
  let authority: Authority
  let broker: Mosquitto
  let centre: Listener
  const clients: MqttClient[] = []

  beforeAll(async () => {
    authority = makeAuthority(folder, 'ca')
    makeCertificate(folder, 'broker', authority, 'IP:127.0.0.1')
    const lines = sample('mosquitto.conf')
      .split('\n')
      .filter((line) => !own.test(line))
    const config = lines.map((line) => line.replace(/\/etc\/mosquitto\/skyeye\/(?!acl)/, `${folder}/`))
    broker = new Mosquitto({
      scheme: 'mqtts',
      config: config.map((line) => line.replace('/etc/mosquitto/skyeye/acl', '{dir}/acl')),
      files: { acl: sample('acl') },
    })
    await broker.start()
    centre = await Listener.start(broker.url, 'skyeye/#', { ...account('map_centre'), protocolVersion: 5 })
  })

  afterAll(async () => {
    for (const client of clients) await client.endAsync(true)
    await centre.stop()
    await broker.dispose()
    rmSync(folder, { recursive: true, force: true })
  })

  /** A client certificate whose common name is the account. */
  function account(name: string): IClientOptions {
    const { cert, key } = makeCertificate(folder, name, authority, 'DNS:client')
    const [ca, ...pair] = [authority.cert, cert, key].map((path) => readFileSync(path))
    return { ca, cert: pair[0], key: pair[1] }
  }

  async function connected(name: string, more: IClientOptions = {}): Promise<MqttClient> {
    const options = { ...account(name), protocolVersion: 5, reconnectPeriod: 0, ...more } as const
    const client = await connectAsync(broker.url, options, false)
    client.on('error', () => {})
    clients.push(client)
    return client
  }

  /** 0 where the broker took it, otherwise its reason. */
  const send = (client: MqttClient, topic: string, payload = 'x') =>
    client.publishAsync(topic, payload, { qos: 1 }).then(
      () => 0,
      (error: { code?: unknown }) => error.code,
    )
  const heard = (payload: string) => centre.arrived.filter((message) => `${message.payload}` === payload)
  const forbidden = 0x87
  /** What gateways hear. */
  const fromCentre = /^skyeye\/v1\/(commands|receipts)\//

  it('lets a gateway send each of its messages, and under no other name', async () => {
    const gateway = await connected('box-01')
    const topics = Object.values(contractExamples)
      .map(({ topic }) => topic)
      .filter((topic) => !fromCentre.test(topic))
    for (const [i, topic] of topics.entries()) {
      expect(topic.split('/')[3]).toBe('box-01')
      expect(await send(gateway, topic, `own ${i}`), topic).toBe(0)
      await vi.waitFor(() => expect(heard(`own ${i}`)).toHaveLength(1), patient)
      for (const other of ['box-02', 'box-01x', '_']) {
        const topicOfOther = topic.replace(/\/box-01(?=\/|$)/, `/${other}`)
        expect(await send(gateway, topicOfOther, 'another'), topicOfOther).toBe(forbidden)
      }
    }
    for (const topic of ['skyeye/v1/commands/box-01/ping', 'skyeye/v1/receipts/box-01', 'elsewhere'])
      expect(await send(gateway, topic, 'another'), topic).toBe(forbidden)
    expect(await send(gateway, topics[0], 'last')).toBe(0)
    await vi.waitFor(() => expect(heard('last')).toHaveLength(1), patient)
    expect(heard('another')).toEqual([])
  })

  it('lets no last will be told under another name', async () => {
    const will = {
      topic: 'skyeye/v1/gateways/box-02/presence',
      payload: Buffer.from('dead'),
      qos: 1,
    } as const
    const client = await connected('box-01', { will }).catch(() => undefined)
    client?.stream.destroy()
    const gateway = await connected('box-01')
    expect(await send(gateway, 'skyeye/v1/gateways/box-01/presence', 'after the will')).toBe(0)
    await vi.waitFor(() => expect(heard('after the will')).toHaveLength(1), patient)
    expect(heard('dead')).toEqual([])
  })

  it('lets a gateway hear its own commands and receipts, whatever it asks for', async () => {
    const curious = await connected('box-01')
    const topics: string[] = []
    curious.on('message', (topic) => topics.push(topic))
    await curious.subscribeAsync(['#', 'skyeye/v1/#', 'skyeye/v1/commands/+/+'], { qos: 1 }).catch(() => {})
    const [speaker, other] = [await connected('map_centre'), await connected('box-02')]
    expect(await send(other, 'skyeye/v1/alerts/box-02/a/b/c/d/yard/intrusion')).toBe(0)
    for (const gateway of ['box-02', 'box-01']) {
      expect(await send(speaker, `skyeye/v1/commands/${gateway}/ping`)).toBe(0)
      expect(await send(speaker, `skyeye/v1/receipts/${gateway}`)).toBe(0)
    }
    await vi.waitFor(() => expect(topics).toContain('skyeye/v1/receipts/box-01'), patient)
    expect(new Set(topics)).toEqual(new Set(['skyeye/v1/commands/box-01/ping', 'skyeye/v1/receipts/box-01']))
  })

  it('lets the centre speak to gateways and not as one, and nobody else command', async () => {
    const speaker = await connected('map_centre')
    const gateway = await connected('box-01')
    const asked = Object.values(contractExamples).filter(({ topic }) => fromCentre.test(topic))
    expect(asked.length).toBeGreaterThan(9)
    for (const { topic } of asked) {
      expect(await send(speaker, topic), topic).toBe(0)
      expect(await send(gateway, topic), topic).toBe(forbidden)
    }
    expect(await send(gateway, 'skyeye/v1/answers/box-01/of/the/centre')).toBe(0)
    expect(await send(gateway, 'skyeye/v1/answers/box-02/of/the/centre')).toBe(forbidden)
    for (const topic of [
      'gateways/box-01/presence',
      'alerts/box-01/a/b/c/d/yard/intrusion',
      'answers/box-01',
    ])
      expect(await send(speaker, `skyeye/v1/${topic}`), topic).toBe(forbidden)
  })

  it('gives nothing to a name that would be a wildcard, and no entry without a certificate', async () => {
    const wild = await connected('+').catch(() => undefined)
    const topics = ['+', 'box-01', '_'].map((name) => `skyeye/v1/gateways/${name}/presence`)
    const answers = await Promise.all(topics.map((topic) => wild && send(wild, topic, 'wild')))
    expect(answers).not.toContain(0)
    expect(heard('wild')).toEqual([])
    const stranger = { cert: undefined, key: undefined, username: 'box-01' }
    await expect(connected('nobody', stranger)).rejects.toThrow()
  })

  it('holds for accounts with passwords too', async () => {
    const passwords = join(folder, 'passwords')
    execFileSync('mosquitto_passwd', ['-b', '-c', passwords, 'box-01', 'secret-of-01'], { stdio: 'pipe' })
    const config = ['allow_anonymous false', `password_file ${passwords}`, 'acl_file {dir}/acl']
    const plain = new Mosquitto({ config, files: { acl: sample('acl') } })
    try {
      await plain.start()
      const login = { username: 'box-01', protocolVersion: 5, reconnectPeriod: 0 } as const
      const gateway = await connectAsync(plain.url, { ...login, password: 'secret-of-01' }, false)
      clients.push(gateway)
      expect(await send(gateway, 'skyeye/v1/gateways/box-01/presence')).toBe(0)
      expect(await send(gateway, 'skyeye/v1/gateways/box-02/presence')).toBe(forbidden)
      await expect(connectAsync(plain.url, { ...login, password: 'another' }, false)).rejects.toThrow()
    } finally {
      await plain.dispose()
    }
  })

  it('is enough for the gateway as it is', async () => {
    const { cert, key } = makeCertificate(folder, 'box-1', authority, 'DNS:client')
    const outbox = new MemoryOutbox()
    const { id } = outbox.add(sampleMessage())
    const publisher = new Publisher({
      gateway: { id: 'box-1' },
      broker: { url: broker.url, prefix: 'skyeye/v1', tls: { ca: authority.cert, cert, key } },
      outbox,
      announced: outbox,
      cameras: () => [],
      health: () => ({ alive: true }),
      inventory: sampleInventory,
      log: createLog('silent', new SecretMask()),
    })
    publisher.cameraState('yard', { state: 'live', since: 1 })
    await publisher.start()
    const told = (topics: RegExp) => centre.events<{ id: string }>(topics).length
    for (const kind of ['presence', 'health', 'inventory'])
      await vi.waitFor(() => expect(told(new RegExp(`gateways/box-1/${kind}`)), kind).toBe(1), patient)
    await vi.waitFor(() => expect(told(/cameras\/box-1\/yard/)).toBe(1), patient)
    await vi.waitFor(() => expect(centre.events(/alerts\/box-1/)).toMatchObject([{ id }]), patient)
    await publisher.stop()
  })

  it('with the lines for further voices: a gateway speaks in each under its own name, and Home Assistant hears it', async () => {
    const passwords = join(folder, 'voices')
    for (const [i, name] of ['box-1', 'home_assistant'].entries()) {
      const create = i === 0 ? ['-c'] : []
      execFileSync('mosquitto_passwd', ['-b', ...create, passwords, name, 'secret'], { stdio: 'pipe' })
    }
    const open = sample('acl').replaceAll(/^#(?=(pattern|user|topic) )/gm, '')
    expect(open).not.toBe(sample('acl'))
    const config = ['allow_anonymous false', `password_file ${passwords}`, 'acl_file {dir}/acl']
    const login = (username: string) => ({ username, password: 'secret', protocolVersion: 5 }) as const
    const plain = new Mosquitto({ config, files: { acl: open } })
    const closed = new Mosquitto({ config, files: { acl: sample('acl') } })
    try {
      await Promise.all([plain.start(), closed.start()])
      const home = await Listener.start(plain.url, '#', login('home_assistant'))
      const outbox = new MemoryOutbox()
      const publisher = new Publisher({
        gateway: { id: 'box-1' },
        broker: { url: plain.url, prefix: 'skyeye/v1', username: 'box-1', password: 'secret' },
        outbox,
        announced: outbox,
        cameras: () => [],
        health: () => ({ alive: true }),
        inventory: sampleInventory,
        voices: { onvif: { prefix: 'onvif' }, homeAssistant: { discoveryPrefix: 'homeassistant' } },
        log: createLog('silent', new SecretMask()),
      })
      publisher.cameraState('yard', { state: 'live', since: 1 })
      await publisher.start()
      const heardAtHome = () => home.arrived.map(({ topic }) => topic)
      await vi.waitFor(() => {
        expect(heardAtHome()).toContain('homeassistant/device/box-1/config')
        expect(heardAtHome()).toContain('homeassistant/device/box-1/yard/config')
        expect(heardAtHome()).toContain('skyeye/v1/gateways/box-1/presence')
        expect(heardAtHome()).toContain('skyeye/v1/cameras/box-1/yard/state')
      }, patient)
      expect(heardAtHome().filter((topic) => /alerts|inventory|onvif/.test(topic))).toEqual([])
      await publisher.stop()

      const answers = async (broker: Mosquitto, topics: readonly string[]) => {
        const gateway = await connectAsync(broker.url, { ...login('box-1'), reconnectPeriod: 0 }, false)
        clients.push(gateway)
        return Promise.all(topics.map((topic) => send(gateway, topic)))
      }
      const own = [
        'onvif/box-1/onvif-ej/VideoSource/SignalLoss/&yard',
        'homeassistant/device/box-1/yard/config',
      ]
      const foreign = [
        ...own.map((topic) => topic.replace('/box-1/', '/box-2/')),
        'homeassistant/switch/box-1/config',
        'homeassistant/status',
      ]
      expect(await answers(plain, own)).toEqual([0, 0])
      expect(new Set(await answers(plain, foreign))).toEqual(new Set([forbidden]))
      expect(new Set(await answers(closed, own))).toEqual(new Set([forbidden]))
      await home.stop()
    } finally {
      await Promise.all([plain.dispose(), closed.dispose()])
    }
  })
})
