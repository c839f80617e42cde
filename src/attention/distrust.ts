/** How far packets are believed that said 'something moves' when nothing did: rain, a tree, a light that flickers in the code alone. */

/** After an opening in vain packets are not believed for this long, doubled each time up to the second, ms. */
const firstMs = 2_000
const mostMs = 32_000
/** Unless they say it this many times louder. */
const louder = 1.5

export class Distrust {
  #untilMs = Number.NEGATIVE_INFINITY
  #spanMs = firstMs
  #score = 0
  /** The packets opened, and nothing has moved since. */
  #inVain = false

  begin(): void {
    this.#untilMs = Number.NEGATIVE_INFINITY
    this.#inVain = false
  }

  believes(score: number, timeMs: number): boolean {
    return timeMs >= this.#untilMs || score > louder * this.#score
  }

  /** The packets open the gate. */
  open(score: number): void {
    this.#inVain = true
    this.#score = score
  }

  /** Something moved. */
  fulfil(): void {
    this.#inVain = false
    this.#spanMs = firstMs
  }

  /** The gate closes. */
  close(timeMs: number): void {
    if (!this.#inVain) return
    this.#inVain = false
    this.#untilMs = timeMs + this.#spanMs
    this.#spanMs = Math.min(mostMs, this.#spanMs * 2)
  }
}
