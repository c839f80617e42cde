/** The example of a centre: it stores every alert once, whatever comes twice, late or never, and says so. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import Database from 'better-sqlite3'
import { connectAsync, type MqttClient } from 'mqtt'
import { v7 as newId } from 'uuid'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { finishMessage } from '../../src/contract/alert-message.ts'
import { tombstoneMessage } from '../../src/contract/tombstone-message.ts'
import { sampleCamera, sampleMessage } from '../support/alert-samples.ts'
import { Mosquitto, mosquittoPresent } from '../support/mosquitto.ts'

const program = fileURLToPath(new URL('../../scripts/consumer.ts', import.meta.url))
const epoch = newId()
const until = (check: () => unknown) => vi.waitFor(check, { timeout: 30_000, interval: 50 })

let folder: string
let broker: Mosquitto
let gateway: MqttClient
let children: ChildProcess[]

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'skyeye-consumer-'))
  broker = new Mosquitto()
  await broker.start()
  gateway = await connectAsync(broker.url, { protocolVersion: 5 })
  children = []
})

afterEach(async () => {
  for (const child of children) await kill(child)
  await gateway.endAsync(true)
  await broker.dispose()
  rmSync(folder, { recursive: true, force: true })
})

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  child.kill('SIGKILL')
  await ended
}

/** Runs until it listens; `lines` grows with what it prints. */
async function consumer(...more: string[]): Promise<{ child: ChildProcess; lines: string[] }> {
  const args = [program, '--broker', broker.url, '--database', join(folder, 'centre.db'), ...more]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  children.push(child)
  const printed = { out: '', err: '' }
  const lines: string[] = []
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    printed.out += text
    lines.splice(0, lines.length, ...printed.out.split('\n').slice(0, -1))
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    printed.err += text
  })
  await until(() => expect(printed.err).toContain('listening'))
  return { child, lines }
}

function alert(sequence: number, of = epoch): { topic: string; text: string } {
  const { topic, body } = sampleMessage()
  return { topic, text: finishMessage(body, { epoch: of, sequence, sentAt: Date.now() }) }
}

/** Its own number, and which alerts it names. */
function tombstone(sequence: number, first: number, last: number): { topic: string; text: string } {
  const origin = { id: newId(), gateway: 'box-1', prefix: 'skyeye/v1', time: Date.now() }
  const gone = { class: 'alert', epoch, because: 'refused' as const, ranges: [{ first, last }] }
  const { topic, body } = tombstoneMessage(origin, gone)
  return { topic, text: finishMessage(body, { epoch, sequence, sentAt: Date.now() }) }
}

function sendPicture(sequence: number): Promise<unknown> {
  const userProperties = {
    id: newId(),
    epoch,
    class: 'snapshot',
    sequence: String(sequence),
    sha256: '0'.repeat(64),
  }
  const topic = `skyeye/v1/snapshots/box-1/yard/${newId()}`
  return gateway.publishAsync(topic, Buffer.alloc(100), { qos: 1, properties: { userProperties } })
}

/** What the consumer confirms, as text. */
async function receiptsHeard(): Promise<string[]> {
  const heard: string[] = []
  gateway.on('message', (topic, payload) => {
    const { epoch: of, class: kind, sequence } = JSON.parse(String(payload))
    expect([topic, of]).toEqual(['skyeye/v1/receipts/box-1', epoch])
    heard.push(`${kind} ${sequence}`)
  })
  await gateway.subscribeAsync('skyeye/v1/receipts/#', { qos: 1 })
  return heard
}

const send = ({ topic, text }: { topic: string; text: string }) =>
  gateway.publishAsync(topic, text, { qos: 1 })

/** Numbers as they are stored, in their order. */
function stored(of = epoch): number[] {
  const db = new Database(join(folder, 'centre.db'), { readonly: true })
  const numbers = db
    .prepare('SELECT sequence FROM messages WHERE epoch = ? ORDER BY sequence')
    .pluck()
    .all(of)
  db.close()
  return numbers as number[]
}

