/** Several rules of one duty that hold for one thing become one event with several reasons. */
import type { Reason, RuleEvent } from '../domain/alert.ts'
import type { Rule } from '../domain/rule.ts'

/** What is open about one thing and duty: told under the name of the rule that began. */
interface Group {
  readonly first: RuleEvent
  readonly open: Set<string>
  readonly reasons: Map<string, Reason>
}

export class Merging {
  readonly #rules: ReadonlyMap<string, Rule>
  readonly #groups = new Map<string, Group>()

  constructor(rules: readonly Rule[]) {
    this.#rules = new Map(rules.map((rule) => [rule.name, rule]))
  }

  /** Began with the first rule, updated with each further one, ended with the last. */
  merge(events: readonly RuleEvent[]): RuleEvent[] {
    // Who goes over a line as they leave a zone does one thing, whichever rule stands first.
    const lastEnds = events.toSorted((a, b) => Number(a.phase === 'ended') - Number(b.phase === 'ended'))
    return lastEnds.flatMap((event) => {
      const key = this.#keyOf(event)
      if (key === undefined) return [event]
      const group = this.#groups.get(key)
      if (event.phase === 'ended') return group ? this.#leave(key, group, event) : []
      return [group ? join(group, event) : this.#begin(key, event)]
    })
  }

  /** Undefined for what stays alone: rules about a place, and critical ones, which must not hide behind another's name. */
  #keyOf({ rule, subject }: RuleEvent): string | undefined {
    const { severity, duty } = this.#rules.get(rule) ?? {}
    return subject.startsWith('track ') && severity !== 'critical' ? `${duty}\n${subject}` : undefined
  }

  #begin(key: string, event: RuleEvent): RuleEvent {
    const group = { first: event, open: new Set([event.rule]), reasons: new Map() }
    group.reasons.set(event.rule, reasonOf(event))
    this.#groups.set(key, group)
    return event
  }

  #leave(key: string, group: Group, event: RuleEvent): RuleEvent[] {
    group.open.delete(event.rule)
    const reason = group.reasons.get(event.rule)
    if (reason) group.reasons.set(event.rule, { ...reason, ended: event.time })
    if (group.open.size > 0) return []
    this.#groups.delete(key)
    return [told(group, event)]
  }
}

function join(group: Group, event: RuleEvent): RuleEvent {
  group.open.add(event.rule)
  if (event.phase === 'began') group.reasons.set(event.rule, reasonOf(event))
  return told(group, { ...event, phase: 'updated' })
}

function reasonOf({ rule, kind, time, zone, line, direction }: RuleEvent): Reason {
  return { rule, kind, began: time, zone, line, direction }
}

/** The event under the name and place of the first one. */
function told({ first, reasons }: Group, { phase, time, objects, because }: RuleEvent): RuleEvent {
  return {
    ...{ ...first, phase, time, objects },
    ...(because ? { because } : {}),
    ...(reasons.size > 1 ? { reasons: [...reasons.values()] } : {}),
  }
}
