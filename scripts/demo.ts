/** The demo: simulated cameras (or a real one), the real gateway on its embedded broker, and a subscriber that shows each alert. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { connectAsync, type MqttClient } from 'mqtt'
import { stringify } from 'yaml'
import { namesOf, tierChoices } from '../src/vision/tiers.ts'
import { type DemoCamera, demoCameras, ownCamera } from './demo-show/cameras.ts'
import { galleryPage, type ShownAlert } from './demo-show/gallery.ts'
import { CameraSim } from './sim/server.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const folder = join(root, '.demo')
const page = join(folder, 'alerts.html')
const log = join(folder, 'gateway.log')
const main = join(root, 'dist/main.js')

const help = `scripts/demo [rtsp://…] [--drawn] [--seconds N]

Without an address, simulated cameras play the clips in ../shared/videos where that folder is present, otherwise a street
scene that this project draws itself. Where the public models cannot be had, the built-in one finds what it can: no network
is needed. Ctrl-C stops everything.

  --drawn       play the drawn scene even where clips are present
  --seconds N   stop after N seconds; exit status 1 if no alert with a picture arrived by then
  --help        this text`

/** Alerts kept on the page. */
const mostShown = 60

const say = (text: string) => console.error(`\x1b[1m» ${text}\x1b[0m`)

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  await once(server, 'close')
  return port
}

/**
 * Sees to it that there are weights: the public ones where they can be had (from a mirror, or from where they are
 * published), else those that are built in. False, with a sentence, where there are neither.
 */
function findModels(): boolean {
  const succeeds = (...args: string[]) =>
    spawnSync(process.execPath, [main, 'models', ...args, '--dir', join(folder, 'data/models')], {
      stdio: ['ignore', 2, 2],
    }).status === 0
  // One after the other: where one cannot be had, the next would only be waited for.
  if (namesOf(tierChoices.standard).every((name) => succeeds('pull', name))) return true
  if (succeeds('verify', 'light')) {
    say('The public models cannot be had here: going on with the built-in one (tier light), which finds less')
    return true
  }
  say(
    'The models could not be fetched. On a machine with a network, run: npx skyeye models pull --dir FOLDER',
  )
  say('then bring FOLDER here and run: SKYEYE_MODELS_MIRROR=FOLDER ./scripts/demo')
  return false
}

function configuration(
  cameras: (DemoCamera & { url: string })[],
  ports: { broker: number; http: number },
): object {
  return {
    gateway: { id: 'demo' },
    dataDir: join(folder, 'data'),
    broker: `embedded:${ports.broker}`,
    http: { port: ports.http },
    // Loopback for the simulator; private networks for your own camera.
    ingest: { allowNetworks: ['127.0.0.0/8', '10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7'] },
    cameras: cameras.map(({ clip: _, ...camera }) => ({ ...camera, tier: 'public' })),
  }
}

