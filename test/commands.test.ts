/** Commands from the centre over a real broker with the access list that we give away. */
import { execFileSync, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { connectAsync, type IClientPublishOptions, type MqttClient } from 'mqtt'
import { v4 as anyId, v7 as newId } from 'uuid'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { alertRecord } from '../src/alert-record.ts'
import type { CommandsOptions } from '../src/commands.ts'
import type { AnswerData } from '../src/contract/answer-schema.ts'
import { validateMessage, validateSnapshotHeaders } from '../src/contract/validate.ts'
import type { Alert } from '../src/domain/alert.ts'
import type { Camera } from '../src/domain/camera.ts'
import { createLog } from '../src/kit/log.ts'
import { SecretMask } from '../src/kit/secrets.ts'
import type { Still } from '../src/stills.ts'
import { sampleAlert, sampleCamera } from './support/alert-samples.ts'
import { commandedBox } from './support/commanded-box.ts'
import { Listener } from './support/listener.ts'
import { Mosquitto, mosquittoPresent } from './support/mosquitto.ts'

const patient = { timeout: 30_000, interval: 20 }
const actor = { kind: 'operator', name: '李敏' }
const secret = 'secret-of-all'
const log = createLog('silent', new SecretMask())
const acl = readFileSync(new URL('../config/mosquitto/acl', import.meta.url), 'utf8')

let dir: string
let broker: Mosquitto
let centre: MqttClient
let listener: Listener
let box: ReturnType<typeof commandedBox>

beforeEach(async () => {
  if (!mosquittoPresent) return
  dir = mkdtempSync(join(tmpdir(), 'skyeye-commands-'))
  const passwords = join(dir, 'passwords')
  for (const [i, name] of ['map_centre', 'box-1', 'box-2'].entries()) {
    execFileSync('mosquitto_passwd', ['-b', ...(i === 0 ? ['-c'] : []), passwords, name, secret], {
      stdio: 'pipe',
    })
  }
  const config = ['allow_anonymous false', `password_file ${passwords}`, 'acl_file {dir}/acl']
  broker = new Mosquitto({ config, files: { acl } })
  await broker.start()
  centre = await login('map_centre')
  listener = await Listener.start(broker.url, 'skyeye/v1/#', { ...account('map_centre'), protocolVersion: 5 })
})

afterEach(async () => {
  if (!mosquittoPresent) return
  await box?.stop()
  await centre.endAsync(true)
  await listener.stop()
  await broker.dispose()
  rmSync(dir, { recursive: true, force: true })
})

const account = (username: string) => ({ username, password: secret })
const login = (name: string) => connectAsync(broker.url, { ...account(name), protocolVersion: 5 })

async function start(change: Partial<CommandsOptions> = {}): Promise<void> {
  box = commandedBox(join(dir, 'data'), { url: broker.url, ...account('box-1') }, log, change)
  await box.start()
  // It listens once it has said that it is there, or a moment later.
  await vi.waitFor(async () => expect((await ask('ping', {}, {}, 500)).outcome).toBe('done'), patient)
}

/** A box that is asked for pictures, and gives none before `still` is resolved. */
async function startWaiting() {
  const still = Promise.withResolvers<'none'>()
  let asked = 0
  await start({
    still: () => {
      asked++
      return still.promise
    },
  })
  return { still, asked: () => asked }
}

function envelope(verb: string, data: object, change: object = {}): Record<string, unknown> {
  const now = Date.now()
  return {
    ...{ specversion: '1.0', id: anyId(), source: '/centre', type: `skyeye.command.${verb}` },
    time: new Date(now).toISOString(),
    expirytime: new Date(now + 60_000).toISOString(),
    data: { actor, ...data },
    ...change,
  }
}

/** As a centre does: an answer topic of its own below the gateway's, and correlation data. */
async function send(verb: string, payload: string | Buffer, waitMs = 20_000): Promise<AnswerData> {
  const mark = Buffer.from(newId())
  const responseTopic = `skyeye/v1/answers/box-1/${newId()}`
  const options: IClientPublishOptions = { qos: 1, properties: { responseTopic, correlationData: mark } }
  await centre.publishAsync(`skyeye/v1/commands/box-1/${verb}`, payload, options)
  const found = await vi.waitFor(
    () => {
      const answers = listener.arrived.filter(({ topic }) => topic === responseTopic)
      expect(answers).toHaveLength(1)
      return answers[0]
    },
    { timeout: waitMs, interval: 10 },
  )
  expect(found.packet.properties?.correlationData).toEqual(mark)
  expect(found.retain).toBe(false)
  const event = JSON.parse(`${found.payload}`) as { source: string; data: AnswerData }
  expect(validateMessage(event)).toEqual([])
  expect(event.source).toBe('/gateways/box-1')
  return event.data
}

const ask = (verb: string, data: object, change: object = {}, waitMs?: number) =>
  send(verb, JSON.stringify(envelope(verb, data, change)), waitMs)

async function saveAlert(change: Partial<Alert> = {}): Promise<string> {
  const alert = sampleAlert(change)
  const facts = {
    gateway: 'box-1',
    prefix: 'skyeye/v1',
    models: [],
    camera: sampleCamera,
    alert,
    picture: undefined,
  }
  await box.store.saveAlert(alertRecord({ ...facts, messageId: newId(), snapshotId: newId() }))
  return alert.id
}

interface Told {
  readonly sequence: number
  readonly data: { readonly alert: string; readonly revision: number; readonly state: string }
}
const dispositions = () => listener.events<Told>(/\/dispositions\//)

/** What they are, how they are refused, and the command. */
const refusals: readonly [string, string, string, () => string | Buffer][] = [
  ['unknown', 'unknown-verb', 'self-destruct', () => '{}'],
  ['too large', 'too-large', 'ping', () => JSON.stringify(envelope('ping', { pad: 'x'.repeat(65_536) }))],
  ['no JSON', 'malformed', 'ping', () => '{"a":'],
  ['no UTF-8', 'malformed', 'ping', () => Buffer.from([0xff, 0xfe, 0x00])],
  ['nothing', 'malformed', 'ping', () => ''],
  ['null', 'malformed', 'ping', () => 'null'],
  ['deeply nested', 'malformed', 'ping', () => '['.repeat(30_000) + ']'.repeat(30_000)],
  [
    'without an expiry',
    'malformed',
    'ping',
    () => JSON.stringify(envelope('ping', {}, { expirytime: undefined })),
  ],
  ['without an actor', 'malformed', 'ping', () => JSON.stringify(envelope('ping', { actor: undefined }))],
  ['of another verb', 'malformed', 'ping', () => JSON.stringify(envelope('config-report', {}))],
  [
    'misspelt',
    'malformed',
    'camera-pause',
    () => JSON.stringify(envelope('camera-pause', { camera: 'yard', paused: true, untill: 'noon' })),
  ],
  [
    'expired',
    'expired',
    'ping',
    () => JSON.stringify(envelope('ping', {}, { expirytime: '2026-01-01T00:00:00.000Z' })),
  ],
  [
    'valid for too long',
    'invalid',
    'ping',
    () =>
      JSON.stringify(envelope('ping', {}, { expirytime: new Date(Date.now() + 90_000_000).toISOString() })),
  ],
  [
    'until a time that is over',
    'invalid',
    'camera-pause',
    () =>
      JSON.stringify(
        envelope('camera-pause', { camera: 'yard', paused: true, until: '2026-01-01T00:00:00.000Z' }),
      ),
  ],
  [
    'about no camera',
    'not-found',
    'camera-pause',
    () => JSON.stringify(envelope('camera-pause', { camera: 'moon', paused: true })),
  ],
  [
    'about no rule',
    'not-found',
    'rule-enable',
    () => JSON.stringify(envelope('rule-enable', { camera: 'yard', rule: 'day', enabled: false })),
  ],
  [
    'about no alert',
    'not-found',
    'acknowledge',
    () => JSON.stringify(envelope('acknowledge', { alert: newId(), revision: 0 })),
  ],
  [
    'a picture without consent',
    'consent',
    'snapshot-now',
    () => JSON.stringify(envelope('snapshot-now', { camera: 'shop' })),
  ],
  [
    'a range that ends before it begins',
    'invalid',
    'replay',
    () => JSON.stringify(envelope('replay', { class: 'alert', epoch: 'e', from: 3, to: 2 })),
  ],
]

describe.skipIf(!mosquittoPresent)('commands (skipped where mosquitto is not installed)', () => {
  it('are answered where the centre asks for it, with its correlation data', async () => {
    await start()
    expect(await ask('ping', {})).toMatchObject({
      ...{ verb: 'ping', outcome: 'done', repeated: false },
      result: { version: '0.0.0-test', epoch: box.store.epoch },
      audit: { sequence: expect.any(Number), hash: expect.stringMatching(/^[0-9a-f]{64}$/) },
    })
    expect((await ask('config-report', {})).result).toEqual({ configuration: { gateway: { id: 'box-1' } } })
  })

  it('go nowhere but below the answers of the gateway, whatever the centre asks for', async () => {
    await start()
    const astray = [
      'skyeye/v1/alerts/box-1/_/_/_/_/yard/intrusion',
      'skyeye/v1/answers/box-2/x',
      'skyeye/v1/answers/box-10',
      'elsewhere',
    ]
    for (const responseTopic of astray) {
      const command = envelope('ping', {})
      const options = { qos: 1, properties: { responseTopic } } as const
      await centre.publishAsync('skyeye/v1/commands/box-1/ping', JSON.stringify(command), options)
      const own = () => listener.events<{ data: AnswerData }>(/\/answers\/box-1$/)
      await vi.waitFor(() => expect(own().map(({ data }) => data.command)).toContain(command.id), patient)
    }
    expect(listener.arrived.filter(({ topic }) => astray.includes(topic))).toEqual([])
    expect(box.publisher.stats()).toMatchObject({ connected: true, connects: 1 })
  })

  it('are given by nobody but the centre', async () => {
    await start()
    const stranger = await login('box-2')
    const sent = stranger.publishAsync('skyeye/v1/commands/box-1/ping', '{}', { qos: 1 })
    await expect(sent).rejects.toMatchObject({ code: 0x87 })
    await stranger.endAsync(true)
  })

  it('decide about alerts: told in order, numbered, and refused to whoever has not seen the newest', async () => {
    await start()
    const alert = await saveAlert()
    const other = await saveAlert()
    const steps = [
      await ask('acknowledge', { alert, revision: 0 }),
      await ask('assign', { alert, revision: 1, cell: '0113', due: '2026-11-23T09:00:00.000Z' }),
      await ask('acknowledge', { alert: other, revision: 0 }),
      await ask('comment', { alert, revision: 2, reason: '快递员' }),
      await ask('dispose', { alert, revision: 3, state: 'resolved' }),
    ]
    expect(steps.map(({ outcome }) => outcome)).toEqual(Array(5).fill('done'))
    expect(await ask('acknowledge', { alert, revision: 3 })).toMatchObject({
      outcome: 'refused',
      refusal: { code: 'conflict', current: { revision: 4, state: 'resolved' } },
    })
    expect((await ask('assign', { alert: other, revision: 1, cell: 'nowhere' })).refusal?.code).toBe(
      'not-found',
    )
    await vi.waitFor(() => expect(dispositions()).toHaveLength(5), patient)
    for (const event of dispositions()) expect(validateMessage(event)).toEqual([])
    expect(
      dispositions().map(({ sequence, data }) => [sequence, data.alert, data.revision, data.state]),
    ).toEqual([
      [1, alert, 1, 'acknowledged'],
      [2, alert, 2, 'assigned'],
      [3, other, 1, 'acknowledged'],
      [4, alert, 3, 'commented'],
      [5, alert, 4, 'resolved'],
    ])
  })

  it('are done once: a repeat is answered from the record, and another command under that id refused', async () => {
    await start()
    const alert = await saveAlert()
    const text = JSON.stringify(envelope('acknowledge', { alert, revision: 0 }))
    const [first, ...repeats] = await Promise.all([1, 2, 3].map(() => send('acknowledge', text)))
    expect([first, ...repeats].filter(({ repeated }) => !repeated)).toHaveLength(1)
    const later = await send('acknowledge', text)
    expect(later).toEqual({ ...first, repeated: true })
    const { id } = JSON.parse(text) as { id: string }
    const another = await ask('comment', { alert, revision: 1, reason: 'x' }, { id })
    expect(another.refusal?.code).toBe('id-reused')
    expect(box.commands.counts()).toMatchObject({ repeated: 3 })
    await vi.waitFor(() => expect(dispositions()).toHaveLength(1), patient)
  })

  it('are answered from the record also where the box was killed between doing and answering', async () => {
    await start()
    const alert = await saveAlert()
    await box.stop()
    const program = fileURLToPath(new URL('support/killed-box.ts', import.meta.url))
    const child = fork(program, [join(dir, 'data'), broker.url, 'box-1', secret])
    const text = JSON.stringify(envelope('acknowledge', { alert, revision: 0 }))
    const dead = once(child, 'exit')
    const timer = setInterval(
      () => centre.publish('skyeye/v1/commands/box-1/acknowledge', text, { qos: 1 }),
      200,
    )
    expect(await dead).toEqual([null, 'SIGKILL'])
    clearInterval(timer)
    const answered = listener.events<{ data: AnswerData }>(/\/answers\//).map(({ data }) => data.command)
    expect(answered).not.toContain((JSON.parse(text) as { id: string }).id)
    await start()
    expect(await send('acknowledge', text)).toMatchObject({
      ...{ outcome: 'done', repeated: true },
      result: { standing: { revision: 1, state: 'acknowledged' } },
    })
    await vi.waitFor(() => expect(dispositions()).toHaveLength(1), patient)
    expect(dispositions()[0]).toMatchObject({ sequence: 1, data: { alert, revision: 1 } })
  }, 60_000)

  it('that are none, or cannot be done, get a clear refusal and harm nothing', async () => {
    await start()
    const alert = await saveAlert()
    for (const [what, code, verb, payload] of refusals) {
      const answer = await send(verb, payload())
      expect(answer, what).toMatchObject({ outcome: 'refused', repeated: false, refusal: { code } })
    }
    expect(await box.store.overrides()).toEqual([])
    expect((await ask('acknowledge', { alert, revision: 0 })).outcome).toBe('done')
    expect(box.publisher.stats()).toMatchObject({ connected: true, connects: 1 })
    expect(box.commands.counts()).toMatchObject({ refused: refusals.length, missed: 0 })
  })

  it('that are retained are refused, for they would come again at each connect', async () => {
    await start()
    const text = JSON.stringify(envelope('camera-pause', { camera: 'yard', paused: true }))
    await box.stop()
    await centre.publishAsync('skyeye/v1/commands/box-1/camera-pause', text, { qos: 1, retain: true })
    await start()
    await vi.waitFor(
      () =>
        expect(listener.events<{ data: AnswerData }>(/\/answers\/box-1$/).at(-1)?.data.refusal?.code).toBe(
          'malformed',
        ),
      patient,
    )
    expect(await box.store.overrides()).toEqual([])
  })

  it('switch rules and cameras in one step with their record, tell the gateway, and end by themselves', async () => {
    const seen: string[] = []
    await start({ overridden: async () => void seen.push(JSON.stringify(box.commands.overrides)) })
    const until = new Date(Date.now() + 3_000).toISOString()
    expect((await ask('rule-enable', { camera: 'yard', rule: 'night', enabled: false })).outcome).toBe('done')
    expect((await ask('camera-pause', { camera: 'yard', paused: true, until })).result).toEqual({
      ...{ camera: 'yard', paused: true, until },
    })
    const rule = { camera: 'yard', rule: 'night' }
    expect(await box.store.overrides()).toEqual([{ camera: 'yard', until: Date.parse(until) }, rule])
    expect(box.commands.overrides).toEqual([{ camera: 'yard', until: Date.parse(until) }, rule])
    await vi.waitFor(() => expect(seen.at(-1)).toBe(JSON.stringify([rule])), patient)
    await ask('rule-enable', { camera: 'yard', rule: 'night', enabled: true })
    expect(seen.at(-1)).toBe('[]')
    expect(seen).toHaveLength(4)
  })

  it('bring a picture as a snapshot with its number, and the answer says which', async () => {
    await start()
    const { result } = await ask('snapshot-now', { camera: 'yard' })
    expect(result?.snapshot).toMatchObject({
      width: 640,
      height: 360,
      redacted: true,
      time: '2026-11-23T00:00:00.000Z',
    })
    await vi.waitFor(
      () => expect(listener.arrived.some(({ topic }) => topic === result?.snapshot?.topic)).toBe(true),
      patient,
    )
    const arrived = listener.arrived.find(({ topic }) => topic === result?.snapshot?.topic)
    expect([...(arrived?.payload ?? [])]).toEqual(Array(5_000).fill(7))
    const headers = arrived?.packet.properties?.userProperties
    expect(validateSnapshotHeaders({ ...headers })).toEqual([])
    expect(headers).toMatchObject({ class: 'snapshot', sequence: '1', sha256: result?.snapshot?.sha256 })
  })

  it('bring no picture where the consent ended while the frame was waited for', async () => {
    const still = Promise.withResolvers<Still>()
    let tier: Camera['tier'] = 'public'
    let asked = 0
    await start({
      camera: (id) => ({ ...sampleCamera, id, tier }),
      still: () => {
        asked++
        return still.promise
      },
    })
    const answer = ask('snapshot-now', { camera: 'yard' })
    await vi.waitFor(() => expect(asked).toBe(1), patient)
    tier = 'shop'
    still.resolve({ picture: { jpeg: new Uint8Array(9), width: 4, height: 4, faces: 0 }, frameTime: 0 })
    expect((await answer).refusal?.code).toBe('consent')
    expect(await box.store.held()).toEqual([])
  })

  it('are waited for where many ask for pictures at once, so that the box is not flooded', async () => {
    const { still, asked } = await startWaiting()
    const pictures = Array.from({ length: 30 }, () => ask('snapshot-now', { camera: 'yard' }))
    await vi.waitFor(() => expect(asked()).toBe(17), patient)
    // Later ones would have been asked for by now, as the first were.
    await expect(ask('ping', {}, {}, 500)).rejects.toThrow()
    expect(asked()).toBe(17)
    still.resolve('none')
    await Promise.all(pictures)
  })

  it('can be taken back also once the camera is no longer configured', async () => {
    let isThere = true
    await start({ camera: (id) => (isThere ? { ...sampleCamera, id } : undefined) })
    expect((await ask('camera-pause', { camera: 'yard', paused: true })).outcome).toBe('done')
    isThere = false
    expect((await ask('camera-pause', { camera: 'yard', paused: true })).refusal?.code).toBe('not-found')
    expect((await ask('camera-pause', { camera: 'yard', paused: false })).outcome).toBe('done')
    expect((await ask('camera-pause', { camera: 'yard', paused: false })).refusal?.code).toBe('not-found')
    expect(await box.store.overrides()).toEqual([])
  })

  it('are heard while a picture lets itself be waited for, which a repeat does not make a second time', async () => {
    const { still, asked } = await startWaiting()
    const text = JSON.stringify(envelope('snapshot-now', { camera: 'yard' }))
    const pictures = [send('snapshot-now', text), send('snapshot-now', text)]
    await vi.waitFor(() => expect(asked()).toBe(1), patient)
    expect((await ask('ping', {})).outcome).toBe('done')
    still.resolve('none')
    const answers = await Promise.all(pictures)
    expect(answers.map(({ refusal }) => refusal?.code)).toEqual(['unavailable', 'unavailable'])
    expect(answers.map(({ repeated }) => repeated).sort()).toEqual([false, true])
    expect(asked()).toBe(1)
  })

  it('send a range again, under the same ids and numbers, and say what is missing', async () => {
    await start()
    for (let i = 0; i < 4; i++) await saveAlert()
    box.publisher.nudge()
    const alerts = () => listener.events<{ id: string; sequence: number }>(/\/alerts\//)
    await vi.waitFor(() => expect(alerts()).toHaveLength(4), patient)
    await vi.waitFor(async () => expect((await box.store.counts()).pending).toBe(0), patient)
    const { epoch } = box.store
    const answer = await ask('replay', { class: 'alert', epoch, from: 2, to: 9 })
    expect(answer.result).toEqual({ requeued: 3, missing: 5 })
    await vi.waitFor(() => expect(alerts()).toHaveLength(7), patient)
    expect(
      alerts()
        .slice(4)
        .map(({ id, sequence }) => [id, sequence]),
    ).toEqual(
      alerts()
        .slice(1, 4)
        .map(({ id, sequence }) => [id, sequence]),
    )
  })
})
