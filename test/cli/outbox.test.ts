/** `skyeye outbox` against a running gateway and a real broker: what was refused is seen, and sent again when the reason is gone. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { stringify } from 'yaml'
import { readConfig } from '../../src/cli/setup.ts'
import type { AlertEvent } from '../../src/contract/alert-schema.ts'
import type { TombstoneData } from '../../src/contract/tombstone-schema.ts'
import { validateMessage } from '../../src/contract/validate.ts'
import { Gateway } from '../../src/gateway.ts'
import type { OutboxFacts } from '../../src/http/ports.ts'
import { createLog } from '../../src/kit/log.ts'
import { SecretMask } from '../../src/kit/secrets.ts'
import { Listener } from '../support/listener.ts'
import { freePort, Mosquitto, mosquittoPresent } from '../support/mosquitto.ts'
import { spotModels } from '../support/spot-model.ts'
import { Program, ran } from './program.ts'

const until = (check: () => unknown) => vi.waitFor(check, { timeout: 60_000, interval: 50 })

/** Between an alert of the camera with the short name, or a tombstone, and one of the other. */
const tooSmall = ['allow_anonymous true', 'max_packet_size 1200']

let folder: string
let config: string
let broker: Mosquitto
let listener: Listener
let gateway: Gateway | undefined

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'skyeye-outbox-'))
  config = join(folder, 'skyeye.yaml')
  broker = new Mosquitto({ config: tooSmall })
  await broker.start()
  listener = await Listener.start(broker.url)
  gateway = await started()
})

async function started(publish: object = {}): Promise<Gateway> {
  const url = 'rtsp://127.0.0.1:9/none'
  const document = {
    gateway: { id: 'gw' },
    dataDir: join(folder, 'data'),
    broker: { url: broker.url },
    http: { port: await freePort() },
    ...{ analysis: { workers: 1 }, publish },
    cameras: [
      { id: 'yard', name: 'yard', url },
      { id: 'gate', name: '门'.repeat(100), address: { code: '1', text: '路'.repeat(100) }, url },
    ],
  }
  writeFileSync(config, stringify(document))
  const { config: read } = await readConfig(config)
  const made = new Gateway({
    ...{ config: read, version: '0.0.0-test', models: spotModels(join(folder, 'models')) },
    log: createLog('silent', new SecretMask()),
    onHung: () => expect.unreachable('no run hangs here'),
  })
  await made.start()
  return made
}

afterEach(async () => {
  await gateway?.stop()
  await listener.stop()
  await broker.dispose()
  rmSync(folder, { recursive: true, force: true })
})

const skyeye = (...args: string[]) => ran([...args, '--config', config])

const facts = async () => JSON.parse((await skyeye('outbox', '--json')).out) as OutboxFacts

