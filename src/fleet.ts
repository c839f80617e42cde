/** The cameras that are watched: begins and ends watching until what runs is what is wished. */
import { isDeepStrictEqual } from 'node:util'
import type { Attention } from './attention/attention.ts'
import type { EndedBecause } from './domain/alert.ts'
import type { Wish } from './domain/override.ts'
import type { CameraSource } from './ingest/source.ts'
import type { Log } from './kit/log.ts'
import type { Part } from './kit/part.ts'
import type { CameraStructuring } from './structuring.ts'
import type { CameraWatch } from './watch.ts'

/** What watches a camera. */
export interface Running {
  readonly attention: Pick<Attention, 'strain' | 'weight'>
  readonly source: CameraSource
  readonly watch: CameraWatch
  readonly structuring: Pick<CameraStructuring, 'end'>
}

export interface FleetOptions {
  /** By id: each camera that is to be watched, as it is to be watched. */
  wishes(): ReadonlyMap<string, Wish>
  /** Builds what watches a camera; undefined for one that is paused. */
  open(wish: Wish): Running | undefined
  /** It is no camera of ours any more. */
  forget(camera: string): void
  readonly log: Log
}

interface Watched {
  readonly wish: Wish
  readonly running: Running | undefined
}

export class Fleet implements Part {
  readonly name = 'cameras'
  readonly #options: FleetOptions
  readonly #watched = new Map<string, Watched>()
  #started = false
  /** The newest change: they come one after the other, and the cameras stop after the last. */
  #changed: Promise<void> = Promise.resolve()

  constructor(options: FleetOptions) {
    this.#options = options
  }

  running(camera: string): Running | undefined {
    return this.#watched.get(camera)?.running
  }

  all(): Running[] {
    return [...this.#watched.values()].flatMap(({ running }) => running ?? [])
  }

  start(): Promise<void> {
    this.#started = true
    return this.#inTurn(async () => {
      for (const wish of this.#options.wishes().values()) await this.#watch(wish)
    })
  }

  async stop(): Promise<void> {
    this.#started = false
    await this.#changed
    await Promise.all(this.all().map((running) => end(running)))
    this.#watched.clear()
  }

  /** Wishes have changed: resolves when they are followed. Cameras whose wish did not change are not touched. */
  follow(): Promise<void> {
    return this.#inTurn(() => this.#follow())
  }

  #inTurn(change: () => Promise<void>): Promise<void> {
    const changed = this.#changed.then(change)
    this.#changed = changed.catch(() => {})
    return changed
  }

  async #follow(): Promise<void> {
    if (!this.#started) return
    const wishes = this.#options.wishes()
    const gone = [...this.#watched].filter(([id, { wish }]) => !isDeepStrictEqual(wish, wishes.get(id)))
    for (const [id, { running }] of gone) {
      const next = wishes.get(id)
      const because = !next ? 'camera-removed' : next.paused ? 'camera-lost' : 'rule-changed'
      if (running) await end(running, because)
      this.#watched.delete(id)
      if (!next) this.#options.forget(id)
    }
    const added = [...wishes].filter(([id]) => !this.#watched.has(id))
    for (const [, wish] of added) await this.#watch(wish)
    this.#options.log.info({ removed: gone.length, started: added.length }, 'cameras loaded again')
  }

  async #watch(wish: Wish): Promise<void> {
    const running = this.#options.open(wish)
    this.#watched.set(wish.camera.id, { wish, running })
    await running?.watch.start()
  }
}

/** What was followed until now is told. */
async function end({ watch, structuring }: Running, because?: EndedBecause): Promise<void> {
  await watch.stop(because)
  structuring.end()
}
