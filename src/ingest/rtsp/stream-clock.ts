/** A stream's own time: RTP time stamps of 32 bits as milliseconds that go on where the counter wraps. */

/** The first picture is at 0. A stamp is taken for the nearest to the one before: up to 2^31 ticks (6.6 h at 90 kHz) either way. */
export class StreamClock {
  readonly #ticksPerMs: number
  #stamp: number | undefined
  #ticks = 0
  /** The next stamp is the first of another counter; so long after the last one, ms. */
  #gapMs: number | undefined

  /** `clockRate`: ticks per second. */
  constructor(clockRate: number) {
    this.#ticksPerMs = clockRate / 1_000
  }

  /** The time of a picture, ms. */
  advance(stamp: number): number {
    if (this.#gapMs !== undefined) this.#ticks += this.#gapMs * this.#ticksPerMs
    else this.#ticks = this.#ticksAt(stamp) ?? 0
    this.#gapMs = undefined
    this.#stamp = stamp
    return this.#ticks / this.#ticksPerMs
  }

  /** The time of a stamp that is no picture's, ms; undefined while no picture of its counter has come. */
  locate(stamp: number): number | undefined {
    const ticks = this.#gapMs === undefined ? this.#ticksAt(stamp) : undefined
    return ticks === undefined ? undefined : ticks / this.#ticksPerMs
  }

  /** The counter begins anew: the next stamp is `gapMs` after the last one. */
  restart(gapMs: number): void {
    if (this.#stamp !== undefined) this.#gapMs = gapMs
  }

  #ticksAt(stamp: number): number | undefined {
    return this.#stamp === undefined ? undefined : this.#ticks + ((stamp - this.#stamp) | 0)
  }
}