const alerts = (camera: string) =>
  listener.events<AlertEvent>(/\/alerts\//).filter(({ data }) => data.camera.id === camera)

const refusedNumbers = () =>
  listener
    .events<{ data: TombstoneData }>(/\/tombstones\//)
    .filter(({ data }) => data.class === 'alert' && data.because === 'refused')
    .flatMap(({ data }) =>
      data.ranges.flatMap(({ first, last }) => (first === last ? [first] : [first, last])),
    )

/** Raises a drill whose two messages are both too large. */
async function raiseRefused() {
  const { status, out } = await skyeye('drill', '--camera', 'gate')
  expect([status, out]).toEqual([1, expect.stringContaining('the broker refused it for good')])
  await until(async () => expect((await facts()).parked).toHaveLength(2))
  return (await facts()).parked
}

/** A broker that has lost its limit, and all it knew. */
async function raiseLimit(): Promise<void> {
  await broker.stop()
  const before = listener.arrived.length
  await broker.configure(['allow_anonymous true'])
  await broker.start()
  const isBack = ({ topic }: { topic: string }) => topic.endsWith('/presence')
  await until(() => expect(listener.arrived.slice(before).some(isBack)).toBe(true))
}

describe.skipIf(!mosquittoPresent)('outbox (skipped where mosquitto is not installed)', () => {
  it('shows what the broker refused, of which the centre is told, and sends it again under its own id and number', async () => {
    expect((await skyeye('drill', '--camera', 'yard')).status).toBe(0)
    const parked = await raiseRefused()
    expect(parked).toMatchObject([
      { class: 'alert', sequence: 3, parkedBecause: expect.stringContaining('packet too large') },
      { class: 'alert', sequence: 4, topic: expect.stringContaining('/gate/') },
    ])
    const { out } = await skyeye('outbox')
    expect(out).toMatch(/^the broker is connected\nclass +waiting +unconfirmed +kept +parked/)
    expect(out).toMatch(/\nalert +0 +0 +2 +2 +\d+\n/)
    for (const { id, sequence, createdAt } of parked)
      expect(out).toMatch(
        `${id}  alert  ${sequence}       ${new Date(createdAt).toISOString()}  packet too large`,
      )
    await until(() => expect([...new Set(refusedNumbers())]).toEqual([3, 4]))

    await raiseLimit()
    expect(alerts('gate')).toEqual([])
    const one = await skyeye('outbox', 'requeue', parked[1].id)
    expect(one).toEqual({ status: 0, out: '1 message waits again\n', err: '' })
    await until(() => expect(alerts('gate')).toHaveLength(1))
    const all = await skyeye('outbox', 'requeue', '--all', '--json')
    expect(all).toEqual({ status: 0, out: '{"requeued":1}\n', err: '' })
    await until(() => expect(alerts('gate')).toHaveLength(2))
    for (const event of alerts('gate')) expect(validateMessage(event)).toEqual([])
    expect(alerts('gate').map(({ id, sequence }) => [id, sequence])).toEqual([
      [parked[1].id, 4],
      [parked[0].id, 3],
    ])
    await until(async () => expect(await facts()).toMatchObject({ parked: [] }))
    expect((await skyeye('outbox', 'requeue', '--all')).out).toBe('nothing is parked\n')
  }, 120_000)

  it('keeps what was refused although the centre confirms all the rest, also once it was sent again', async () => {
    await gateway?.stop()
    gateway = await started({ receipts: 'required' })
    const args = ['--broker', broker.url, '--database', join(folder, 'centre.db'), '--receipts']
    const centre = new Program([
      fileURLToPath(new URL('../../scripts/consumer.ts', import.meta.url)),
      ...args,
    ])
    onTestFinished(() => centre.kill())
    const connects = () => centre.err.split('listening').length - 1
    await until(() => expect(connects()).toBe(1))
    await raiseRefused()
    expect((await skyeye('drill', '--camera', 'yard')).status).toBe(0)
    await until(async () => {
      const { classes } = await facts()
      expect(classes).toMatchObject([{ class: 'alert', waiting: 0, unconfirmed: 0, kept: 0, parked: 2 }])
    })
    await raiseLimit()
    await until(() => expect(connects()).toBe(2))
    await skyeye('outbox', 'requeue', '--all')
    // No receipt speaks for it any more: it stays for a replay.
    const sent = { class: 'alert', waiting: 0, unconfirmed: 0, kept: 2, parked: 0 }
    await until(async () => expect((await facts()).classes).toMatchObject([sent]))
    await until(() => expect(centre.out).toMatch(/ {2}late\n/))
  }, 120_000)

  it('parks again what the broker still refuses', async () => {
    const parked = await raiseRefused()
    expect((await skyeye('outbox', 'requeue', '--all')).out).toBe('2 messages wait again\n')
    await until(async () => expect((await facts()).parked).toEqual(parked))
    expect(alerts('gate')).toEqual([])
  }, 120_000)

  it('says that the broker is away, and since when something waits', async () => {
    await broker.stop()
    const before = Date.now()
    await skyeye('drill', '--camera', 'yard', '--timeout', '0.1')
    const { classes, broker: link, parked } = await facts()
    expect([link.connected, parked]).toEqual([false, []])
    expect(classes).toMatchObject([{ class: 'alert', waiting: 2, unconfirmed: 0, kept: 0, parked: 0 }])
    expect(classes[0].oldestAt).toBeGreaterThanOrEqual(before)
    expect((await skyeye('outbox')).out).toMatch(/^the broker is away \(.+\)\nclass .*\nalert +2 /)
  }, 120_000)

  it('says what is wrong: no such message, no running gateway, arguments that make no sense', async () => {
    const { out } = await skyeye('outbox')
    expect(out).toMatch(/^the broker is .*\nnothing is in the outbox\n$/)
    expect(await skyeye('outbox', 'requeue', 'another')).toEqual({
      ...{ status: 1, out: '' },
      err: 'skyeye outbox: no message another is parked: skyeye outbox lists those that are\n',
    })
    for (const args of [
      ['requeue'],
      ['requeue', 'one', '--all'],
      ['--all'],
      ['requeu'],
      ['requeue', 'a', 'b'],
    ]) {
      const { status, err } = await skyeye('outbox', ...args)
      expect([status, err]).toEqual([2, expect.stringMatching(/^skyeye outbox: takes nothing, or requeue /)])
    }
    await gateway?.stop()
    const { status, err } = await skyeye('outbox')
    expect([status, err]).toEqual([1, expect.stringMatching(/^skyeye outbox: no gateway runs in .*data: /)])
  }, 120_000)
})
