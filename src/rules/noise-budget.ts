/** So many alerts an hour and no more: what is beyond becomes one digest. Each duty has its own, and critical ones always pass. */
import type { Digest, EndedBecause, RuleEvent } from '../domain/alert.ts'
import { type Duty, mostSevere, type Rule } from '../domain/rule.ts'

const hourMs = 3_600_000
/** Between two messages about a digest that grows, ms. */
const updateEveryMs = 600_000

interface OpenDigest {
  digest: Digest
  toldAt: number
  /** The newest that it counts: its objects are shown. */
  newest: RuleEvent
}

/** What of an hour's alerts is spent; a camera that turns goes on with it from preset to preset. */
export interface Spent {
  hour: number
  readonly byDuty: Map<Duty, number>
}

export const nothingSpent = (): Spent => ({ hour: Number.NaN, byDuty: new Map() })

export class NoiseBudget {
  readonly #perHour: number
  readonly #rules: ReadonlyMap<string, Rule>
  #hour = Number.NaN
  readonly #spent: Spent
  /** What began and was told in a digest alone: its end is not told either. */
  readonly #unsaid = new Set<string>()
  readonly #digests = new Map<Duty, OpenDigest>()

  constructor(perHour: number, rules: readonly Rule[], spent = nothingSpent()) {
    this.#perHour = perHour
    this.#spent = spent
    this.#rules = new Map(rules.map((rule) => [rule.name, rule]))
  }

  /** What may be told of a frame's events. */
  pass(events: readonly RuleEvent[], time: number): RuleEvent[] {
    const hour = Math.floor(time / hourMs)
    const over = hour === this.#hour ? [] : this.#endDigests('cleared', time)
    if (hour !== this.#spent.hour) this.#spent.byDuty.clear()
    this.#spent.hour = hour
    this.#hour = hour
    return [...over, ...events.flatMap((event) => this.#passOne(event))]
  }

  /** The same for the events with which everything ends. */
  end(events: readonly RuleEvent[], because: EndedBecause, time: number): RuleEvent[] {
    return [...events.flatMap((event) => this.#passOne(event)), ...this.#endDigests(because, time)]
  }

  #passOne(event: RuleEvent): RuleEvent[] {
    const key = `${event.rule}\n${event.subject}`
    const rule = this.#rules.get(event.rule)
    if (event.phase === 'ended' && this.#unsaid.delete(key)) return []
    if (event.phase !== 'began') return this.#unsaid.has(key) ? [] : [event]
    if (!rule || rule.severity === 'critical') return [event]
    const spent = (this.#spent.byDuty.get(rule.duty) ?? 0) + 1
    this.#spent.byDuty.set(rule.duty, spent)
    if (spent <= this.#perHour) return [event]
    this.#unsaid.add(key)
    return this.#count(event, rule)
  }

  /** Counts it in the digest of its duty; that begins with the first and is told anew from time to time. */
  #count(event: RuleEvent, rule: Rule): RuleEvent[] {
    const open = this.#digests.get(rule.duty)
    const digest = grown(open?.digest, rule)
    if (!open) {
      this.#digests.set(rule.duty, { digest, toldAt: event.time, newest: event })
      return [eventOf(digest, event, 'began', event.time)]
    }
    open.digest = digest
    open.newest = event
    if (event.time - open.toldAt < updateEveryMs) return []
    open.toldAt = event.time
    return [eventOf(digest, event, 'updated', event.time)]
  }

  #endDigests(because: EndedBecause, time: number): RuleEvent[] {
    const open = [...this.#digests.values()]
    this.#digests.clear()
    return open.map(({ digest, newest }) => ({ ...eventOf(digest, newest, 'ended', time), because }))
  }
}

function grown(before: Digest | undefined, { name, kind, duty, severity }: Rule): Digest {
  const { count = 0, rules = [] } = before ?? {}
  const own = rules.find(({ rule }) => rule === name)
  const others = rules.filter(({ rule }) => rule !== name)
  return {
    duty,
    severity: mostSevere([severity, ...(before ? [before.severity] : [])]),
    count: count + 1,
    rules: [...others, { rule: name, kind, count: (own?.count ?? 0) + 1 }],
  }
}

function eventOf(digest: Digest, { objects }: RuleEvent, phase: RuleEvent['phase'], time: number): RuleEvent {
  return { rule: 'digest', kind: 'digest', subject: `digest ${digest.duty}`, phase, time, objects, digest }
}
