/** From events to alerts: one id over began, updated and ended, with the duty and severity of the rule. */
import type { Alert, Reason, RuleEvent } from '../domain/alert.ts'
import { mostSevere, type Rule, type Severity } from '../domain/rule.ts'

/** Alerts of one camera that may be open at once; more say nothing that these do not. */
const mostOpen = 1_000

/** Who answers for an alert, and how urgently. */
type Answering = Pick<Rule, 'duty' | 'severity'>

export interface AlertBookOptions {
  /** Camera id. */
  readonly camera: string
  readonly rules: readonly Rule[]
  /** Makes a UUIDv7. */
  readonly newId: () => string
}

export class AlertBook {
  readonly #camera: string
  readonly #rules: ReadonlyMap<string, Rule>
  readonly #newId: () => string
  readonly #open = new Map<string, { readonly id: string; readonly began: number }>()
  #refused = 0

  constructor({ camera, rules, newId }: AlertBookOptions) {
    this.#camera = camera
    this.#rules = new Map(rules.map((rule) => [rule.name, rule]))
    this.#newId = newId
  }

  /** Alerts that are open now. */
  get open(): number {
    return this.#open.size
  }

  /** Events that became no alert because too many were open. */
  get refused(): number {
    return this.#refused
  }

  /** The alerts of these events, in their order. What does not follow from an open alert, or begins one twice, is left out. */
  raise(events: readonly RuleEvent[]): Alert[] {
    return events.flatMap((event) => this.#raise(event) ?? [])
  }

  #raise(event: RuleEvent): Alert | undefined {
    const rule = event.digest ?? this.#rules.get(event.rule)
    if (!rule) return undefined
    const key = `${event.rule}\n${event.subject}`
    if (event.phase === 'began') return this.#begin(key, event, rule)
    const entry = this.#open.get(key)
    if (!entry) return undefined
    if (event.phase === 'ended') this.#open.delete(key)
    return this.#alert(event, rule, entry)
  }

  #begin(key: string, event: RuleEvent, rule: Answering): Alert | undefined {
    if (this.#open.has(key)) return undefined
    if (this.#open.size >= mostOpen) {
      this.#refused++
      return undefined
    }
    const entry = { id: this.#newId(), began: event.time }
    this.#open.set(key, entry)
    return this.#alert(event, rule, entry)
  }

  #alert(
    event: RuleEvent,
    rule: Answering,
    { id, began }: { readonly id: string; readonly began: number },
  ): Alert {
    const { phase, time, objects, zone, line, direction, count, density, reasons, digest, because } = event
    return {
      id,
      camera: this.#camera,
      rule: event.rule,
      kind: event.kind,
      severity: reasons ? this.#severityOf(reasons, rule) : rule.severity,
      duty: rule.duty,
      phase,
      began,
      time,
      objects,
      ...(phase === 'ended' ? { ended: time, endedBecause: because ?? 'cleared' } : {}),
      ...(zone === undefined ? {} : { zone }),
      ...(line === undefined ? {} : { line }),
      ...(direction === undefined ? {} : { direction }),
      ...(count === undefined ? {} : { count }),
      ...(density === undefined ? {} : { density }),
      ...(reasons === undefined ? {} : { reasons }),
      ...(digest === undefined ? {} : { digest }),
    }
  }

  #severityOf(reasons: readonly Reason[], { severity }: Answering): Severity {
    return mostSevere([severity, ...reasons.flatMap(({ rule }) => this.#rules.get(rule)?.severity ?? [])])
  }
}
