/** What a rule is: a kind, its parameters, and when it is armed. Schemas for these types are in config/rules/. */
import type { Label } from './detection.ts'
import type { Schedule } from './schedule.ts'

export const severities = ['info', 'minor', 'major', 'critical'] as const
export type Severity = (typeof severities)[number]

/** The greatest of them; at least one. */
export function mostSevere(of: readonly Severity[]): Severity {
  return severities[Math.max(...of.map((severity) => severities.indexOf(severity)))]
}

/** Which part of the merged grids answers for an alert. */
export const duties = ['public-order', 'fire', 'city', 'safety', 'system'] as const
export type Duty = (typeof duties)[number]

interface RuleBase {
  /** Unique within the camera. */
  readonly name: string
  readonly labels: readonly Label[]
  readonly severity: Severity
  readonly duty: Duty
  /** When the rule is armed; absent = always. */
  readonly schedule?: Schedule
  /** How long the condition must hold before the alert begins, and be gone before it ends, ms. */
  readonly inertiaMs: number
  /**
   * After an alert ended, how long the same rule stays silent about the same object (crowding: the zone), ms. A lost track
   * that goes on under a new id is the same object. Whoever still meets the condition then raises one alert more.
   */
  readonly cooldownMs: number
}

/** Something with one of the labels is inside the zone. The kinds differ by labels, defaults and what they mean to a person. */
export interface InsideRule extends RuleBase {
  readonly kind: 'intrusion' | 'two-wheeler-indoors' | 'vehicle-in-protected-area' | 'after-hours-presence'
  readonly zone: string
}

/** Something crosses the line in the given direction: to the left, to the right, or either way. */
export interface LineCrossingRule extends RuleBase {
  readonly kind: 'line-crossing'
  readonly line: string
  readonly direction: 'left' | 'right' | 'any'
}

/** How many went over the line since the last reset, or how many of them are still behind it, reaches `count`. */
export interface CountingRule extends RuleBase {
  readonly kind: 'counting'
  readonly line: string
  /** The side on which those are who came in. */
  readonly inside: 'left' | 'right'
  /** `occupancy`: those who came in less those who went out, never below 0. */
  readonly what: 'in' | 'out' | 'occupancy'
  readonly count: number
  /** An alert about an occupancy ends below `count - hysteresis`. */
  readonly hysteresis: number
  /** When the numbers begin at 0 again: minutes after local midnight, and IANA name of the zone. */
  readonly resetAt: number
  readonly timeZone: string
}

/** Something stays inside the zone for longer than `dwellMs`. */
export interface LoiteringRule extends RuleBase {
  readonly kind: 'loitering'
  readonly zone: string
  readonly dwellMs: number
}

/**
 * At least `count` objects are inside the zone, and `density` to the square metre; ends with `hysteresis` fewer. At least one
 * of the two is said.
 */
export interface CrowdingRule extends RuleBase {
  readonly kind: 'crowding'
  readonly zone: string
  readonly count?: number
  readonly density?: number
  readonly hysteresis: number
}

/** Fewer are no crowd, however small the zone. */
const fewestInCrowd = 2

/** How many that is in a zone of so many square metres. Throws RangeError where the rule says neither, or nobody knows the area. */
export function crowdOf(
  { count, density }: Pick<CrowdingRule, 'count' | 'density'>,
  squareMetres: number | undefined,
): number {
  if (density === undefined) {
    if (count === undefined) throw new RangeError('crowding needs count or density')
    return count
  }
  if (squareMetres === undefined)
    throw new RangeError(
      'density needs a zone on calibrated ground: mark four points of it, or say count instead',
    )
  // An area of 20.000001 m² does not ask for one more.
  return Math.max(fewestInCrowd, count ?? 0, Math.ceil(density * squareMetres - 0.001))
}

/** Something stands still inside the zone for longer than `dwellMs`. The kinds differ by labels and defaults. */
export interface StandingRule extends RuleBase {
  readonly kind: 'stationary-vehicle' | 'fire-lane-blocked'
  readonly zone: string
  readonly dwellMs: number
  /** How far the anchor may wander and still count as standing, share of the picture. */
  readonly tolerance: number
}

/** Something that was left, or taken, inside the zone stays so for longer than `dwellMs`. */
export interface ObjectRule extends RuleBase {
  readonly kind: 'object-left' | 'object-removed'
  readonly zone: string
  readonly dwellMs: number
  /** Smaller boxes are no object, share of the picture. */
  readonly minShare: number
}

export type Rule =
  | InsideRule
  | LineCrossingRule
  | CountingRule
  | LoiteringRule
  | CrowdingRule
  | StandingRule
  | ObjectRule
export type RuleKind = Rule['kind']

/** Every kind, in the order in which documents name them. */
export const ruleKinds = [
  'intrusion',
  'line-crossing',
  'counting',
  'loitering',
  'crowding',
  'stationary-vehicle',
  'fire-lane-blocked',
  'object-left',
  'object-removed',
  'two-wheeler-indoors',
  'vehicle-in-protected-area',
  'after-hours-presence',
] as const satisfies readonly RuleKind[]
