/** Between the cameras and the record: alerts of one kind that many cameras raise at once are told as one. */
import { v7 as newId } from 'uuid'
import type { Alert } from './domain/alert.ts'
import type { Camera } from './domain/camera.ts'
import type { Part } from './kit/part.ts'
import { sleep } from './kit/retry.ts'
import type { Picture } from './pipeline.ts'
import { Storms } from './rules/storms.ts'

const everyMs = 5_000

export interface StormWatchOptions {
  /** So many cameras at least make a storm; 0: nothing does. */
  readonly least: number
  /** How many there are. */
  cameras(): number
  /** Never rejects. */
  save(camera: Camera, alert: Alert, picture?: Picture): Promise<void>
  /** The same by the id of its camera. */
  saveOf(alert: Alert, picture?: Picture): Promise<void>
  /** Monotonic ms. */
  readonly ticks?: () => number
}

export class StormWatch implements Part {
  readonly name = 'storms'
  readonly #options: StormWatchOptions
  readonly #storms: Storms
  #stopping = new AbortController()
  #running: Promise<void> = Promise.resolve()

  constructor(options: StormWatchOptions) {
    this.#options = options
    this.#storms = new Storms({ least: options.least, newId })
  }

  async start(): Promise<void> {
    this.#stopping = new AbortController()
    this.#running = this.#run(this.#stopping.signal)
  }

  /** After the cameras. */
  async stop(): Promise<void> {
    this.#stopping.abort()
    await this.#running
    for (const alert of this.#storms.end('gateway-stopped')) await this.#options.saveOf(alert)
  }

  async save(camera: Camera, alert: Alert, picture?: Picture): Promise<void> {
    const { cameras, save, saveOf } = this.#options
    for (const told of this.#storms.take(alert, camera.name, cameras(), this.#ticks())) {
      if (told.kind === 'storm') await saveOf(told)
      else await save(camera, told, told.phase === alert.phase ? picture : sacrificed)
    }
  }

  /** Called every five seconds. */
  async look(): Promise<void> {
    const { cameras, saveOf } = this.#options
    for (const alert of this.#storms.turn(cameras(), this.#ticks()))
      await saveOf(alert, alert.kind === 'storm' ? undefined : sacrificed)
  }

  #ticks(): number {
    return this.#options.ticks?.() ?? performance.now()
  }

  async #run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await sleep(everyMs, signal)
      await this.look()
    }
  }
}

/** Nobody kept it while its alert was only counted. */
const sacrificed: Picture = { missing: 'sacrificed' }
