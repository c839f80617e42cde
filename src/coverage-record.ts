/** Each minute: writes down how each camera was covered, for all cameras at once, and tells the centre how the last hour was. */

import { minuteMs } from './coverage.ts'
import { type CoverageBook, hourMs } from './coverage-book.ts'
import type { CoverageMinute, Covered } from './domain/coverage.ts'
import type { Log } from './kit/log.ts'
import type { Part } from './kit/part.ts'
import { sleep } from './kit/retry.ts'

export interface CoverageRecordOptions {
  readonly book: CoverageBook
  readonly store: {
    /** Minutes of all cameras that began in `from` ≤ t < `to`, epoch ms. */
    coverageBetween(from: number, to: number): Promise<CoverageMinute[]>
    saveCoverage(minutes: readonly CoverageMinute[]): Promise<void>
  }
  /** The camera's last hour. */
  readonly tell: (camera: string, hour: Covered) => void
  readonly log: Log
  readonly now?: () => number
}

export class CoverageRecord implements Part {
  readonly name = 'coverage'
  readonly #options: CoverageRecordOptions
  readonly #now: () => number
  #stopping = new AbortController()
  #running: Promise<void> = Promise.resolve()

  constructor(options: CoverageRecordOptions) {
    this.#options = options
    this.#now = options.now ?? Date.now
  }

  /** After the store, before the cameras. */
  async start(): Promise<void> {
    await this.#restore()
    this.#stopping = new AbortController()
    this.#running = this.#run(this.#stopping.signal)
  }

  /** The minute that has begun is not written down: nobody watches it to its end. */
  async stop(): Promise<void> {
    this.#stopping.abort()
    await this.#running
  }

  /** A gateway that starts again and again must not look as if it had always been there. */
  async #restore(): Promise<void> {
    const now = this.#now()
    try {
      this.#options.book.restore(await this.#options.store.coverageBetween(now - hourMs, now))
    } catch (error) {
      this.#options.log.error({ err: error }, 'the coverage of the last hour cannot be read')
    }
  }

  async #run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.#turn()
      await sleep(minuteMs, signal)
    }
  }

  async #turn(): Promise<void> {
    const { book, store, tell, log } = this.#options
    const minutes = book.ended(this.#now())
    if (minutes.length === 0) return
    for (const camera of new Set(minutes.map((minute) => minute.camera))) {
      const hour = book.hour(camera)
      if (hour) tell(camera, hour)
    }
    await store.saveCoverage(minutes).catch((error: unknown) => {
      log.error({ err: error, minutes: minutes.length }, 'the coverage of a minute could not be saved')
    })
  }
}
