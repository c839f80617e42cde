/** A stream's own time: RTP time stamps of 32 bits as milliseconds that go on where the counter wraps. */
import { RateCheck } from './rate-check.ts'

/**
 * The first picture is at 0. A stamp is taken for the nearest to the one before: up to 2^31 ticks (6.6 h at 90 kHz) either way.
 * Where stamps run at another rate than was announced, time goes on from then by arrival.
 */
export class StreamClock {
  readonly #ticksPerMs: number
  readonly #rate = new RateCheck()
  #stamp: number | undefined
  #ticks = 0
  /** The next stamp is the first of another counter; so long after the last one, ms. */
  #gapMs: number | undefined
  /** The newest picture: its time, and when it arrived, ms. */
  #timeMs = 0
  #arrivedAt = 0

  /** `clockRate`: ticks per second. */
  constructor(clockRate: number) {
    this.#ticksPerMs = clockRate / 1_000
  }

  /** Do the stamps run at another rate than was announced, so that arrival counts instead? */
  get byArrival(): boolean {
    return this.#rate.isWrong
  }

  /**
   * The time of a picture, ms. By arrival it only grows.
   *
   * @param arrivedAt epoch ms
   */
  advance(stamp: number, arrivedAt: number): number {
    if (this.byArrival) this.#timeMs += Math.max(1, arrivedAt - this.#arrivedAt)
    else {
      this.#timeMs = this.#count(stamp)
      this.#rate.add(this.#timeMs, arrivedAt)
    }
    this.#arrivedAt = arrivedAt
    return this.#timeMs
  }

  /**
   * The time of a stamp that is no picture's, ms; undefined while no picture of its counter has come.
   *
   * @param arrivedAt of what it came with, epoch ms
   */
  locate(stamp: number, arrivedAt: number): number | undefined {
    if (this.byArrival) return this.#timeMs + (arrivedAt - this.#arrivedAt)
    const ticks = this.#gapMs === undefined ? this.#ticksAt(stamp) : undefined
    return ticks === undefined ? undefined : ticks / this.#ticksPerMs
  }

  /** The counter begins anew: the next stamp is `gapMs` after the last one. */
  restart(gapMs: number): void {
    if (this.#stamp !== undefined) this.#gapMs = gapMs
  }

  #count(stamp: number): number {
    if (this.#gapMs !== undefined) this.#ticks += this.#gapMs * this.#ticksPerMs
    else this.#ticks = this.#ticksAt(stamp) ?? 0
    this.#gapMs = undefined
    this.#stamp = stamp
    return this.#ticks / this.#ticksPerMs
  }

  #ticksAt(stamp: number): number | undefined {
    return this.#stamp === undefined ? undefined : this.#ticks + ((stamp - this.#stamp) | 0)
  }
}
