/** Finds out that a camera's time stamps run at another rate than it announced (milliseconds that are called 90 kHz). */

/** Arrival and stamps are compared over so long, ms. */
const spanMs = 10_000
/** Stamps that run by more than this factor faster or slower than arrival are wrong. */
const most = 3

/**
 * Spans are compared one after the other, and only two in a row that are wrong to the same side count: one alone may be a leap of the
 * stamps, pictures that were held up on their way, or a clock of the box that was set.
 */
export class RateCheck {
  #from: { readonly timeMs: number; readonly arrivedAt: number } | undefined
  #before: 'slow' | 'fast' | undefined
  #wrong = false

  /** Once it is, it stays so. */
  get isWrong(): boolean {
    return this.#wrong
  }

  /**
   * Takes each picture.
   *
   * @param timeMs by its stamp, ms
   * @param arrivedAt epoch ms
   */
  add(timeMs: number, arrivedAt: number): void {
    this.#from ??= { timeMs, arrivedAt }
    const tookMs = arrivedAt - this.#from.arrivedAt
    if (tookMs < spanMs) return
    const rate = (timeMs - this.#from.timeMs) / tookMs
    const side = rate < 1 / most ? 'slow' : rate > most ? 'fast' : undefined
    this.#wrong = side !== undefined && side === this.#before
    this.#before = side
    this.#from = { timeMs, arrivedAt }
  }
}