/** Starts the gateway and waits until it runs; its log goes to a file. */
async function startGateway(config: string, ready: string): Promise<ChildProcess> {
  const child = spawn(process.execPath, [main, 'start', '--config', config], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  child.stderr?.pipe(createWriteStream(log))
  if (child.stderr) void tellStates(child.stderr)
  for (;;) {
    if (child.exitCode !== null) throw new Error(`the gateway did not start:\n${await readFile(log, 'utf8')}`)
    const answer = await fetch(ready).catch(() => undefined)
    if (answer?.ok) return child
    await delay(250)
  }
}

async function modelsInUse(health: string): Promise<string> {
  const { models } = (await (await fetch(health)).json()) as { models: { tier?: string; names: string[] } }
  return `${models.names.join(', ')} (tier ${models.tier})`
}

/** Says what becomes of each camera: an empty street and a wrong password must not look the same. */
async function tellStates(lines: NodeJS.ReadableStream): Promise<void> {
  for await (const line of createInterface({ input: lines })) {
    if (!line.includes('"camera state"')) continue
    const { camera, state, why } = JSON.parse(line) as { camera: string; state: string; why?: string }
    say(`camera ${camera}: ${state}${why ? `: ${why}` : ''}`)
  }
}

interface AlertMessage {
  readonly data: {
    readonly alert: string
    readonly kind: string
    readonly severity: string
    readonly phase: 'began' | 'updated' | 'ended'
    readonly began: string
    readonly ended?: string
    readonly endedBecause?: string
    readonly camera: { readonly name: string }
    readonly objects: readonly {
      readonly label: string
      readonly track: number
      readonly confidence: number
    }[]
    readonly zone?: string
    readonly line?: string
    readonly direction?: string
    readonly count?: number
    readonly snapshot?: { readonly topic: string }
    readonly snapshotMissing?: string
  }
}

/** Shows what arrives: a line per alert, its picture as a file, and the page that has them all. */
class Show {
  readonly #alerts = new Map<string, ShownAlert>()
  #pictures = 0

  /** Alerts that arrived with a picture. */
  get pictured(): number {
    return this.#pictures
  }

  async receive(topic: string, payload: Buffer): Promise<void> {
    if (topic.includes('/snapshots/')) {
      this.#pictures++
      await writeFile(join(folder, `${topic.split('/').at(-1)}.jpg`), payload)
      return
    }
    const { data } = JSON.parse(payload.toString()) as AlertMessage
    const objects = data.objects
      .map(({ label, track, confidence }) => `${label} ${track} (${confidence.toFixed(2)})`)
      .join(', ')
    const where = [data.zone, data.line, data.direction && `to the ${data.direction}`]
      .filter(Boolean)
      .join(' ')
    const before = this.#alerts.get(data.alert)
    const picture = data.snapshot ? `${data.alert}.jpg` : before?.picture
    const { kind, severity, began, ended } = data
    const text = `${where}: ${objects || data.count || ''}`
    const camera = data.camera.name
    this.#alerts.delete(data.alert)
    this.#alerts.set(data.alert, {
      id: data.alert,
      kind,
      severity,
      camera,
      began: clock(began),
      ended: ended && clock(ended),
      text,
      picture,
      missing: data.snapshotMissing,
    })
    while (this.#alerts.size > mostShown) this.#alerts.delete(this.#alerts.keys().next().value ?? '')
    const colour = data.phase === 'began' ? '\x1b[33m' : '\x1b[2m'
    const why = data.endedBecause ? ` (${data.endedBecause})` : ''
    console.log(
      `${colour}${clock(data.ended ?? data.began)}  ${data.phase.padEnd(7)} ${severity.padEnd(8)} ${kind}  ${camera}  ${text}${why}\x1b[0m`,
    )
    if (data.phase === 'began')
      console.log(
        `          ${picture ? join('.demo', picture) : `no picture: ${data.snapshotMissing ?? 'none'}`}`,
      )
    await writeFile(page, galleryPage([...this.#alerts.values()].reverse()))
  }
}

const clock = (iso: string) => new Date(iso).toLocaleTimeString('en-GB')

/** Waits for Ctrl-C, the given number of seconds, or the gateway's end. */
async function untilStopped(gateway: ChildProcess, seconds: number | undefined): Promise<void> {
  const signals = (['SIGINT', 'SIGTERM'] as const).map((name) => once(process, name))
  const limit = seconds === undefined ? [] : [delay(seconds * 1_000)]
  await Promise.race([...signals, ...limit, once(gateway, 'exit')])
}

async function demo(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      drawn: { type: 'boolean', default: false },
      seconds: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) {
    console.log(help)
    return 0
  }
  const seconds = values.seconds === undefined ? undefined : Number(values.seconds)
  if (seconds !== undefined && !(seconds > 0))
    throw new Error(`--seconds wants a number above 0, not "${values.seconds}"`)
  await rm(folder, { recursive: true, force: true })
  await mkdir(folder, { recursive: true })
  if (!findModels()) return 1

  const sim = new CameraSim({ host: '127.0.0.1', port: 0 })
  const cameras: (DemoCamera & { url: string })[] = []
  let gateway: ChildProcess | undefined
  let client: MqttClient | undefined
  const show = new Show()
  try {
    if (positionals.length > 0) {
      cameras.push({ ...ownCamera, url: positionals[0] })
    } else {
      const playing = await demoCameras(values.drawn, say)
      await sim.start()
      for (const camera of playing) {
        const auth = { method: 'digest' as const, user: 'viewer', password: 'p@ss:w/rd' }
        cameras.push({ ...camera, url: await sim.addCamera(camera.id, { clip: camera.clip ?? '', auth }) })
      }
    }
    const ports = { broker: await freePort(), http: await freePort() }
    const config = join(folder, 'skyeye.yaml')
    await writeFile(config, stringify(configuration(cameras, ports)), { mode: 0o600 })
    await writeFile(page, galleryPage([]))
    say(`Starting the gateway (log: .demo/gateway.log)`)
    gateway = await startGateway(config, `http://127.0.0.1:${ports.http}/readyz`)
    client = await connectAsync(`mqtt://127.0.0.1:${ports.broker}`)
    client.on('message', (topic, payload) => void show.receive(topic, payload))
    await client.subscribeAsync(['skyeye/v1/alerts/#', 'skyeye/v1/snapshots/#'], { qos: 1 })
    say(
      `The same by hand: mosquitto_sub -p ${ports.broker} -t 'skyeye/v1/alerts/#'  (apt-get install mosquitto-clients)`,
    )
    say(`As a centre would store them: npm run consumer -- --broker mqtt://127.0.0.1:${ports.broker}`)
    say(`Models: ${await modelsInUse(`http://127.0.0.1:${ports.http}/healthz`)}`)
    say(`Running. Pictures: file://${page}   Health: http://127.0.0.1:${ports.http}/healthz   Ctrl-C stops`)
    await untilStopped(gateway, seconds)
  } finally {
    say('Stopping')
    if (gateway && gateway.exitCode === null) {
      const ended = once(gateway, 'exit')
      gateway.kill('SIGTERM')
      await ended
    }
    await client?.endAsync(true)
    await sim.stop()
  }
  if (gateway?.exitCode) say(`The gateway ended with status ${gateway.exitCode}: see .demo/gateway.log`)
  if (show.pictured === 0)
    say('No alert with a picture arrived: nothing crossed the zones, or the camera is not live (see above)')
  else say(`${show.pictured} pictures are in .demo; open .demo/alerts.html`)
  return (seconds !== undefined && show.pictured === 0) || gateway?.exitCode ? 1 : 0
}

try {
  process.exitCode = await demo()
} catch (error) {
  const misused = String((error as NodeJS.ErrnoException).code).startsWith('ERR_PARSE_ARGS')
  say(misused ? help : error instanceof Error ? error.message : String(error))
  process.exitCode = misused ? 2 : 1
}
