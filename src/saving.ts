/** Saves alerts in order; what the disk refuses waits here, bounded and counted, and is tried again until it is taken. */
import { GatewayError } from './kit/errors.ts'
import type { Log } from './kit/log.ts'
import type { Part } from './kit/part.ts'
import { sleep } from './kit/retry.ts'

/** Alerts that may wait; then the oldest is given up. */
const mostWaiting = 1_000
const retryMs = 2_000

/** One attempt to save; `late` asks to do without the picture, which the first attempt has used up. */
export type Save = (late: boolean) => Promise<void>

export class Saving implements Part {
  readonly name = 'saving'
  readonly #log: Log
  readonly #retryMs: number
  readonly #waiting: Save[] = []
  readonly #stopping = new AbortController()
  #retrying: Promise<void> = Promise.resolve()
  #isRetrying = false
  /** The oldest is out of the queue while it is tried. */
  #trying = false
  #lost = 0

  constructor(log: Log, retryAfterMs: number = retryMs) {
    this.#log = log
    this.#retryMs = retryAfterMs
  }

  /** Alerts that wait for the disk. */
  get waiting(): number {
    return this.#waiting.length + (this.#trying ? 1 : 0)
  }

  /** Alerts that were given up. */
  get lost(): number {
    return this.#lost
  }

  async start(): Promise<void> {}

  /** Tries what waits a last time. */
  async stop(): Promise<void> {
    this.#stopping.abort()
    await this.#retrying
    this.#giveUp(this.#waiting.splice(0).length)
  }

  /** Never rejects. Resolves when the alert is saved or has joined those that wait, so that none overtakes another. */
  async add(save: Save): Promise<void> {
    if (this.waiting === 0 && (await this.#try(save, false))) return
    this.#waiting.push(save)
    if (this.#waiting.length > mostWaiting) {
      this.#waiting.shift()
      this.#giveUp(1)
    }
    if (!this.#isRetrying) this.#retrying = this.#retry()
  }

  async #retry(): Promise<void> {
    this.#isRetrying = true
    while (this.#waiting.length > 0) {
      await sleep(this.#retryMs, this.#stopping.signal)
      for (let next = this.#waiting.shift(); next; next = this.#waiting.shift()) {
        this.#trying = true
        const taken = await this.#try(next, true)
        this.#trying = false
        if (taken) continue
        this.#waiting.unshift(next)
        break
      }
      if (this.#stopping.signal.aborted) return
    }
    this.#isRetrying = false
    this.#log.info('alerts that waited for the disk are saved')
  }

  async #try(save: Save, late: boolean): Promise<boolean> {
    try {
      await save(late)
      return true
    } catch (error) {
      if (error instanceof GatewayError && error.code === 'MESSAGE_INVALID') {
        // It would be refused for ever, and everything behind it would wait.
        this.#log.error({ err: error }, 'an alert fits no message and is dropped')
        this.#lost++
        return true
      }
      if (!late) this.#log.error({ err: error }, 'an alert could not be saved; it waits and is tried again')
      return false
    }
  }

  #giveUp(count: number): void {
    if (count === 0) return
    this.#lost += count
    this.#log.error({ count, lost: this.#lost }, 'alerts were given up: the database did not take them')
  }
}
