/** The real gateway as a process of its own, on a configuration written for a benchmark. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { stringify } from 'yaml'
import { clockFolder, type ModelCosts, readModelCosts } from './model-clock.ts'
import { ProcessTree } from './process-tree.ts'

const ownRoot = fileURLToPath(new URL('../..', import.meta.url))
const readyWithinMs = 60_000
/** All cameras of a benchmark are at one address, and a gateway takes no more from it than it is told. */
export const mostCameras = 256

/** How long the rule of each camera waits before it says so: no part of any delay that is reported. */
export const inertiaMs = 500

export interface GatewayWish {
  /** Where it publishes to. */
  readonly broker: string
  /** Folder of the gateway's sources; this repository when absent, another checkout to compare with. */
  readonly root?: string
  /** The whole picture and anything in it when absent. */
  readonly watched?: Watched
}

/** What each camera watches, in the words of the configuration. */
export interface Watched {
  readonly zones?: readonly object[]
  readonly lines?: readonly object[]
  readonly rules: readonly object[]
}

interface Stream {
  readonly name: string
  readonly url: string
}

/** What a configuration needs beside the cameras. */
interface Place {
  readonly folder: string
  readonly http: string
  readonly broker: string
  readonly watched: Watched
}

export class GatewayProcess {
  readonly tree: ProcessTree
  readonly #child: ChildProcess
  readonly #folder: string
  readonly #configuration: (cameras: readonly Stream[]) => string
  readonly #http: string

  private constructor(child: ChildProcess, place: Place) {
    this.#child = child
    this.#folder = place.folder
    this.#http = place.http
    this.#configuration = (cameras) => configuration(cameras, place)
    this.tree = new ProcessTree(child.pid!)
  }

  /** Resolves when it is ready. Throws with the end of its log where it does not become so. */
  static async start(wish: GatewayWish, cameras: readonly Stream[]): Promise<GatewayProcess> {
    const folder = await mkdtemp(join(tmpdir(), 'skyeye-bench-'))
    await mkdir(join(folder, 'clock'))
    const http = `http://127.0.0.1:${await freePort()}`
    const place = { folder, http, broker: wish.broker, watched: wish.watched ?? anythingAnywhere }
    await writeFile(join(folder, 'skyeye.yaml'), configuration(cameras, place))
    const clock = new URL('model-clock.ts', import.meta.url).href
    const main = join(wish.root ?? ownRoot, 'src/main.ts')
    const child = spawn(process.execPath, [main, 'start', '--config', join(folder, 'skyeye.yaml')], {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: {
        ...process.env,
        NODE_OPTIONS: `--import ${clock}`,
        [clockFolder]: join(folder, 'clock'),
      },
    })
    child.stderr.pipe(createWriteStream(join(folder, 'log')))
    const gateway = new GatewayProcess(child, place)
    await gateway.#ready()
    return gateway
  }

  /** Watches these cameras from now on; those it watches already go on undisturbed. */
  async watch(cameras: readonly Stream[]): Promise<void> {
    await writeFile(join(this.#folder, 'skyeye.yaml'), this.#configuration(cameras))
    this.#child.kill('SIGHUP')
  }

  /** What its models have cost so far. */
  modelCosts(): ModelCosts {
    return readModelCosts(join(this.#folder, 'clock'))
  }

  /** Sums over all labels of the metrics of its own, by name. */
  async metrics(): Promise<Readonly<Record<string, number>>> {
    return sumMetrics(await this.#metricsText())
  }

  /** The same of each camera on its own: by camera, then by name. */
  async cameraMetrics(): Promise<Readonly<Record<string, Readonly<Record<string, number>>>>> {
    return sumByCamera(await this.#metricsText())
  }

  /** Ends it and removes what it wrote. Throws where it had ended by itself. */
  async stop(): Promise<void> {
    const { exitCode } = this.#child
    if (exitCode === null) {
      const ended = once(this.#child, 'exit')
      this.#child.kill('SIGTERM')
      await ended
    }
    const end = await this.#lastWords()
    await rm(this.#folder, { recursive: true, force: true })
    if (exitCode !== null) throw new Error(`the gateway ended with status ${exitCode}:\n${end}`)
  }

  async #metricsText(): Promise<string> {
    return (await fetch(`${this.#http}/metrics`)).text()
  }

  async #ready(): Promise<void> {
    const until = performance.now() + readyWithinMs
    while (this.#child.exitCode === null && performance.now() < until) {
      const answer = await fetch(`${this.#http}/readyz`).catch(() => undefined)
      if (answer?.ok) return
      await delay(250)
    }
    const end = await this.#lastWords()
    this.#child.kill('SIGKILL')
    throw new Error(`the gateway did not start:\n${end}`)
  }

  async #lastWords(): Promise<string> {
    return (await readFile(join(this.#folder, 'log'), 'utf8')).slice(-2_000)
  }
}

/** A line of the metrics of the gateway's own: name, labels, value. */
const metricLine = /^(skyeye_\w+)(?:\{([^\n]*)\})? (\S+)$/gm

function sumMetrics(text: string): Record<string, number> {
  const sums: Record<string, number> = {}
  for (const [, name, , value] of text.matchAll(metricLine)) sums[name] = (sums[name] ?? 0) + Number(value)
  return sums
}

/** Of what Prometheus would read; metrics that are of no one camera are left out. */
export function sumByCamera(text: string): Record<string, Record<string, number>> {
  const cameras: Record<string, Record<string, number>> = {}
  for (const [, name, labels = '', value] of text.matchAll(metricLine)) {
    const camera = /(?:^|,)camera="([^"]*)"/.exec(labels)?.[1]
    if (camera === undefined) continue
    cameras[camera] ??= {}
    cameras[camera][name] = (cameras[camera][name] ?? 0) + Number(value)
  }
  return cameras
}

const anythingAnywhere: Watched = {
  zones: [
    {
      name: 'all',
      polygon: [
        [0, 0],
        [1, 0],
        [1, 1],
        [0, 1],
      ],
    },
  ],
  rules: [
    {
      kind: 'intrusion',
      zone: 'all',
      labels: ['person', 'two-wheeler', 'vehicle'],
      inertiaMs,
      cooldownMs: 1_000,
    },
  ],
}

function configuration(cameras: readonly Stream[], { folder, http, broker, watched }: Place): string {
  const whole = {
    gateway: { id: 'bench' },
    dataDir: join(folder, 'data'),
    models: { dir: join(ownRoot, 'data/models') },
    broker: { url: broker },
    http: { port: Number(new URL(http).port) },
    ingest: { allowNetworks: ['127.0.0.0/8'], maxSessionsPerHost: mostCameras },
    cameras: cameras.map(({ name, url }) => ({ id: name, name, tier: 'public', url, ...watched })),
  }
  // What all cameras share is written out for each, as people would.
  return stringify(whole, { aliasDuplicateObjects: false })
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  await once(server, 'close')
  return port
}
