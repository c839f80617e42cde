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
/** All cameras of a benchmark are at one address. */
const mostCameras = 256

/** How long the rule of each camera waits before it says so: no part of any delay that is reported. */
export const inertiaMs = 500

export interface GatewayWish {
  /** Where it publishes to. */
  readonly broker: string
  /** Folder of the gateway's sources; this repository when absent, another checkout to compare with. */
  readonly root?: string
}

interface Stream {
  readonly name: string
  readonly url: string
}

export class GatewayProcess {
  readonly tree: ProcessTree
  readonly #child: ChildProcess
  readonly #folder: string
  readonly #configuration: (cameras: readonly Stream[]) => string
  readonly #http: string

  private constructor(child: ChildProcess, folder: string, http: string, broker: string) {
    this.#child = child
    this.#folder = folder
    this.#http = http
    this.#configuration = (cameras) => configuration(cameras, { folder, http, broker })
    this.tree = new ProcessTree(child.pid!)
  }

  /** Resolves when it is ready. Throws with the end of its log where it does not become so. */
  static async start(wish: GatewayWish, cameras: readonly Stream[]): Promise<GatewayProcess> {
    const folder = await mkdtemp(join(tmpdir(), 'skyeye-bench-'))
    await mkdir(join(folder, 'clock'))
    const http = `http://127.0.0.1:${await freePort()}`
    const where = { folder, http, broker: wish.broker }
    await writeFile(join(folder, 'skyeye.yaml'), configuration(cameras, where))
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
    const gateway = new GatewayProcess(child, folder, http, wish.broker)
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
    const text = await (await fetch(`${this.#http}/metrics`)).text()
    const sums: Record<string, number> = {}
    for (const [, name, value] of text.matchAll(/^(skyeye_\w+)(?:\{[^\n]*\})? (\S+)$/gm)) {
      sums[name] = (sums[name] ?? 0) + Number(value)
    }
    return sums
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

/** Every camera watches the whole of its picture for anything. */
function configuration(
  cameras: readonly Stream[],
  { folder, http, broker }: { folder: string; http: string; broker: string },
): string {
  return stringify({
    gateway: { id: 'bench' },
    dataDir: join(folder, 'data'),
    models: { dir: join(ownRoot, 'data/models') },
    broker: { url: broker },
    http: { port: Number(new URL(http).port) },
    ingest: { allowNetworks: ['127.0.0.0/8'], maxSessionsPerHost: mostCameras },
    cameras: cameras.map(({ name, url }) => ({
      id: name,
      name,
      tier: 'public',
      url,
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
    })),
  })
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  await once(server, 'close')
  return port
}
