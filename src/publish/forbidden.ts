/** Topics on which the broker lets us say nothing for now: skipped, so that the others go on, and tried again later. */
import type { Delivery } from './ports.ts'

export class Forbidden {
  readonly #retryMs: number
  /** As many as there are cameras and kinds of rules at most. */
  readonly #places = new Set<string>()
  #since = 0

  constructor(retryMs: number) {
    this.#retryMs = retryMs
  }

  add(delivery: Delivery): void {
    if (this.#places.size === 0) this.#since = performance.now()
    this.#places.add(placeOf(delivery))
  }

  has(delivery: Delivery): boolean {
    return this.#places.size > 0 && this.#places.has(placeOf(delivery))
  }

  /** Ms until all of them may be tried again; Infinity where there is none. */
  get dueMs(): number {
    if (this.#places.size === 0) return Number.POSITIVE_INFINITY
    return Math.max(0, this.#since + this.#retryMs - performance.now())
  }

  clear(): void {
    this.#places.clear()
  }
}

/** Each picture has a topic of its own: what stands for them is the level above. */
function placeOf({ topic, body }: Delivery): string {
  return typeof body === 'string' ? topic : topic.slice(0, topic.lastIndexOf('/'))
}
