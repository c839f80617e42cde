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

/** What has become of a drill. Times are epoch ms. */
export interface DrillFacts {
  readonly alert: string
  readonly camera: string
  readonly raisedAt: number
  /** Absent while the disk has not taken it. */
  readonly committedAt?: number
  readonly atBroker: boolean
  /** While it waits in the outbox. */
  readonly waiting?: {
    /** At most so many older messages wait too. */
    readonly ahead: number
    /** The broker will never take it, and why. */
    readonly parkedBecause?: string
  }
  readonly broker: { readonly connected: boolean; readonly lastError?: string }
}

/** As a sentence. */
export interface DrillRefusal {
  readonly refused: string
}

/** For whoever may use the control socket. */
export interface ControlPorts {
  /** Raises one, on this camera or on the first. */
  drill(camera: string | undefined): Promise<DrillFacts | DrillRefusal>
  /** Undefined where it is not known. */
  drillFacts(alert: string): Promise<DrillFacts | undefined>
}
