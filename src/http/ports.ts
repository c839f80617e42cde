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

/**
 * `unsaved` the disk has not taken it · `waiting` for the broker · `broker` has it · `centre` has confirmed it, where receipts
 * are required · `parked` the broker will never take it · `given-up` for want of room.
 */
export type DrillState = 'unsaved' | 'waiting' | 'broker' | 'centre' | 'parked' | 'given-up'

/** What has become of a drill. Times are epoch ms. */
export interface DrillFacts {
  readonly alert: string
  readonly camera: string
  readonly raisedAt: number
  readonly committedAt?: number
  readonly state: DrillState
  /** While it waits: messages that wait before it. */
  readonly ahead?: number
  readonly parkedBecause?: string
  /** Is it only delivered when the centre has confirmed it? */
  readonly receipts: boolean
  readonly broker: { readonly connected: boolean; readonly lastError?: string }
}

/** What the outbox holds. Times are epoch ms. */
export interface OutboxFacts {
  readonly classes: readonly {
    readonly class: string
    readonly waiting: number
    /** The broker has them, and the centre has not confirmed them. */
    readonly unconfirmed: number
    /** Delivered, and kept for whoever asks again. */
    readonly kept: number
    readonly parked: number
    readonly bytes: number
    /** Of those that wait or are unconfirmed. */
    readonly oldestAt: number | null
  }[]
  /** What the broker refused for good, oldest first, a thousand at most. */
  readonly parked: readonly {
    readonly id: string
    readonly class: string
    readonly epoch: string
    readonly sequence: number
    readonly topic: string
    /** When it was saved. */
    readonly createdAt: number
    readonly parkedBecause: string | null
  }[]
  readonly broker: DrillFacts['broker']
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
  outbox(): Promise<OutboxFacts>
  /** What is parked waits again: all of it, or the one of this id. Resolves with how many. */
  requeue(id: string | undefined): Promise<number>
  /** Why it was refused, as a sentence; undefined where it is done. */
  confirmView(which: { readonly camera: string; readonly preset?: string }): Promise<string | undefined>
}
