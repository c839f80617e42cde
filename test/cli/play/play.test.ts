/** `skyeye contract play` against a real broker: what it says it published is what arrives, and it leaves nothing behind. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import Database from 'better-sqlite3'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { GatewaySummary } from '../../../src/cli/play/summary.ts'
import { validateMessage, validateSnapshotHeaders } from '../../../src/contract/validate.ts'
import { Listener } from '../../support/listener.ts'
import { Mosquitto, mosquittoPresent } from '../../support/mosquitto.ts'
import { Program, ran, skyeye } from '../program.ts'

const consumer = fileURLToPath(new URL('../../../scripts/consumer.ts', import.meta.url))
const until = (check: () => unknown) => vi.waitFor(check, { timeout: 60_000, interval: 50 })
const presence = (topic: string) => topic.endsWith('/presence')

let broker: Mosquitto
let folder: string
let programs: Program[]
let listener: Listener

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'skyeye-play-'))
  programs = []
  broker = new Mosquitto({
    config: ['allow_anonymous true', 'set_tcp_nodelay true', 'max_queued_messages 100000'],
  })
  await broker.start()
  listener = await Listener.start(broker.url, 'skyeye/#', { protocolVersion: 5 })
})

afterEach(async () => {
  for (const program of programs) await program.kill()
  await listener.stop()
  await broker.dispose()
  rmSync(folder, { recursive: true, force: true })
})

function play(...args: string[]): Program {
  const program = skyeye(['contract', 'play', '--broker', broker.url, '--json', ...args])
  programs.push(program)
  return program
}

const summaries = ({ out }: Program) => (JSON.parse(out) as { gateways: GatewaySummary[] }).gateways

/** Topics of what the broker holds for those who come later. */
async function retained(): Promise<string[]> {
  const late = await Listener.start(broker.url)
  await delay(500)
  await late.stop()
  return late.arrived.map(({ topic }) => topic)
}

/** What the gateway said of its presence, in order; empty where it was cleared. */
const presences = (gateway: string) =>
  listener.arrived
    .filter(({ topic }) => topic === `skyeye/v1/gateways/${gateway}/presence`)
    .map(({ payload }) => (payload.length === 0 ? '' : JSON.parse(String(payload)).data.presence))

/** Numbers of a range such as "41 to 43". */
const range = (first: number, last: number) => Array.from({ length: last - first + 1 }, (_, i) => first + i)

interface Stored {
  readonly gateway: string
  readonly epoch: string
  readonly sequence: number
}

function stored(): Stored[] {
  const db = new Database(join(folder, 'centre.db'), { readonly: true })
  const rows = db.prepare("SELECT gateway, epoch, sequence FROM messages WHERE class = 'alert'").all()
  db.close()
  return rows as Stored[]
}

