/** One account at one camera or NVR: who may try to log in, and when, so that wrong passwords do not lock it. */
import { createHash } from 'node:crypto'

const firstPauseMs = 60_000
const maxPauseMs = 30 * 60_000

/**
 * Until a password has proven right, one camera at a time tries it. After a refusal the next try waits 1, 2, 4 … 30
 * minutes; a password that was never refused (somebody corrected it) waits a minute at most.
 */
export class Account {
  #probing = false
  #refusedAt = Number.NEGATIVE_INFINITY
  readonly #proven = new Set<string>()
  readonly #refused = new Map<string, { failures: number; nextAt: number }>()

  /** Earliest time for a try with this password; Infinity while another camera is trying. */
  nextAt(password: string): number {
    const key = digest(password)
    if (this.#proven.has(key)) return Number.NEGATIVE_INFINITY
    if (this.#probing) return Number.POSITIVE_INFINITY
    return this.#refused.get(key)?.nextAt ?? this.#refusedAt + firstPauseMs
  }

  /** Has nobody been refused, so that this account may be forgotten while nobody uses it? */
  get clean(): boolean {
    return this.#refused.size === 0
  }

  /** Begins a try. Returns whether it is a probe: then `endProbe` must follow. */
  begin(password: string): boolean {
    if (this.#proven.has(digest(password))) return false
    this.#probing = true
    return true
  }

  succeeded(password: string): void {
    this.#proven.add(digest(password))
    this.#refused.delete(digest(password))
  }

  failed(password: string, now: number): void {
    const key = digest(password)
    const before = this.#refused.get(key)
    this.#proven.delete(key)
    // Attempts that were under way together tell one thing, not several.
    if (before && now < before.nextAt) return
    const failures = (before?.failures ?? 0) + 1
    this.#refused.set(key, {
      failures,
      nextAt: now + Math.min(maxPauseMs, firstPauseMs * 2 ** (failures - 1)),
    })
    this.#refusedAt = now
  }

  /** The probe is over, whatever it showed. */
  endProbe(): void {
    this.#probing = false
  }

  /** Nobody is logged in any more: the password may change before the next try, which is a probe again. */
  forgetProof(): void {
    this.#proven.clear()
  }
}

/** Passwords are compared, never kept. */
function digest(password: string): string {
  return createHash('sha256').update(password).digest('base64')
}
