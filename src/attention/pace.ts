/** Says which pictures of a stream are due at a rate that need not divide the stream's own. */

/** A picture that comes this share of a period early is on time: cameras' clocks tremble. */
const early = 0.1

export class Pace {
  #nextMs = Number.NEGATIVE_INFINITY

  /** When the next picture will be due, stream time. */
  get nextMs(): number {
    return this.#nextMs
  }

  /** Is the picture due? Exact on average; catches up at once where the time went back or the period shrank. */
  due(timeMs: number, periodMs: number): boolean {
    const wait = this.#nextMs - timeMs
    if (wait > early * periodMs && wait <= 2 * periodMs) return false
    const next = this.#nextMs + periodMs
    this.#nextMs = next > timeMs && next <= timeMs + 2 * periodMs ? next : timeMs + periodMs
    return true
  }
}
