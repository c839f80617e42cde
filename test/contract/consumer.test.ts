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
  gateway = await connectAsync(broker.url)
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
async function consumer(): Promise<{ child: ChildProcess; lines: string[] }> {
  const args = [program, '--broker', broker.url, '--database', join(folder, 'centre.db')]
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

const send = ({ topic, text }: { topic: string; text: string }) =>
  gateway.publishAsync(topic, text, { qos: 1 })

/** Numbers as they are stored, in their order. */
function stored(of = epoch): number[] {
  const db = new Database(join(folder, 'centre.db'), { readonly: true })
  const numbers = db.prepare('SELECT sequence FROM events WHERE epoch = ? ORDER BY sequence').pluck().all(of)
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

  it('goes on after a message that nobody can understand', async () => {
    const { lines } = await consumer()
    const { topic } = alert(1)
    for (const text of ['{', 'null', '{"type":"skyeye.alert.began"}']) await send({ topic, text })
    await send(alert(1))
    await until(() => expect(lines).toHaveLength(1))
    expect(stored()).toEqual([1])
  })
})
