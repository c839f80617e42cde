/** Supervision: one attempt fails, the supervisor waits longer and longer, with jitter, and tries again. */

export interface Backoff {
  readonly firstMs: number
  readonly maxMs: number
  /** An attempt that lived this long resets the delay. */
  readonly healthyAfterMs: number
}

export const defaultBackoff: Backoff = { firstMs: 1_000, maxMs: 60_000, healthyAfterMs: 60_000 }

/** Resolves after `ms`, or at once when the signal fires. Never rejects. */
export function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve()
    const done = () => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, ms)
    signal?.addEventListener('abort', done)
  })
}

/** Delay before attempt `failures + 1`: doubles from `firstMs` to `maxMs`, then ±20 % so that cameras do not march in step. */
export function backoffMs(backoff: Backoff, failures: number, random: () => number = Math.random): number {
  const plain = Math.min(backoff.maxMs, backoff.firstMs * 2 ** Math.min(failures - 1, 30))
  return Math.round(plain * (0.8 + 0.4 * random()))
}

/**
 * Runs `attempt` again and again until the signal fires. An attempt that returns or throws is over.
 * `onEnd` hears why (undefined = it returned) and how long the supervisor will wait; it may ask for another delay.
 */
export async function retry(
  signal: AbortSignal,
  attempt: () => Promise<void>,
  onEnd: (error: unknown, waitMs: number, failures: number) => number | undefined,
  backoff: Backoff = defaultBackoff,
): Promise<void> {
  let failures = 0
  while (!signal.aborted) {
    const startedAt = performance.now()
    let error: unknown
    try {
      await attempt()
    } catch (caught) {
      error = caught
    }
    if (signal.aborted) return
    failures = performance.now() - startedAt >= backoff.healthyAfterMs ? 1 : failures + 1
    const waitMs = backoffMs(backoff, failures)
    await sleep(onEnd(error, waitMs, failures) ?? waitMs, signal)
  }
}
