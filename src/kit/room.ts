/** A bound on how much of something may be there at once, shared by many. */

export class Room {
  readonly #size: number
  #used = 0

  constructor(size: number) {
    this.#size = size
  }

  get used(): number {
    return this.#used
  }

  /** False, and nothing has changed, where it does not fit. */
  enter(amount: number): boolean {
    if (this.#used + amount > this.#size) return false
    this.#used += amount
    return true
  }

  leave(amount: number): void {
    this.#used = Math.max(0, this.#used - amount)
  }
}