describe.skipIf(!mosquittoPresent)('the consumer (skipped where mosquitto is not installed)', () => {
  it('prints grid path and address, stores repeats once, and shows what is missing and what comes late', async () => {
    const { lines } = await consumer()
    const second = alert(2)
    for (const message of [alert(1), second, second, alert(5), alert(3), alert(6)]) await send(message)
    await until(() => expect(lines).toHaveLength(6))
    const notes = lines.map((line) => line.split(sampleCamera.name)[1].trim())
    expect(notes).toEqual(['', '', 'repeated', 'missing before it: 3 to 4', 'late', ''])
    expect(lines[0]).toContain('110101001/110101001002/07/0113  1 Gate Road')
    expect(lines[0]).toContain('box-1  1  major  intrusion  began')
    expect(stored()).toEqual([1, 2, 3, 5, 6])
  })

  it('misses nothing while it is away, although it was killed, and knows what a new epoch lacks', async () => {
    const first = await consumer()
    await send(alert(1))
    await until(() => expect(first.lines).toHaveLength(1))
    await kill(first.child)
    for (const message of [alert(2), alert(3), alert(2, 'another')]) await send(message)
    const second = await consumer()
    await until(() => expect(second.lines).toHaveLength(3))
    expect(second.lines[2]).toMatch(/missing before it: 1 to 1$/)
    expect(stored()).toEqual([1, 2, 3])
    expect(stored('another')).toEqual([2])
  })

  it('says of numbers that a tombstone has named that they were given up, and stores those that come all the same', async () => {
    const { lines } = await consumer()
    for (const message of [alert(1), tombstone(1, 2, 3), alert(4), alert(7), alert(2)]) await send(message)
    await until(() => expect(lines).toHaveLength(5))
    expect(lines[1]).toMatch(/ {2}box-1 {2}1 {2}given up \(refused\): alert 2 to 3$/)
    expect(lines[2]).toMatch(/ {2}given up before it: 2 to 3$/)
    expect(lines[3]).toMatch(/ {2}missing before it: 5 to 6$/)
    expect(lines[4]).toMatch(/ {2}late$/)
    expect(stored()).toEqual([1, 1, 2, 4, 7])
  })

  it('confirms, when it is asked to, up to where nothing is missing but what was given up, in each class', async () => {
    const heard = await receiptsHeard()
    const first = await consumer('--receipts')
    for (const message of [alert(2), alert(3)]) await send(message)
    await until(() => expect(first.lines).toHaveLength(2))
    expect(first.lines[0]).toMatch(/missing before it: 1 to 1$/)
    for (const sequence of [1, 2]) await sendPicture(sequence)
    await until(() => expect(heard.at(-1)).toBe('snapshot 2'))
    expect(heard.join()).not.toContain('alert')
    await send(alert(1))
    await until(() => expect(heard.at(-1)).toBe('alert 3'))
    await send(alert(6))
    await until(() => expect(heard.slice(-2)).toEqual(['alert 3', 'alert 3']))
    await send(tombstone(1, 4, 5))
    await until(() => expect(heard.slice(-2).sort()).toEqual(['alert 6', 'tombstone 1']))
    await kill(first.child)
    heard.length = 0
    await consumer('--receipts')
    await until(() => expect(heard.toSorted()).toEqual(['alert 6', 'snapshot 2', 'tombstone 1']))
  })

  it('confirms again what is repeated: the gateway has not heard it', async () => {
    const heard = await receiptsHeard()
    await consumer('--receipts')
    const one = alert(1)
    await send(one)
    await until(() => expect(heard).toEqual(['alert 1']))
    await send(one)
    await until(() => expect(heard).toEqual(['alert 1', 'alert 1']))
  })

  it('gathers what came within a second into few receipts', async () => {
    const heard = await receiptsHeard()
    await consumer('--receipts')
    for (let sequence = 1; sequence <= 100; sequence++) await send(alert(sequence))
    await until(() => expect(heard.at(-1)).toBe('alert 100'))
    expect(heard.length).toBeLessThan(50)
  })

  it('goes on after a message that nobody can understand', async () => {
    const { lines } = await consumer()
    const { topic } = alert(1)
    for (const text of ['{', 'null', '{"type":"skyeye.alert.began"}']) await send({ topic, text })
    await send(alert(1))
    await until(() => expect(lines).toHaveLength(1))
    expect(stored()).toEqual([1])
  })
})
