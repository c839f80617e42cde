/** How many of something a minute are usual: the mean of the last quarter of an hour. */
const minuteMs = 60_000
const remembered = 15

export class UsualRate {
  /** By the number of the minute. */
  readonly #minutes = new Map<number, number>()
  readonly #since: number

  /** @param since monotonic ms from which on somebody counts */
  constructor(since: number) {
    this.#since = since
  }

  /** One more. */
  note(ticks: number): void {
    const minute = Math.floor(ticks / minuteMs)
    this.#minutes.set(minute, (this.#minutes.get(minute) ?? 0) + 1)
    for (const past of this.#minutes.keys()) if (past < minute - remembered) this.#minutes.delete(past)
  }

  /** Without the present minute and the one before it, which may be what is unusual. */
  perMinute(ticks: number): number {
    const minute = Math.floor(ticks / minuteMs)
    const counted = Math.min(remembered, minute - Math.floor(this.#since / minuteMs)) - 2
    if (counted <= 0) return 0
    let all = 0
    for (const [past, count] of this.#minutes)
      if (past < minute - 1 && past >= minute - remembered) all += count
    return all / counted
  }
}
