/** Which pictures a decoder may show damaged: from one after lost packets to the next key picture. */
import type { CodedFacts } from './coded-facts.ts'

/** Damage that begins this soon after the last is one with it: pictures of both may still be in the decoder. */
const joinedMs = 2_000

export class Damage {
  #fromMs = Number.POSITIVE_INFINITY
  #untilMs = Number.NEGATIVE_INFINITY

  /** Takes one coded picture, in the order of arrival. */
  note({ key, afterLoss, timeMs }: CodedFacts): void {
    if (key) {
      if (this.#isOpen) this.#untilMs = timeMs
    } else if (afterLoss && !this.#isOpen) {
      const joins = Math.abs(timeMs - this.#untilMs) <= joinedMs
      if (!joins) this.#fromMs = timeMs
      this.#untilMs = Number.POSITIVE_INFINITY
    }
  }

  /** May the picture of that stream time be damaged? */
  has(timeMs: number): boolean {
    return timeMs >= this.#fromMs && timeMs < this.#untilMs
  }

  forget(): void {
    this.#fromMs = Number.POSITIVE_INFINITY
    this.#untilMs = Number.NEGATIVE_INFINITY
  }

  get #isOpen(): boolean {
    return this.#untilMs === Number.POSITIVE_INFINITY
  }
}
