/** One-slot mailbox: the newest value wins, and each value that nobody took is counted. */

export class Latest<T> implements AsyncIterable<T> {
  #value: T | undefined
  #wake: (() => void) | undefined
  #closed = false
  #replaced = 0

  /** Values that were overwritten before anybody took them. */
  get replaced(): number {
    return this.#replaced
  }

  /** Puts a value; replaces one that is still waiting. Ignored after `close`. */
  put(value: T): void {
    if (this.#closed) return
    if (this.#value !== undefined) this.#replaced++
    this.#value = value
    this.#wake?.()
  }

  /** Ends the iteration; a waiting value is dropped. */
  close(): void {
    this.#closed = true
    this.#value = undefined
    this.#wake?.()
  }

  /** One reader at a time. */
  async *[Symbol.asyncIterator](): AsyncGenerator<T> {
    while (!this.#closed) {
      const value = this.#value
      this.#value = undefined
      if (value !== undefined) {
        yield value
        continue
      }
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
      this.#wake = undefined
    }
  }
}
