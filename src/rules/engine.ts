/** Judges all rules of one camera over its tracks. */
import type { EndedBecause, RuleEvent } from '../domain/alert.ts'
import { type Calibration, Ground } from '../domain/ground.ts'
import type { Rule } from '../domain/rule.ts'
import type { Track } from '../domain/track.ts'
import type { Line, Zone } from '../domain/zone.ts'
import { judgeFor } from './judges.ts'
import { Merging } from './merging.ts'
import { NoiseBudget, type Spent } from './noise-budget.ts'
import { RuleWatch } from './rule-watch.ts'

/** A time that lies further back than this (ms) is a clock that was set, not a frame that came late. */
const clockSetMs = 5_000
/** The last moment that the calendar knows, epoch ms. */
const lastMoment = 8.64e15

export interface RuleEngineOptions {
  readonly rules: readonly Rule[]
  readonly zones: readonly Zone[]
  readonly lines: readonly Line[]
  readonly calibration?: Calibration
  /** Rules of one duty that hold for one thing are told as one. */
  readonly mergeAlerts?: boolean
  /** Of each duty; critical ones are told beyond it. Absent = any number. */
  readonly alertsPerHour?: number
  /** Of a camera that has several engines one after the other. */
  readonly spent?: Spent
}

export class RuleEngine {
  readonly #watches: readonly RuleWatch[]
  readonly #merging: Merging | undefined
  readonly #budget: NoiseBudget | undefined
  #time = Number.NEGATIVE_INFINITY

  /** Throws RangeError where a rule names a place or a time zone that does not exist, or square metres that nobody knows. */
  constructor(options: RuleEngineOptions) {
    const { rules, zones, lines, calibration, mergeAlerts, alertsPerHour, spent } = options
    const ground = calibration && new Ground(calibration)
    for (const rule of rules) judgeFor(rule, zones, lines, ground)
    this.#watches = rules.map(
      (rule) => new RuleWatch(rule, () => judgeFor(rule, zones, lines, ground), ground),
    )
    this.#merging = mergeAlerts ? new Merging(rules) : undefined
    this.#budget = alertsPerHour === undefined ? undefined : new NoiseBudget(alertsPerHour, rules, spent)
  }

  /**
   * What begins, changes or ends with this frame. Every `began` is followed by exactly one `ended` of the same rule and
   * subject before it can begin again.
   *
   * A time that is not after the last one's says nothing. One more than 5 s back is a clock that was set: what is open
   * ends as `track-lost` (the tracker starts anew as well), dated by the last frame before.
   */
  evaluate(tracks: readonly Track[], time: number): RuleEvent[] {
    if (!(Math.abs(time) <= lastMoment)) return []
    if (time <= this.#time && time >= this.#time - clockSetMs) return []
    const ended = time < this.#time ? this.#restart() : []
    this.#time = time
    const events = this.#merged(this.#watches.flatMap((watch) => watch.evaluate(tracks, time)))
    return [...ended, ...(this.#budget?.pass(events, time) ?? events)]
  }

  /** Ends everything that is open, at `time` or at the last frame's where that is later. */
  end(because: EndedBecause, time: number): RuleEvent[] {
    const at = time >= this.#time && Math.abs(time) <= lastMoment ? time : this.#time
    const events = this.#merged(this.#watches.flatMap((watch) => watch.end(because, at)))
    return this.#budget?.end(events, because, at) ?? events
  }

  #merged(events: RuleEvent[]): RuleEvent[] {
    return this.#merging?.merge(events) ?? events
  }

  #restart(): RuleEvent[] {
    const ended = this.end('track-lost', this.#time)
    for (const watch of this.#watches) watch.forget()
    return ended
  }
}
