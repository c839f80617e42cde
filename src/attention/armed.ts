/** Which of a camera's rules are armed now. */
import type { Rule } from '../domain/rule.ts'
import { armedAt } from '../domain/schedule.ts'

/** Schedules go by the minute: asking more often than this is waste, ms. */
const askEveryMs = 10_000

export class Armed {
  /** Is any rule armed, or is there none at all? Before the time is known: yes. */
  any = true
  /** Is a critical one? */
  critical = false
  readonly #rules: readonly { readonly critical: boolean; readonly isArmed: (time: number) => boolean }[]
  #askedAt = Number.NEGATIVE_INFINITY

  constructor(rules: readonly Rule[]) {
    this.#rules = rules.map(({ severity, schedule }) => ({
      critical: severity === 'critical',
      isArmed: armedAt(schedule),
    }))
    this.critical = this.#rules.some((rule) => rule.critical)
  }

  /** Tells the time, epoch ms. */
  at(time: number): void {
    if (!Number.isFinite(time) || Math.abs(time - this.#askedAt) < askEveryMs) return
    this.#askedAt = time
    const armed = this.#rules.filter(({ isArmed }) => isArmed(time))
    this.any = this.#rules.length === 0 || armed.length > 0
    this.critical = armed.some((rule) => rule.critical)
  }
}
