/** Where values lay lately: a histogram in which what is older than a while counts ever less. */

/** Weights grow instead of fading, which spares touching them all each time; beyond this they are scaled back. */
const largestUnit = 1e9

/** Costs one addition per value; its memory is its cells. */
export class FadingHistogram {
  readonly #from: number
  readonly #cell: number
  readonly #memoryMs: number
  readonly #weights: Float64Array
  #total = 0
  #unit = 1

  /**
   * @param from lowest value told apart from lower ones
   * @param cell width of a cell, in the unit of the values
   * @param cells how many; what lies outside counts in the first and the last
   * @param memoryMs a value's weight falls to 37 % in this time
   */
  constructor(from: number, cell: number, cells: number, memoryMs: number) {
    this.#from = from
    this.#cell = cell
    this.#memoryMs = memoryMs
    this.#weights = new Float64Array(cells)
  }

  /** Adds a value that held for `spanMs`, 0 or more. */
  add(value: number, spanMs: number): void {
    this.#unit *= Math.exp(Math.min(spanMs / this.#memoryMs, 20))
    const cells = this.#weights.length
    const at = Math.min(cells - 1, Math.max(0, Math.floor((value - this.#from) / this.#cell)))
    const weight = spanMs * this.#unit
    this.#weights[at] = (this.#weights[at] ?? 0) + weight
    this.#total += weight
    if (this.#unit > largestUnit) this.#scaleBack()
  }

  /** The value below which lies this share of the weight, 0..1; NaN where nothing was added. */
  quantile(share: number): number {
    if (this.#total === 0) return Number.NaN
    let missing = share * this.#total
    let at = 0
    for (; at < this.#weights.length - 1; at++) {
      const weight = this.#weights[at] ?? 0
      if (weight > 0 && weight >= missing) break
      missing -= weight
    }
    const weight = this.#weights[at] ?? 0
    return this.#from + (at + (weight > 0 ? Math.min(1, missing / weight) : 0)) * this.#cell
  }

  #scaleBack(): void {
    this.#total = 0
    for (let at = 0; at < this.#weights.length; at++) {
      const weight = (this.#weights[at] ?? 0) / this.#unit
      this.#weights[at] = weight
      this.#total += weight
    }
    this.#unit = 1
  }
}
