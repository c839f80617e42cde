/** Lifecycle: constructors store, start acts, stop waits. Parts start in order and stop in reverse, each with a deadline. */

export interface Part {
  readonly name: string
  start(): Promise<void>
  /** Idempotent; resolves when everything the part started has ended. */
  stop(): Promise<void>
}

/** Starts the parts in order. If one fails, stops those already started and rethrows. */
export async function startAll(parts: readonly Part[], stopDeadlineMs: number): Promise<void> {
  for (let i = 0; i < parts.length; i++) {
    try {
      await parts[i].start()
    } catch (error) {
      await stopAll(parts.slice(0, i), stopDeadlineMs)
      throw error
    }
  }
}

/** Stops in reverse order; one that misses the deadline or fails does not keep the others. Returns the names of those. */
export async function stopAll(parts: readonly Part[], deadlineMs: number): Promise<string[]> {
  const late: string[] = []
  for (const part of parts.toReversed()) {
    let timer: NodeJS.Timeout | undefined
    const deadline = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`${part.name} did not stop in ${deadlineMs} ms`)), deadlineMs)
    })
    await Promise.race([part.stop(), deadline])
      .catch(() => late.push(part.name))
      .finally(() => clearTimeout(timer))
  }
  return late
}
