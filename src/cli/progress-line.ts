/** One line on a terminal's stderr that is overwritten; nothing where stderr is a file. */

/** Shown at most this often, ms. */
const everyMs = 500

export class ProgressLine {
  readonly #text: () => string
  #shownAt = 0

  constructor(text: () => string) {
    this.#text = text
  }

  tick(): void {
    if (!process.stderr.isTTY || performance.now() - this.#shownAt < everyMs) return
    this.#shownAt = performance.now()
    process.stderr.write(`\r\x1b[K${this.#text()}`)
  }

  clear(): void {
    if (process.stderr.isTTY) process.stderr.write('\r\x1b[K')
  }
}
