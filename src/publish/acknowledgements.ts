/** Writes acknowledgements to the outbox, together where they come together, and again until the store takes them. */
import { type Log, oncePer } from '../kit/log.ts'
import { sleep } from '../kit/retry.ts'
import type { Outbox } from './ports.ts'

const pauseMs = 1_000

/** So long they gather after each write: a commit a message would keep the disk busy, and wears flash. */
const gatherMs = 50

/** Tries in a row; then the next acknowledgement or `flush` tries again. */
const mostTries = 3

export class Acknowledgements {
  readonly #outbox: Outbox
  readonly #log: Log
  readonly #grumble = oncePer(10_000)
  /** Acknowledged by the broker, not yet forgotten by the outbox. Bounded by what the broker can acknowledge meanwhile. */
  readonly #waiting = new Set<number>()
  #writing: Promise<void> | undefined

  constructor(outbox: Outbox, log: Log) {
    this.#outbox = outbox
    this.#log = log
  }

  get waiting(): number {
    return this.#waiting.size
  }

  /** The broker has it already: do not send it again. */
  has(rowId: number): boolean {
    return this.#waiting.has(rowId)
  }

  add(rowId: number): void {
    this.#waiting.add(rowId)
    this.flush()
  }

  /** Tries again what the store did not take. */
  flush(): void {
    if (this.#waiting.size === 0) return
    this.#writing ??= this.#write().finally(() => {
      this.#writing = undefined
    })
  }

  /** Resolves when what is being written is written, or was not taken. */
  async written(): Promise<void> {
    await this.#writing
  }

  /** While one write is under way the next ones gather. */
  async #write(): Promise<void> {
    for (let tries = 0; this.#waiting.size > 0 && tries < mostTries; ) {
      const rowIds = [...this.#waiting]
      try {
        await this.#outbox.acknowledged(rowIds)
        for (const rowId of rowIds) this.#waiting.delete(rowId)
        tries = 0
        await sleep(gatherMs)
      } catch (error) {
        tries++
        this.#grumble('write', () => this.#log.error({ err: error }, 'acknowledgements could not be written'))
        await sleep(pauseMs)
      }
    }
  }
}
