/**
 * Decides which coded pictures of one camera are decoded, and which of those are shown.
 *
 * Open: all are decoded (but those that nothing needs), at the analysis rate they are shown. Closed: key pictures only, and not each
 * as long as packets are calm. Between the two, where packets say nothing (a constant bit rate) or key pictures are too rare: decoded
 * as far as the next glance needs it.
 */
import type { Activity, Choice, CodedFacts } from './coded-facts.ts'
import { Distrust } from './distrust.ts'
import type { AttentionOptions } from './options.ts'
import { Pace } from './pace.ts'

/** Pictures come out of order by less than this; what is further back, or ahead, is a stream that jumped. */
const reorderMs = 2_000
const longestGapMs = 60_000
/** Packets with this share of what opens the gate stir; noise stays below it (measured: 0.68 at most in 3 minutes, movement reaches 1.3). */
const stirs = 0.75

/** What is wanted of the gate at the moment. */
export interface Wishes {
  /** Between two pictures to be shown while open. */
  readonly periodMs: number
  /** Open, whatever moves: somebody watches. */
  readonly held: boolean
  /** Calm packets are not enough to look more rarely: somebody stands there, or a rule is critical. */
  readonly wary: boolean
}

export class Gate {
  readonly #options: AttentionOptions
  readonly #analysis = new Pace()
  readonly #idle = new Pace()
  readonly #distrust = new Distrust()
  #open = true
  /** Has the decoder had every picture since the last key picture that others need? */
  #fed = false
  #newestMs = Number.NEGATIVE_INFINITY
  #keyMs = Number.NaN
  #gopMs = Number.POSITIVE_INFINITY
  #keyless = false
  #blind = false
  /** Was the picture between this key picture and the next looked at? */
  #glanced = false
  /** When a picture was last looked at while closed, and have packets stirred since? */
  #idleMs = Number.NEGATIVE_INFINITY
  #stirred = false
  /** Movement was last seen at. */
  #seenMs = Number.NEGATIVE_INFINITY
  /** The same, or when it is taken to have been seen: what opens stays open for a moment. */
  #movedMs = Number.NEGATIVE_INFINITY

  constructor(options: AttentionOptions) {
    this.#options = options
  }

  /** Is everything decoded, because something moves or did so lately? */
  get isOpen(): boolean {
    return this.#open
  }

  /** Has a decoded picture just shown movement? */
  get moves(): boolean {
    return this.#open && this.#newestMs - this.#seenMs < this.#options.quietAfterMs
  }

  /** Another stream begins, with a decoder of its own: nothing that was heard of the one before holds for it. */
  begin(): void {
    this.#open = true
    this.#fed = false
    this.#newestMs = Number.NEGATIVE_INFINITY
    this.#keyMs = Number.NaN
    this.#seenMs = Number.NEGATIVE_INFINITY
    this.#movedMs = Number.NEGATIVE_INFINITY
    this.#idleMs = Number.NEGATIVE_INFINITY
  }

  /** Did this picture's time show that the stream begins anew? To be asked before `coded`. */
  jumps({ timeMs }: CodedFacts): boolean {
    return timeMs < this.#newestMs - reorderMs || timeMs > this.#newestMs + longestGapMs
  }

  /** Is this a decoded picture of the time before the stream jumped back? */
  isStale(timeMs: number): boolean {
    return timeMs > this.#newestMs + reorderMs
  }

