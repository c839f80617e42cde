/** The gateway under test: the real one, a process of its own with its own folder, ports and cameras, looked at from outside. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { stringify } from 'yaml'
import type { Config } from '../config/config.ts'
import { GatewayError } from '../kit/errors.ts'
import { sleep } from '../kit/retry.ts'
import { type Usage, usageOf } from './bench-usage.ts'

const entry = fileURLToPath(
  new URL(import.meta.url.endsWith('.ts') ? '../main.ts' : '../main.js', import.meta.url),
)

export interface BenchGatewayOptions {
  /** For its configuration and its database. */
  readonly folder: string
  /** What is measured; the rest is its own. */
  readonly config: Pick<Config, 'analysis' | 'models'>
  readonly signal: AbortSignal
}

/** What it did and used; sums since its start. */
export interface Reading extends Usage {
  /** Pictures that models looked at. */
  readonly looks: number
  /** Coded pictures that came, and those that were decoded. */
  readonly coded: number
  readonly decoded: number
}

const pollMs = 200
/** A busy box loads models for a while, and its cameras start one after the other. */
const patienceMs = 90_000
const keptWords = 2_000
/** Between the starts of two cameras, so that their key pictures do not come all at once. The same at every reload: only cameras may change. */
const startGapMs = 60

const whole = [
  [0, 0],
  [1, 0],
  [1, 1],
  [0, 1],
]

export class BenchGateway {
  readonly #options: BenchGatewayOptions
  #child: ChildProcess | undefined
  #ended: Promise<unknown> = Promise.resolve()
  #ports = { http: 0, broker: 0 }
  #lastWords = ''

  constructor(options: BenchGatewayOptions) {
    this.#options = options
  }

  /** Resolves when its models are loaded. Throws BENCH_FAILED with its own words. */
  async start(): Promise<void> {
    this.#ports = { http: await freePort(), broker: await freePort() }
    await this.#configure([])
    // setpriv becomes node (exec) and has the kernel end it when we are gone, however that happens.
    const args = ['--pdeathsig', 'TERM', '--', process.execPath, entry, 'start', '--config', this.#file]
    const child = spawn('setpriv', args, { stdio: ['ignore', 'ignore', 'pipe'] })
    this.#child = child
    this.#ended = once(child, 'close').catch(() => {})
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#lastWords = (this.#lastWords + text).slice(-keptWords)
    })
    await this.#until('start', async () => (await this.#get('/readyz')) !== undefined)
  }

  async stop(): Promise<void> {
    this.#child?.kill('SIGTERM')
    await this.#ended
  }

  /** These cameras instead of those before; resolves when all of them give pictures. */
  async watch(cameras: readonly { readonly id: string; readonly url: string }[]): Promise<void> {
    await this.#configure(cameras)
    await this.#until(`read ${cameras.length} cameras`, async () => {
      const metrics = (await this.#get('/metrics')) ?? ''
      return cameras.every(({ id }) => metrics.includes(`skyeye_camera_state{camera="${id}",state="live"} 1`))
    })
  }

  async reading(): Promise<Reading> {
    const metrics = await this.#get('/metrics')
    if (metrics === undefined || this.#child?.pid === undefined) throw this.#failure('answer')
    const sum = (name: string) =>
      [...metrics.matchAll(new RegExp(`^${name}(?:\\{.*\\})? (\\S+)$`, 'gm'))].reduce(
        (total, [, value]) => total + Number(value),
        0,
      )
    return {
      ...usageOf(this.#child.pid),
      looks: sum('skyeye_frames_analysed_total'),
      coded: sum('skyeye_coded_pictures_total'),
      decoded: sum('skyeye_decoded_pictures_total'),
    }
  }

  get #file(): string {
    return join(this.#options.folder, 'skyeye.yaml')
  }

  /** A rule that is always armed: without one less would be analysed. */
  async #configure(cameras: readonly { readonly id: string; readonly url: string }[]): Promise<void> {
    const { folder, config } = this.#options
    const rule = { kind: 'intrusion', zone: 'all', labels: ['person'] }
    const text = stringify({
      gateway: { id: 'bench' },
      dataDir: join(folder, 'data'),
      broker: `embedded:${this.#ports.broker}`,
      http: { host: '127.0.0.1', port: this.#ports.http },
      analysis: config.analysis,
      models: config.models,
      ingest: {
        allowNetworks: ['127.0.0.0/8'],
        maxSessionsPerHost: 1_024,
        startGapMs,
      },
      log: { level: 'warn' },
      cameraDefaults: { zones: [{ name: 'all', polygon: whole }], rules: [rule] },
      cameras: cameras.map((camera) => ({ ...camera, name: camera.id })),
    })
    await writeFile(this.#file, text)
  }

  /** Undefined while it does not answer, or answers that it is not ready. */
  async #get(path: string): Promise<string | undefined> {
    try {
      const answer = await fetch(`http://127.0.0.1:${this.#ports.http}${path}`, {
        signal: this.#options.signal,
      })
      const text = await answer.text()
      return answer.ok ? text : undefined
    } catch {
      return undefined
    }
  }

  async #until(what: string, holds: () => Promise<boolean>): Promise<void> {
    const { signal } = this.#options
    const late = performance.now() + patienceMs
    while (!(await holds())) {
      signal.throwIfAborted()
      const gone = this.#child?.exitCode !== null || this.#child.signalCode !== null
      if (gone || performance.now() > late) throw this.#failure(what)
      await sleep(pollMs, signal)
    }
  }

  #failure(what: string): GatewayError {
    const words = this.#lastWords.trim().split('\n').at(-1)
    return new GatewayError(
      'BENCH_FAILED',
      `The gateway under test did not ${what}. It said: ${words || 'nothing'}`,
    )
  }
}

async function freePort(): Promise<number> {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  return typeof address === 'object' ? (address?.port ?? 0) : 0
}
