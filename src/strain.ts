/** How overloaded the box is, felt by how long frames wait for a worker: attention then looks more rarely, everywhere alike. */
import type { Part } from './kit/part.ts'
import { sleep } from './kit/retry.ts'

/** Sums since the start, as the vision pool counts them. */
export interface Waiting {
  readonly waitMs: number
  readonly frames: number
}

const everyMs = 1_000
/** A frame that waits this long for its turn finds more work than workers. */
const tooLongMs = 150
const shortMs = 50
/** Strain rises within ten seconds and falls within thirty: slowly enough not to swing. */
const rise = 0.1
const fall = 0.03

/** 0 while every frame finds a free worker, towards 1 while they queue. */
export class Strain implements Part {
  readonly name = 'strain'
  readonly #read: () => Waiting
  readonly #tell: (strain: number) => void
  #strain = 0
  #before: Waiting = { waitMs: 0, frames: 0 }
  #stopping = new AbortController()
  #running: Promise<void> = Promise.resolve()

  constructor(read: () => Waiting, tell: (strain: number) => void) {
    this.#read = read
    this.#tell = tell
  }

  async start(): Promise<void> {
    this.#stopping = new AbortController()
    this.#running = this.#run(this.#stopping.signal)
  }

  async stop(): Promise<void> {
    this.#stopping.abort()
    await this.#running
  }

  /** The last reading, 0..1. */
  get newest(): number {
    return this.#strain
  }

  /** One reading; called each second. */
  feel(): number {
    const { waitMs, frames } = this.#read()
    const taken = frames - this.#before.frames
    const meanMs = (waitMs - this.#before.waitMs) / Math.max(1, taken)
    this.#before = { waitMs, frames }
    const step = meanMs > tooLongMs ? rise : meanMs < shortMs ? -fall : 0
    this.#strain = Math.min(1, Math.max(0, this.#strain + step))
    return this.#strain
  }

  async #run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      this.#tell(this.feel())
      await sleep(everyMs, signal)
    }
  }
}
