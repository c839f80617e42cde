/** What can be wrong with the box itself. */

/**
 * `hot` its processor is · `disk` hardly any room is left where the data is · `clock` it jumped, or nothing keeps it right ·
 * `overload` pictures wait too long to be analysed.
 */
export const degradationReasons = ['hot', 'disk', 'clock', 'overload'] as const
export type DegradationReason = (typeof degradationReasons)[number]

/** What the box shows at one moment; what cannot be known is absent. */
export interface BoxReadings {
  /** Degrees Celsius of the hottest part of the processor. */
  readonly temperatureC?: number
  /** Where the data is. */
  readonly freeBytes?: number
  /** Does a time service keep the clock right? */
  readonly synchronised?: boolean
  /** By how much the clock was last set while the gateway ran, ms, ahead or back; absent where it was not, or long ago. */
  readonly steppedMs?: number
  /** 0..1 */
  readonly strain: number
}

/** What is wrong, as an alert tells it, with what the box showed then. */
export interface Degradation extends BoxReadings {
  readonly reasons: readonly DegradationReason[]
}
