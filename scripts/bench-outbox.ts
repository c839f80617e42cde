/** bench:outbox: how fast alerts are committed, and how a long backlog leaves, against a real mosquitto. */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { connectAsync } from 'mqtt'
import { Mosquitto } from '../test/support/mosquitto.ts'
import { benchmark, within } from './bench/arguments.ts'
import { OutboxCentre } from './bench/outbox-centre.ts'
import { saveOf } from './bench/outbox-messages.ts'
import type { Sent } from './bench/outbox-sender.ts'
import { slowFsync } from './bench/slow-fsync.ts'

const help = `npm run bench:outbox -- [--messages N] [--json]

Commits alerts to the outbox while no broker is connected, 32 at once, each answered only when it is on the disk; then connects to
a real mosquitto on loopback (set_tcp_nodelay true, as the contract advises; otherwise its defaults) and drains them without the drain limiter, while a critical alert is
saved four times a second. A subscriber notes what comes. All of it once as the disk is, and once with 20 ms added to each
fsync, as flash has. The gateway's store and publisher run in a process of their own; broker and subscriber share the machine.
Beside them stands the floor: plain mqtt.js publishing the same messages from memory, as many in flight. Wanted with 100 000:
none lost, none reordered within a camera, at least 5 000 a second on two cores, a critical alert at the centre within 2 s of its
commit (95 of 100), and less than 100 MB more memory while draining. Needs mosquitto and a C compiler.

  --messages N   how many are queued (100000)
  --json         one line of JSON and nothing else
  --help         this text`

const slowMs = 20
const floorMessages = 20_000
/** What mosquitto takes in flight unless configured otherwise. */
const inFlight = 20
const target = { lost: 0, reorderedWithinCamera: 0, replayPerSecond: 5_000, newCriticalDelayMsP95: 2_000 }

interface Wish {
  readonly messages: number
  readonly json: boolean
}

interface Run {
  readonly commitsPerSecond: number
  readonly replayPerSecond: number
  readonly lost: number
  readonly duplicates: number
  readonly reorderedWithinCamera: number
  readonly newCriticalDelayMsP95: number
  readonly criticals: number
  readonly rssGrowthMb: number
}

interface OutboxFigures extends Run {
  readonly messages: number
  readonly slowFsync: Run
  readonly floorPerSecond: number
  /** Ours beside the floor; 1 = nothing is lost to the disk. */
  readonly ratio: number
  readonly target: typeof target
  readonly cores: number
  readonly node: string
}

function readCommandLine(): Wish | undefined {
  const { values } = parseArgs({
    options: {
      messages: { type: 'string', default: '100000' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  if (values.help) return undefined
  return { messages: within('messages', values.messages, 100, 1_000_000, true), json: values.json }
}

async function withBroker<Result>(use: (url: string) => Promise<Result>): Promise<Result> {
  const broker = new Mosquitto({
    config: ['allow_anonymous true', 'set_tcp_nodelay true', 'max_queued_messages 0'],
  })
  await broker.start()
  try {
    return await use(broker.url)
  } finally {
    await broker.dispose()
  }
}

async function send(url: string, messages: number, preload: string | undefined): Promise<Sent> {
  const dir = mkdtempSync(join(tmpdir(), 'skyeye-bench-outbox-'))
  const sender = new URL('./bench/outbox-sender.ts', import.meta.url)
  const env = preload ? { ...process.env, LD_PRELOAD: preload } : process.env
  const child = fork(sender, [dir, url, String(messages)], { env, serialization: 'advanced' })
  try {
    const ended = once(child, 'exit').then(([code]) => {
      throw new Error(`the sender ended early (${code})`)
    })
    const [sent] = (await Promise.race([once(child, 'message'), ended])) as [Sent]
    await ended.catch(() => undefined)
    return sent
  } finally {
    child.kill('SIGKILL')
    rmSync(dir, { recursive: true, force: true })
  }
}

async function run(messages: number, preload?: string): Promise<Run> {
  return withBroker(async (url) => {
    const centre = new OutboxCentre()
    await centre.start(url)
    const { ids, critical, ...rates } = await send(url, messages, preload)
    // What the broker has taken and the subscriber has not read yet; silence for a while is the end.
    for (let before = -1; before < centre.arrivedAt.size && centre.arrivedAt.size < ids.length; ) {
      before = centre.arrivedAt.size
      await delay(3_000)
    }
    await centre.stop()
    const delays = critical.map(([id, at]) => (centre.arrivedAt.get(id) ?? Infinity) - at)
    const p95 = delays.toSorted((a, b) => a - b)[Math.ceil(delays.length * 0.95) - 1] ?? 0
    return {
      commitsPerSecond: Math.round(rates.commitsPerSecond),
      replayPerSecond: Math.round(rates.replayPerSecond),
      lost: ids.filter((id) => !centre.arrivedAt.has(id)).length,
      duplicates: centre.duplicates,
      reorderedWithinCamera: centre.reordered,
      newCriticalDelayMsP95: Math.round(p95),
      criticals: critical.length,
      rssGrowthMb: Math.round(rates.rssGrowthMb),
    }
  })
}

/** With the same subscriber, since it costs the same cores. */
async function floor(): Promise<number> {
  return withBroker(async (url) => {
    const centre = new OutboxCentre()
    await centre.start(url)
    const client = await connectAsync(url, { protocolVersion: 5, clientId: 'floor' })
    const messages = Array.from({ length: floorMessages }, (_, i) => saveOf(i, 'minor').message)
    let next = 0
    const startedAt = performance.now()
    const publish = async () => {
      for (let message = messages[next++]; message; message = messages[next++]) {
        const { contentType, topic, body = '' } = message
        await client.publishAsync(topic, body, { qos: 1, properties: { contentType } })
      }
    }
    await Promise.all(Array.from({ length: inFlight }, publish))
    const seconds = (performance.now() - startedAt) / 1_000
    await client.endAsync(true)
    await centre.stop()
    return Math.round(floorMessages / seconds)
  })
}

async function measure({ messages }: Wish, say: (text: string) => void): Promise<OutboxFigures> {
  const folder = mkdtempSync(join(tmpdir(), 'skyeye-bench-fsync-'))
  try {
    const library = slowFsync(folder, slowMs)
    say('the floor: plain mqtt.js')
    const floorPerSecond = await floor()
    say(`${floorPerSecond} a second; now ${messages} messages through the outbox`)
    const plain = await run(messages)
    say(`${plain.replayPerSecond} a second; once more with ${slowMs} ms added to each fsync`)
    const slow = await run(messages, library)
    const ratio = Math.round((plain.replayPerSecond / floorPerSecond) * 1_000) / 1_000
    const machine = { cores: availableParallelism(), node: process.version }
    return { ...plain, messages, slowFsync: slow, floorPerSecond, ratio, target, ...machine }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function sentences({ slowFsync: slow, ...figures }: OutboxFigures): string[] {
  const of = (one: Run) =>
    `${one.commitsPerSecond} commits and ${one.replayPerSecond} messages replayed a second; lost ${one.lost}, ` +
    `twice ${one.duplicates}, out of order ${one.reorderedWithinCamera}; a critical alert after ` +
    `${one.newCriticalDelayMsP95} ms; ${one.rssGrowthMb} MB more`
  return [
    `as the disk is: ${of(figures)}`,
    `slow fsync: ${of(slow)}`,
    `plain mqtt.js: ${figures.floorPerSecond} a second (wanted of ours: ${target.replayPerSecond})`,
  ]
}

await benchmark({ command: 'bench:outbox', help, read: readCommandLine, measure, sentences })
