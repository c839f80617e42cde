/** Wakes one sleeper; a ring that nobody waited for is not lost. */
import { sleep } from '../kit/retry.ts'

export class Bell {
  #rung = false
  #wake = new AbortController()

  ring(): void {
    this.#rung = true
    this.#wake.abort()
  }

  /** Resolves at the next ring (or at once after a missed one), after `ms`, or when the signal fires. */
  async wait(ms: number, signal: AbortSignal): Promise<void> {
    if (!this.#rung) {
      this.#wake = new AbortController()
      await sleep(ms, AbortSignal.any([signal, this.#wake.signal]))
    }
    this.#rung = false
  }
}