/** What the consumer printed, without the tombstones. */
function alertLines(centre: Program): string[] {
  return centre.out.split('\n').filter((line) => line && !/ {2}given up \(/.test(line))
}

/** The lines of the consumer about one gateway whose note matches, as number and match. */
function notes(centre: Program, gateway: string, note: RegExp) {
  return alertLines(centre).flatMap((line) => {
    const [, name, sequence] = line.split('  ')
    const found = name === gateway && note.exec(line)
    return found ? [{ sequence: Number(sequence), found }] : []
  })
}

describe.skipIf(!mosquittoPresent)('contract play (skipped where mosquitto is not installed)', () => {
  it('publishes what it says: a centre stores each alert once and misses exactly what was given up', async () => {
    const centre = new Program([consumer, '--broker', broker.url, '--database', join(folder, 'centre.db')])
    programs.push(centre)
    await until(() => expect(centre.err).toContain('listening'))

    const program = play('--gateways', '6', '--seed', '3', '--speed', '1000000')
    expect(await program.ended, program.err).toBe(0)
    const told = summaries(program)
    expect(told.map(({ gateway }) => gateway)).toEqual(range(1, 6).map((i) => `play-0${i}`))
    const sent = told.reduce((sum, { classes }) => sum + classes.alert.messages + classes.alert.repeated, 0)
    await until(() => expect(alertLines(centre)).toHaveLength(sent))

    for (const { gateway, epochs, classes } of told) {
      const { messages, repeated, gaps } = classes.alert
      const rows = stored().filter((row) => row.gateway === gateway)
      expect(rows).toHaveLength(messages)
      expect(new Set(rows.map(({ epoch }) => epoch))).toEqual(new Set(epochs))
      expect(notes(centre, gateway, /repeated$/)).toHaveLength(repeated)
      // What it named as missing and what did not come later: no other than what was given up. (Numbers begin again with
      // an epoch, so this is for the gateways that have one.)
      if (epochs.length > 1) continue
      const named = notes(centre, gateway, /(?:missing|given up) before it: (\d+) to (\d+)$/).flatMap(
        ({ found }) => range(Number(found[1]), Number(found[2])),
      )
      const came = new Set(rows.map(({ sequence }) => sequence))
      const missing = [...new Set(named)].filter((number) => !came.has(number))
      expect(missing.sort((a, b) => a - b)).toEqual(gaps.flatMap(({ first, last }) => range(first, last)))
    }
    expect(centre.err).not.toContain('not understood')
  })

  it('sends what fits the contract, lets a dead gateway be told by its will, and leaves nothing at the broker', async () => {
    const program = play('--gateways', '6', '--seed', '4', '--speed', '1000000')
    expect(await program.ended, program.err).toBe(0)
    await until(() =>
      expect(listener.arrived.filter(({ topic }) => presence(topic)).at(-1)?.payload).toHaveLength(0),
    )
    for (const { topic, payload, packet } of listener.arrived) {
      if (payload.length === 0) continue
      const isPicture = topic.includes('/snapshots/')
      const faults = isPicture
        ? validateSnapshotHeaders({ ...packet.properties?.userProperties })
        : validateMessage(JSON.parse(String(payload)))
      expect(faults, topic).toEqual([])
    }
    const [dies, restored] = ['dies', 'restored'].map(
      (trouble) => summaries(program).find(({ troubles }) => String(troubles) === trouble)?.gateway ?? '',
    )
    expect(presences(dies)).toEqual(['online', 'offline', 'online', 'offline', ''])
    expect(presences(restored)).toEqual(['online', 'offline', 'online', 'offline', 'online', 'stopped', ''])
    expect(await retained()).toEqual([])
  })

  it('leaves in good order when it is told to, says what it published until then, and keeps what it is asked to keep', async () => {
    const program = play('--gateways', '2', '--keep')
    await until(() => expect(listener.arrived.some(({ topic }) => topic.includes('/alerts/'))).toBe(true))
    program.signal('SIGINT')
    expect(await program.ended, program.err).toBe(0)
    const sent = listener.events(/\/alerts\//).length
    expect(summaries(program).reduce((sum, { classes }) => sum + (classes.alert?.messages ?? 0), 0)).toBe(
      sent,
    )
    await until(() =>
      expect(['play-01', 'play-02'].map(presences)).toEqual(Array(2).fill(['online', 'stopped'])),
    )
    // Presence, health, inventory and six cameras of each.
    expect(await retained()).toHaveLength(18)
  })

  it('does not speak under a name that is online', async () => {
    const first = play('--gateways', '2')
    await until(() => expect(presences('play-02')).toEqual(['online']))
    const second = play('--gateways', '3')
    expect(await second.ended).toBe(1)
    expect(second.err).toMatch(/play-01, play-02 are online at this broker/)
    expect(presences('play-01')).toEqual(['online'])
    first.signal('SIGTERM')
    expect(await first.ended).toBe(0)
  })

  it('says which broker it cannot reach, and that its broker went away', async () => {
    const program = play('--gateways', '2')
    await until(() => expect(['play-01', 'play-02'].map(presences)).toEqual(Array(2).fill(['online'])))
    await broker.kill()
    expect(await program.ended).toBe(1)
    expect(program.err).toMatch(/skyeye contract: play-0\d has lost its connection: .*; start the play again/)
    const next = play('--gateways', '2')
    expect(await next.ended).toBe(1)
    expect(next.err).toMatch(/skyeye contract: broker mqtt:\/\/127\.0\.0\.1:\d+: .*ECONNREFUSED/)
  })

  it('speaks under the account of each gateway where an access list asks for it, and says so where it is forbidden', async () => {
    const acl = readFileSync(new URL('../../../config/mosquitto/acl', import.meta.url), 'utf8')
    const strict = new Mosquitto({
      config: ['allow_anonymous true', 'set_tcp_nodelay true', 'acl_file {dir}/acl'],
      files: { acl },
    })
    await strict.start()
    const at = (account: string) => strict.url.replace('//', `//${account}:secret@`)
    try {
      const asked = ['--broker', at('{gateway}'), '--gateways', '2', '--seed', '9', '--speed', '1000000']
      const own = await ran(['contract', 'play', ...asked])
      expect(own.status, own.err).toBe(0)
      expect(own.out).toMatch(
        /^gateway +troubles [\s\S]*\nplay-01 +nothing quota restored +2 [\s\S]*--seed 9\n$/,
      )
      const other = play('--broker', at('somebody'), '--gateways', '2')
      expect(await other.ended).toBe(1)
      expect(other.err).toMatch(
        /play-0\d: the broker refused skyeye\/v1\/.*: not authorised .*write as play-0\d/,
      )
    } finally {
      await strict.dispose()
    }
  })
})
