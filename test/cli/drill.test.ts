/** `skyeye drill` against a running gateway and a real broker, by the real socket. */
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connectAsync } from 'mqtt'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { stringify } from 'yaml'
import { readConfig } from '../../src/cli/setup.ts'
import { validateMessage } from '../../src/contract/validate.ts'
import { Gateway } from '../../src/gateway.ts'
import { createLog } from '../../src/kit/log.ts'
import { SecretMask } from '../../src/kit/secrets.ts'
import type { AlertEvent } from '../e2e/consumer.ts'
import { Listener } from '../support/listener.ts'
import { freePort, Mosquitto, mosquittoPresent } from '../support/mosquitto.ts'
import { spotModels } from '../support/spot-model.ts'
import { ran } from './program.ts'

const until = (check: () => unknown) => vi.waitFor(check, { timeout: 60_000, interval: 50 })

let folder: string
let config: string
let port: number
let broker: Mosquitto
let listener: Listener
let gateway: Gateway | undefined

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'skyeye-drill-'))
  config = join(folder, 'skyeye.yaml')
  port = await freePort()
  broker = new Mosquitto({ persistent: true })
  await broker.start()
  listener = await Listener.start(broker.url, 'skyeye/#', { clientId: 'centre', clean: false })
  write()
})

function write(sections: object = {}): void {
  writeFileSync(
    config,
    stringify({
      gateway: { id: 'gw' },
      dataDir: join(folder, 'data'),
      // biome-ignore lint/suspicious/noTemplateCurlyInString: the variable is that of the configuration.
      broker: { url: broker.url, username: 'gw', password: '${DRILL_PASSWORD}' },
      http: { port },
      analysis: { workers: 1 },
      cameras: ['yard', 'gate'].map((id) => ({
        ...{ id, name: `camera ${id}`, enabled: id === 'gate' ? false : undefined },
        url: 'rtsp://127.0.0.1:9/none',
      })),
      ...sections,
    }),
  )
}

afterEach(async () => {
  await gateway?.stop()
  gateway = undefined
  await listener.stop()
  await broker.dispose()
  rmSync(folder, { recursive: true, force: true })
})

async function start(): Promise<void> {
  const { config: read } = await readConfig(config, { env: { DRILL_PASSWORD: 'secret' } })
  gateway = new Gateway({
    ...{ config: read, version: '0.0.0-test', models: spotModels(join(folder, 'models')) },
    log: createLog('silent', new SecretMask()),
    onHung: () => expect.unreachable('no run hangs here'),
  })
  await gateway.start()
}

const drill = (...args: string[]) => ran(['drill', '--config', config, ...args])
const alerts = () => listener.events<AlertEvent & { data: { drill: boolean } }>(/\/alerts\//)

describe.skipIf(!mosquittoPresent)('drill (skipped where mosquitto is not installed)', () => {
  it('raises an alert that is marked, begins and ends, and says when the disk and the broker had it', async () => {
    await start()
    const { status, out, err } = await drill()
    expect([status, err]).toEqual([0, ''])
    expect(out).toMatch(
      /^drill [0-9a-f-]{36} on camera yard\ncommitted after \d+ ms\nthe broker had it after \d+ ms\n$/,
    )
    await until(() => expect(alerts()).toHaveLength(2))
    const [, id] = out.split(' ')
    for (const event of alerts()) {
      expect(validateMessage(event)).toEqual([])
      expect(event.data).toMatchObject({ alert: id, drill: true, rule: 'drill', camera: { id: 'yard' } })
    }
    expect(alerts().map(({ data }) => data.phase)).toEqual(['began', 'ended'])
  })

  it('says that the broker is away and how many messages wait before it; it arrives when the broker is back', async () => {
    await start()
    await broker.stop()
    await drill('--timeout', '0.5')
    const { status, out } = await drill('--timeout', '1', '--json')
    expect(status).toBe(1)
    const { facts, committedMs, brokerMs } = JSON.parse(out)
    expect(facts).toMatchObject({ camera: 'yard', state: 'waiting', ahead: 3 })
    expect(facts.broker.connected).toBe(false)
    expect([typeof committedMs, brokerMs]).toEqual(['number', undefined])
    const third = await drill('--timeout', '0.5')
    expect(third.status).toBe(1)
    expect(third.out).toMatch(
      /committed after \d+ ms\nthe broker is away \(.+\): it waits in the outbox behind 5 older messages and leaves when it can\n$/,
    )
    await broker.start()
    await until(() => expect(alerts()).toHaveLength(6))
  })

  it('waits for the centre where receipts are required, and says that it has not confirmed', async () => {
    write({ publish: { receipts: 'required' } })
    await start()
    const unheard = await drill('--timeout', '2')
    expect(unheard.status).toBe(1)
    expect(unheard.out).toMatch(
      /committed after \d+ ms\nthe broker had it after \d+ ms\nthe centre has not confirmed it yet: .*\n$/,
    )
    const centre = await connectAsync(broker.url)
    centre.on('message', (_, payload) => {
      const { epoch, sequence } = JSON.parse(String(payload)) as AlertEvent
      void centre.publishAsync('skyeye/v1/receipts/gw', JSON.stringify({ epoch, class: 'alert', sequence }))
    })
    await centre.subscribeAsync('skyeye/v1/alerts/#')
    const { status, out, err } = await drill()
    await centre.endAsync()
    expect([status, err]).toEqual([0, ''])
    expect(out).toMatch(/\nthe broker had it after \d+ ms\nthe centre had it after \d+ ms\n$/)
  })

  it('says that there is no such camera, and which there are', async () => {
    await start()
    const { status, out, err } = await drill('--camera', 'roof')
    expect([status, out]).toEqual([1, ''])
    expect(err).toBe('skyeye drill: there is no camera "roof" (cameras: yard)\n')
  })

  it('finds a gateway that follows one that was killed, by a socket that nobody else can open', async () => {
    const socket = join(folder, 'data/control/gateway')
    mkdirSync(join(folder, 'data/control'), { recursive: true, mode: 0o700 })
    writeFileSync(socket, '')
    await start()
    const modes = [socket, join(folder, 'data/control')].map((path) => statSync(path).mode & 0o777)
    expect(modes).toEqual([0o600, 0o700])
    expect((await drill()).status).toBe(0)
  })

  it('says that no gateway runs there', async () => {
    const { status, out, err } = await drill()
    expect([status, out]).toEqual([1, ''])
    expect(err).toMatch(
      /^skyeye drill: no gateway runs in .*data: start it, name its configuration with --config, or ask from the folder in which it was started\n$/,
    )
    await start()
    await gateway?.stop()
    expect((await drill()).err).toBe(err)
  })
})
