/** Chance from a seed: the same numbers on every machine, so that drawn pictures can be drawn again. */
export class Chance {
  #state: number

  constructor(seed: number) {
    this.#state = seed | 0
  }

  /** 0 to below 1 (a Weyl sequence, mixed twice so that neighbouring seeds have nothing in common). */
  unit(): number {
    this.#state = (this.#state + 0x9e3779b9) | 0
    let mixed = Math.imul(this.#state ^ (this.#state >>> 16), 0x21f0aaad)
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97)
    return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32
  }

  between(from: number, to: number): number {
    return from + (to - from) * this.unit()
  }

  /** A whole number, both ends included. */
  whole(from: number, to: number): number {
    return Math.floor(this.between(from, to + 1))
  }

  one<Value>(values: readonly Value[]): Value {
    return values[this.whole(0, values.length - 1)]
  }

  is(probability: number): boolean {
    return this.unit() < probability
  }

  /** A colour as CSS: any hue, within these bounds (per cent). */
  colour(saturation: readonly [number, number], lightness: readonly [number, number]): string {
    const [hue, s, l] = [this.whole(0, 359), this.whole(...saturation), this.whole(...lightness)]
    return `hsl(${hue},${s}%,${l}%)`
  }
}
