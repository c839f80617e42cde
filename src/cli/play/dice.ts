/** Chance that is the same for the same seed, so that a simulated day can be played again. */
import { v7 as timeOrderedId } from 'uuid'

export class Dice {
  #state: number

  constructor(seed: number) {
    this.#state = seed >>> 0
  }

  /** 0 ≤ n < 1. Mulberry32: small, and good enough for a play. */
  roll(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }

  between(from: number, to: number): number {
    return from + this.roll() * (to - from)
  }

  /** A whole number, both ends included. */
  whole(from: number, to: number): number {
    return from + Math.floor(this.roll() * (to - from + 1))
  }

  shuffled<Item>(items: readonly Item[]): Item[] {
    return items
      .map((item) => ({ item, at: this.roll() }))
      .sort((one, other) => one.at - other.at)
      .map(({ item }) => item)
  }

  /** UUIDv7 of that moment, epoch ms. */
  id(time: number): string {
    const random = Uint8Array.from({ length: 16 }, () => this.whole(0, 255))
    return timeOrderedId({ msecs: Math.floor(time), random })
  }

  /** Dice of their own for a part of the play: what one part rolls moves nothing in another. */
  split(): Dice {
    return new Dice(this.whole(0, 2 ** 32 - 1))
  }
}
