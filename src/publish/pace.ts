/** Limits how fast a backlog is sent, so that the return of a broker is no flood for it, nor for the link. */

export class Pace {
  readonly #perMs: number
  readonly #most: number
  readonly #now: () => number
  #tokens: number
  #at: number

  /** 0 = no limit. A second's worth may leave at once, so ordinary days never feel it. */
  constructor(perSecond: number, now: () => number = () => performance.now()) {
    this.#perMs = perSecond === 0 ? Number.POSITIVE_INFINITY : perSecond / 1_000
    this.#most = perSecond === 0 ? Number.POSITIVE_INFINITY : Math.max(1, perSecond)
    this.#now = now
    this.#tokens = this.#most
    this.#at = now()
  }

  /** Ms until the next may leave. */
  get dueMs(): number {
    this.#earn()
    return this.#tokens >= 1 ? 0 : Math.ceil((1 - this.#tokens) / this.#perMs)
  }

  /** One leaves. */
  spend(): void {
    this.#tokens -= 1
  }

  #earn(): void {
    const now = this.#now()
    if (this.#tokens < this.#most) {
      this.#tokens = Math.min(this.#most, this.#tokens + (now - this.#at) * this.#perMs)
    }
    this.#at = now
  }
}
