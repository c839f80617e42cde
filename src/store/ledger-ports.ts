/** What the store takes in and gives out about commands of the centre. */
import type { SnapshotMessage } from '../contract/alert-message.ts'
import type { Recorded, Verdict } from '../contract/answer-schema.ts'
import type { Actor, Disposition } from '../domain/disposition.ts'
import type { Override } from '../domain/override.ts'
import type { KeptView } from '../domain/view.ts'

/** Numbers to be sent again, both ends included. */
export interface NumberRange {
  readonly epoch: string
  readonly class: string
  readonly from: number
  readonly to: number
}

export interface Replayed {
  readonly requeued: number
  /** Numbers of which nothing is left, or that were never given. */
  readonly missing: number
}

/** What a command does to the database. */
export type Deed =
  /** It was done elsewhere, changed nothing, or is refused. */
  | { readonly kind: 'nothing'; readonly verdict: Verdict }
  /** A decision about an alert, refused where `seen` is not its newest revision. */
  | {
      readonly kind: 'decide'
      readonly disposition: Disposition
      readonly seen: number
      readonly origin: { readonly id: string; readonly gateway: string; readonly prefix: string }
    }
  | {
      readonly kind: 'override'
      readonly override: Override
      readonly holds: boolean
      readonly verdict: Verdict
    }
  /** Somebody has looked at a view: what was known of it is forgotten. */
  | { readonly kind: 'confirm'; readonly view: KeptView; readonly verdict: Verdict }
  /** What there still is of a range of numbers waits again. */
  | { readonly kind: 'replay'; readonly range: NumberRange }
  /** A redacted picture that belongs to no alert. */
  | {
      readonly kind: 'picture'
      readonly message: SnapshotMessage
      readonly jpeg: Uint8Array
      readonly verdict: Verdict
    }

/** One command, to be settled in one transaction. */
export interface Settlement {
  readonly command: {
    readonly id: string
    readonly verb: string
    readonly digest: string
    /** Epoch ms. */
    readonly expiresAt: number
  }
  readonly deed: Deed
  /** For the audit log. */
  readonly actor: Actor
  readonly detail: object
}

export interface Recalled {
  readonly digest: string
  readonly answer: Recorded
}

export interface LedgerOperations {
  /** The answer to an earlier command with this id. */
  recalled(id: string): Recalled | undefined
  /** Does it, or answers from the record where it was done meanwhile. What is refused is recorded in the audit log alone. */
  settle(settlement: Settlement): Recorded
  /** What is in force beside the configuration. */
  overrides(): Override[]
  /** Ends what has ended by the clock, and returns it. */
  lapse(): Override[]
}
