/** One gateway in this process with what it needs around it: simulated cameras, its own broker, a listener, free ports. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connectAsync } from 'mqtt'
import { v4 as anyId } from 'uuid'
import { expect, vi } from 'vitest'
import { stringify } from 'yaml'
import { CameraSim } from '../../scripts/sim/server.ts'
import { readConfig } from '../../src/cli/setup.ts'
import type { Config } from '../../src/config/config.ts'
import type { AnswerData } from '../../src/contract/answer-schema.ts'
import { Gateway } from '../../src/gateway.ts'
import { createLog } from '../../src/kit/log.ts'
import { SecretMask } from '../../src/kit/secrets.ts'
import type { Models } from '../../src/vision/ports.ts'
import type { AlertEvent } from '../e2e/consumer.ts'
import { Listener } from '../support/listener.ts'
import { freePort } from '../support/mosquitto.ts'
import { spotModels } from '../support/spot-model.ts'
import { standingClip } from './standing-clip.ts'

export const password = 'p@ss:w/rd#口令'

/** A busy machine may take its time. */
export const until = (check: () => unknown) => vi.waitFor(check, { timeout: 40_000, interval: 50 })

/** A camera as it stands in the configuration. */
export type Written = { readonly id: string } & Readonly<Record<string, unknown>>

const whole = {
  name: 'all',
  polygon: [
    [0, 0],
    [1, 0],
    [1, 1],
    [0, 1],
  ],
}

export class Bench {
  readonly folder = mkdtempSync(join(tmpdir(), 'skyeye-gateway-'))
  readonly sim = new CameraSim()
  readonly lines: string[] = []
  /** Taken at the start. */
  models: Models = spotModels(join(this.folder, 'models'))
  readonly #ports: { mqtt: number; http: number }
  #gateway: Gateway | undefined
  #listener: Listener | undefined

  private constructor(ports: { mqtt: number; http: number }) {
    this.#ports = ports
  }

  static async make(): Promise<Bench> {
    const bench = new Bench({ mqtt: await freePort(), http: await freePort() })
    await bench.sim.start()
    return bench
  }

  get dataDir(): string {
    return join(this.folder, 'data')
  }

  get configPath(): string {
    return join(this.folder, 'skyeye.yaml')
  }

  get brokerUrl(): string {
    return `mqtt://127.0.0.1:${this.#ports.mqtt}`
  }

  /** A simulated camera with an account, in which someone stands; it raises one alert and keeps it open. */
  async camera(id: string, change: object = {}): Promise<Written> {
    const url = await this.sim.addCamera(id, {
      clip: await standingClip(),
      auth: { user: 'viewer', password },
    })
    const rules = [{ kind: 'intrusion', zone: 'all', labels: ['person'], inertiaMs: 0, cooldownMs: 0 }]
    return { id, name: `camera ${id}`, url, zones: [whole], rules, ...change }
  }

  /** Through the file, as a person would have written it. */
  /** Sections of the configuration beside those that every bench has. */
  readonly sections: Record<string, unknown> = {}

  async config(...cameras: Written[]): Promise<Config> {
    const text = stringify({
      gateway: { id: 'gw' },
      dataDir: this.dataDir,
      broker: `embedded:${this.#ports.mqtt}`,
      http: { port: this.#ports.http },
      analysis: { workers: 1 },
      ingest: { allowNetworks: ['127.0.0.0/8'], startGapMs: 20 },
      cameras,
      ...this.sections,
    })
    writeFileSync(this.configPath, text)
    return (await readConfig(this.configPath)).config
  }

  async start(...cameras: Written[]): Promise<Gateway> {
    const config = await this.config(...cameras)
    const secrets = new SecretMask()
    for (const secret of config.secrets) secrets.remember(secret)
    this.#gateway = new Gateway({
      config,
      version: '0.0.0-test',
      models: this.models,
      log: createLog('debug', secrets, (line) => this.lines.push(line)),
      onHung: () => expect.unreachable('no run hangs here'),
    })
    const started = this.#gateway.start()
    // From the first moment on: events are never retained. The broker is up long before the models are loaded.
    await until(async () => {
      this.#listener = await Listener.start(this.brokerUrl)
    })
    await started
    return this.#gateway
  }

  async stop(): Promise<void> {
    await this.#listener?.stop()
    await this.#gateway?.stop()
    await this.sim.stop()
    rmSync(this.folder, { recursive: true, force: true })
  }

  /** Alert messages of one camera in their order: `began`, or why it ended. */
  told(camera: string): string[] {
    return this.alerts(camera).map(({ data }) => data.endedBecause ?? data.phase)
  }

  alerts(camera: string): AlertEvent[] {
    const events = this.#listener?.events<AlertEvent>(/\/alerts\//) ?? []
    return events.filter(({ data }) => data.camera.id === camera)
  }

  get arrived(): Listener['arrived'] {
    return this.#listener?.arrived ?? []
  }

  /** What the broker has kept for those who come later: topic to parsed state. */
  async retained(): Promise<Record<string, string>> {
    const late = await Listener.start(this.brokerUrl)
    // Presence is always there; the broker sends what it has kept in one go.
    await until(() => expect(late.arrived.length).toBeGreaterThan(0))
    await new Promise((resolve) => setTimeout(resolve, 100))
    const kept = late.arrived.filter(({ retain, topic }) => retain && topic.includes('/cameras/'))
    await late.stop()
    return Object.fromEntries(
      kept.map(({ topic, payload }) => [topic, JSON.parse(payload.toString()).data.state as string]),
    )
  }

  /** A command as the centre gives it, and the answer. */
  async ask(verb: string, data: object): Promise<AnswerData> {
    const id = anyId()
    const now = Date.now()
    const command = {
      ...{ specversion: '1.0', id, source: '/centre', type: `skyeye.command.${verb}` },
      time: new Date(now).toISOString(),
      expirytime: new Date(now + 60_000).toISOString(),
      data: { ...data, actor: { kind: 'operator', name: '李敏' } },
    }
    const centre = await connectAsync(this.brokerUrl)
    await centre.publishAsync(`skyeye/v1/commands/gw/${verb}`, JSON.stringify(command), { qos: 1 })
    await centre.endAsync()
    const answers = () =>
      this.arrived
        .filter(({ topic }) => topic === 'skyeye/v1/answers/gw')
        .map(({ payload }) => (JSON.parse(`${payload}`) as { data: AnswerData }).data)
    await until(() => expect(answers().map(({ command }) => command)).toContain(id))
    return answers().find(({ command }) => command === id)!
  }

  async get(path: string): Promise<{ status: number; text: string }> {
    const answer = await fetch(`http://127.0.0.1:${this.#ports.http}${path}`)
    return { status: answer.status, text: await answer.text() }
  }

  /** One number of /metrics. */
  async metric(name: string): Promise<number | undefined> {
    const line = (await this.get('/metrics')).text.split('\n').find((one) => one.startsWith(`${name} `))
    return line === undefined ? undefined : Number(line.slice(name.length + 1))
  }

  frames(camera: string): Promise<number | undefined> {
    return this.metric(`skyeye_frames_total{camera="${camera}"}`)
  }

  /** How often the camera was asked to play. */
  plays(camera: string): number {
    return this.sim.requests(camera).filter(({ method }) => method === 'PLAY').length
  }
}
