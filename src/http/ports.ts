/** What the HTTP side asks of the gateway. */

/** Facts for people and programs that look at the gateway: counts and times, nothing secret, nothing personal. */
export interface HealthFacts {
  /** False when something stands still that only a restart cures. */
  readonly alive: boolean
  readonly [fact: string]: unknown
}

export interface Readiness {
  readonly ready: boolean
  /** One sentence for each thing that is missing; empty when ready. */
  readonly reasons: readonly string[]
}

export interface HttpPorts {
  health(): HealthFacts | Promise<HealthFacts>
  ready(): Readiness
  /** Prometheus text. */
  metrics(): Promise<string>
}
