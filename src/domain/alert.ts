/** Events (a rule began or stopped being true) and alerts (an event worth a person). */
import type { Attributes } from './attributes.ts'
import type { Degradation } from './degradation.ts'
import type { Label } from './detection.ts'
import type { Box } from './geometry.ts'
import type { Outage } from './outage.ts'
import type { Duty, RuleKind, Severity } from './rule.ts'
import type { Tamper } from './view.ts'

/** An object as an alert reports it. */
export interface AlertObject {
  readonly track: number
  readonly label: Label
  readonly confidence: number
  readonly box: Box
  readonly attributes?: Attributes
}

/** One of several rules that hold for one object. */
export interface Reason {
  readonly rule: string
  readonly kind: AlertKind
  /** Epoch ms, frame time. */
  readonly began: number
  readonly ended?: number
  readonly zone?: string
  readonly line?: string
  readonly direction?: 'left' | 'right'
}

/** Alerts of one camera and duty that were counted instead of raised, because there were too many in an hour. */
export interface Digest {
  readonly duty: Duty
  /** Greatest of them. */
  readonly severity: Severity
  readonly count: number
  readonly rules: readonly { readonly rule: string; readonly kind: RuleKind; readonly count: number }[]
}

/** Alerts of one kind that many cameras raised at once (rain, headlights, a power cut), and that were counted instead of told. */
export interface Storm {
  readonly kind: AlertKind
  readonly count: number
  /** Who raised them, in the order in which they joined; not all of them where there are very many. */
  readonly cameras: readonly { readonly id: string; readonly name: string; readonly count: number }[]
}

/** What rules/engine.ts says: internal, never published. */
export interface RuleEvent {
  readonly rule: string
  readonly kind: RuleKind | 'digest'
  /** One rule may hold for several objects at once; this tells them apart (`track id`, or `zone`, `line`, `digest duty`). */
  readonly subject: string
  readonly phase: 'began' | 'updated' | 'ended'
  readonly time: number
  readonly objects: readonly AlertObject[]
  readonly zone?: string
  readonly line?: string
  readonly direction?: 'left' | 'right'
  readonly count?: number
  /** `count` to the square metre, where the camera is calibrated. */
  readonly density?: number
  /** Where more than one rule holds: all of them. */
  readonly reasons?: readonly Reason[]
  /** With kind `digest`. */
  readonly digest?: Digest
  /** With `ended`: why. */
  readonly because?: EndedBecause
}

export const endedBecauses = [
  'cleared',
  'track-lost',
  'schedule-ended',
  'rule-changed',
  'camera-lost',
  'camera-turned',
  'camera-removed',
  'gateway-stopped',
  'gateway-restarted',
] as const
/** Why an alert is over. */
export type EndedBecause = (typeof endedBecauses)[number]

export const snapshotMissings = ['redaction-failed', 'consent', 'view-moved', 'sacrificed'] as const
/** Why an alert has no picture. */
export type SnapshotMissing = (typeof snapshotMissings)[number]

/** What an alert is about: the kind of its rule, that there were too many alerts, that cameras give no pictures, that something is wrong with a view or the box, or that many cameras raise one kind at once. */
export type AlertKind =
  | RuleKind
  | 'digest'
  | 'camera-offline'
  | 'camera-tampered'
  | 'gateway-degraded'
  | 'storm'

/** Stands for a camera where an alert is about the gateway itself; no camera has this id. */
export const gatewayItself = '_'

/** An event worth a person. One id over began, updated and ended. */
export interface Alert {
  /** UUIDv7 */
  readonly id: string
  readonly camera: string
  readonly rule: string
  readonly kind: AlertKind
  readonly severity: Severity
  readonly duty: Duty
  /** A marked test: nothing happened. */
  readonly drill?: true
  readonly phase: 'began' | 'updated' | 'ended'
  /** Epoch ms, frame time. */
  readonly began: number
  /** Epoch ms of this phase, frame time. */
  readonly time: number
  readonly ended?: number
  readonly endedBecause?: EndedBecause
  readonly objects: readonly AlertObject[]
  readonly zone?: string
  readonly line?: string
  readonly direction?: 'left' | 'right'
  readonly count?: number
  /** `count` to the square metre, where the camera is calibrated. */
  readonly density?: number
  /** Where several rules hold for the object: all of them, this alert's own included. */
  readonly reasons?: readonly Reason[]
  /** With kind `digest`. */
  readonly digest?: Digest
  /** With kind `camera-offline`. */
  readonly outage?: Outage
  /** With kind `camera-tampered`. */
  readonly tamper?: Tamper
  /** With kind `gateway-degraded`. */
  readonly degradation?: Degradation
  /** With kind `storm`. */
  readonly storm?: Storm
}
