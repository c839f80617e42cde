/** What the store's client and its thread say to each other. */
import type { ErrorCode } from '../kit/errors.ts'
import type { Synchronous } from './database.ts'
import type { Operations, Origin, RetentionLimits } from './ports.ts'

export interface StoreSetup {
  readonly dir: string
  readonly retention: RetentionLimits
  readonly origin: Origin
  /** Is a message only delivered when the centre has confirmed it? */
  readonly receipts: boolean
  readonly synchronous: Synchronous
}

/** A call by name. */
export type Call = {
  [Name in keyof Operations]: {
    readonly id: number
    readonly name: Name
    readonly args: Parameters<Operations[Name]>
  }
}[keyof Operations]

export type ToThread = Call | { readonly name: 'close' }

export interface Failure {
  readonly code: ErrorCode
  readonly message: string
}

export type FromThread =
  | {
      readonly kind: 'opened'
      readonly epoch: string
      readonly isRestored: boolean
      readonly damaged?: string
      readonly orphans: number
    }
  | { readonly kind: 'refused'; readonly failure: Failure }
  | { readonly kind: 'returned'; readonly id: number; readonly value: unknown }
  | { readonly kind: 'failed'; readonly id: number; readonly failure: Failure }
  /** Work of the thread's own went wrong, or was refused: for the log. */
  | { readonly kind: 'trouble'; readonly message: string }

/** How the thread speaks to the client. */
export type Say = (message: FromThread, transfer?: ArrayBuffer[]) => void
