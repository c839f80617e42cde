/** Maps a stream's own time to the box's clock. */

/** Stream and box may drift this far apart before the mapping starts anew, ms. */
const maxDriftMs = 500
/** Drift adds less than this from one picture to the next; what is later all at once was held up on its way, ms. */
const maxDriftStepMs = 100
/** What was held up may be this late, and pictures may stay late for this long, before the mapping starts anew, ms. */
const maxHeldUpMs = 5_000

/**
 * The first picture anchors the stream's time at its arrival. A picture cannot be younger than its arrival, so one that
 * came sooner than the mapping expects moves the anchor; the least delayed picture thus decides. One that is further
 * than half a second off (drift, a jump, a wrapped counter, a corrected camera clock) sets a new anchor, which is counted.
 *
 * Pictures that the network held up and then delivers together keep the mapping, and with it the distances at which they were
 * taken: the next ones will be on time again.
 */
export class FrameClock {
  #offset: number | undefined
  #lastStreamMs = 0
  /** How late the picture before was, by the mapping as it is since then, ms. */
  #lateMs = 0
  /** Arrival of the first of the pictures that are late now, epoch ms. */
  #heldUpAt = 0
  #reanchored = 0

  /** How often the mapping had to start anew. */
  get reanchored(): number {
    return this.#reanchored
  }

  /** Epoch ms at which a picture was taken, from its stream time and its arrival (both ms). Never after its arrival. */
  at(streamMs: number, arrivedAt: number): number {
    const backwards = streamMs < this.#lastStreamMs
    this.#lastStreamMs = streamMs
    if (this.#offset === undefined) {
      this.#offset = arrivedAt - streamMs
      return arrivedAt
    }
    const lateMs = arrivedAt - streamMs - this.#offset
    const isOff = Math.abs(lateMs) > maxDriftMs && !this.#isHeldUp(lateMs, arrivedAt)
    const lost = backwards || isOff
    if (lost) this.#reanchored++
    const anchors = lost || lateMs < 0
    if (anchors) this.#offset = arrivedAt - streamMs
    this.#lateMs = anchors ? 0 : lateMs
    return streamMs + this.#offset
  }

  /** Is a picture beyond the limit of drift one that was on its way too long? */
  #isHeldUp(lateMs: number, arrivedAt: number): boolean {
    if (this.#lateMs <= maxDriftMs) {
      if (lateMs - this.#lateMs <= maxDriftStepMs) return false
      this.#heldUpAt = arrivedAt
    }
    return lateMs > 0 && lateMs <= maxHeldUpMs && arrivedAt - this.#heldUpAt <= maxHeldUpMs
  }
}