  /** Judges a coded picture, in the order of arrival. */
  coded(facts: CodedFacts, activity: Activity, { periodMs, held, wary }: Wishes): Choice {
    if (this.jumps(facts)) this.#beginAt(facts.timeMs)
    this.#newestMs = Math.max(this.#newestMs, facts.timeMs)
    this.#blind = activity.blind
    this.#stirred ||= wary || activity.blind || activity.score >= stirs
    this.#noteKey(facts)
    if (!this.#open && held && facts.key) this.#widen(facts.timeMs)
    const choice = this.#open ? this.#whileOpen(facts, periodMs) : this.#whileClosed(facts, activity)
    return this.#feasible(choice, facts)
  }

  /**
   * Hears what a shown picture showed, and says whether what came before it is wanted.
   *
   * @param held something is followed or somebody watches: not to be closed
   */
  saw(moved: boolean, timeMs: number, held: boolean): boolean {
    if (moved) {
      this.#movedMs = Math.max(this.#movedMs, timeMs)
      this.#seenMs = Math.max(this.#seenMs, timeMs)
      this.#distrust.fulfil()
      if (this.#open) return false
      this.#open = true
      // Without key pictures the way back is long, and the newest second is known.
      const known = this.#keyless && this.#fed
      this.#fed = true
      return !known
    }
    if (this.#open && !held && timeMs - this.#movedMs >= this.#options.quietAfterMs) {
      this.#open = false
      this.#distrust.close(timeMs)
    }
    return false
  }

  /** A stream begins, or goes on at another time: it is followed for a while. */
  #beginAt(timeMs: number): void {
    this.#open = true
    this.#newestMs = timeMs
    this.#movedMs = timeMs - this.#options.quietAfterMs + this.#options.warmUpMs
    if (!Number.isNaN(this.#keyMs)) this.#keyMs = timeMs
    this.#gopMs = Number.POSITIVE_INFINITY
    this.#keyless = false
    this.#seenMs = Number.NEGATIVE_INFINITY
    this.#idleMs = Number.NEGATIVE_INFINITY
    this.#distrust.begin()
  }

  #noteKey({ key, timeMs }: CodedFacts): void {
    const sinceMs = timeMs - this.#keyMs
    if (sinceMs > this.#options.keylessMs) this.#keyless = true
    if (!key) return
    if (sinceMs <= this.#options.keylessMs) this.#keyless = false
    if (sinceMs > 0) this.#gopMs = sinceMs
    this.#keyMs = timeMs
  }

  #whileOpen({ key, reference, timeMs }: CodedFacts, periodMs: number): Choice {
    if (this.#analysis.due(timeMs, periodMs)) return 'show'
    return key || reference ? 'decode' : 'keep'
  }

  #whileClosed(facts: CodedFacts, activity: Activity): Choice {
    const { key, timeMs } = facts
    if (activity.active && this.#distrust.believes(activity.score, timeMs)) {
      this.#distrust.open(activity.score)
      return 'open'
    }
    if (this.#keyless) return this.#whileKeyless(facts)
    if (!key) return this.#blind ? this.#towardsGlance(facts) : 'keep'
    this.#glanced = false
    const isCalm = !this.#stirred && timeMs - this.#idleMs < this.#options.calmEveryMs
    if (!isCalm && this.#idle.due(timeMs, this.#options.idleEveryMs)) {
      this.#idleMs = timeMs
      this.#stirred = false
      return 'show'
    }
    return this.#blind && this.#glanceAfterMs !== undefined ? 'decode' : 'keep'
  }

  /** Everything is decoded, since it would take too long to begin when something moves; shown are as few as while there are keys. */
  #whileKeyless({ key, reference, timeMs }: CodedFacts): Choice {
    if (!this.#fed && !key) return 'open'
    if (this.#idle.due(timeMs, this.#options.idleEveryMs)) return 'show'
    return key || reference ? 'decode' : 'keep'
  }

  /** Packets say nothing, so one picture between two key pictures is looked at; as early as will do, for all before it are decoded. */
  #towardsGlance({ reference, timeMs }: CodedFacts): Choice {
    const afterMs = this.#glanceAfterMs
    if (afterMs === undefined || this.#glanced || !this.#fed) return 'keep'
    if (timeMs >= this.#keyMs + afterMs) {
      this.#glanced = true
      return 'show'
    }
    return reference ? 'decode' : 'keep'
  }

  /** After its key picture; undefined where the next key picture comes soon enough. */
  get #glanceAfterMs(): number | undefined {
    const { blindGapMs, blindShare } = this.#options
    if (!Number.isFinite(this.#gopMs) || this.#gopMs <= blindGapMs) return undefined
    return Math.min(this.#gopMs - blindGapMs, blindShare * this.#gopMs)
  }

  /** No picture goes to the decoder without those it needs. */
  #feasible(choice: Choice, { key, reference, timeMs }: CodedFacts): Choice {
    if (choice === 'open') {
      if (Number.isNaN(this.#keyMs)) return 'keep'
      this.#widen(timeMs)
      this.#fed = true
      return 'open'
    }
    if (key) this.#fed = choice !== 'keep'
    else if (!this.#fed) return 'keep'
    else if (choice === 'keep' && reference) this.#fed = false
    return choice
  }

  /** Opens; without movement it soon closes again. */
  #widen(timeMs: number): void {
    const { quietAfterMs, fruitlessAfterMs } = this.#options
    this.#open = true
    this.#movedMs = Math.max(this.#movedMs, timeMs - quietAfterMs + fruitlessAfterMs)
  }
}
