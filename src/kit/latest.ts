/** One-slot mailbox: the newest value wins, and each value that nobody took is counted; kept ones wait in line. */

export interface LatestOptions<T> {
  /** Kept values that may wait at once; the oldest goes for one more. */
  readonly maxKept?: number
  /** What a newer value becomes where it replaces an older one; default: it stays as it is. */
  succeed?(newer: T, older: T): T
  /** Gets each value that nobody will take. */
  onDropped?(value: T): void
}

export class Latest<T> implements AsyncIterable<T> {
  readonly #options: LatestOptions<T>
  readonly #kept: T[] = []
  #value: T | undefined
  #wake: (() => void) | undefined
  #closed = false
  #replaced = 0

  constructor(options: LatestOptions<T> = {}) {
    this.#options = options
  }

  /** Values that were overwritten before anybody took them. */
  get replaced(): number {
    return this.#replaced
  }

  /** Puts a value; replaces one that is still waiting. Dropped after `close`. */
  put(value: T): void {
    if (this.#closed) {
      this.#drop(value)
      return
    }
    const older = this.#value
    this.#value = older === undefined ? value : (this.#options.succeed?.(value, older) ?? value)
    if (older !== undefined) {
      this.#replaced++
      this.#drop(older)
    }
    this.#wake?.()
  }

  /**
   * Puts a value that newer ones do not replace: it is taken after all that came before it. One that waits to be replaced is older,
   * so it is kept too.
   */
  keep(value: T): void {
    const { maxKept = 0 } = this.#options
    if (this.#closed || maxKept === 0) {
      this.#drop(value)
      return
    }
    if (this.#value !== undefined) this.#kept.push(this.#value)
    this.#value = undefined
    this.#kept.push(value)
    while (this.#kept.length > maxKept) {
      this.#replaced++
      this.#drop(this.#kept.shift() as T)
    }
    this.#wake?.()
  }

  /** Ends the iteration; waiting values are dropped. */
  close(): void {
    this.#closed = true
    for (const value of this.#kept.splice(0)) this.#drop(value)
    if (this.#value !== undefined) this.#drop(this.#value)
    this.#value = undefined
    this.#wake?.()
  }

  /** What `take` would give now; waits for it. Undefined once closed. One reader at a time. */
  async peek(): Promise<T | undefined> {
    while (!this.#closed) {
      const value = this.#kept[0] ?? this.#value
      if (value !== undefined) return value
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
      this.#wake = undefined
    }
    return undefined
  }

  /** The next value, if there is one. */
  take(): T | undefined {
    const kept = this.#kept.shift()
    if (kept !== undefined) return kept
    const value = this.#value
    this.#value = undefined
    return value
  }

  /** One reader at a time. */
  async *[Symbol.asyncIterator](): AsyncGenerator<T> {
    while ((await this.peek()) !== undefined) {
      const value = this.take()
      if (value !== undefined) yield value
    }
  }

  #drop(value: T): void {
    this.#options.onDropped?.(value)
  }
}
