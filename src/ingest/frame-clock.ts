/** Maps a stream's own time to the box's clock. */

/** Stream and box may drift this far apart before the mapping starts anew, ms. */
const maxDriftMs = 500

/**
 * The first picture anchors the stream's time at its arrival. A picture cannot be younger than its arrival, so one that
 * came sooner than the mapping expects moves the anchor; the least delayed picture thus decides. One that is further
 * than half a second off (drift, a jump, a wrapped counter, a corrected camera clock) sets a new anchor, which is counted.
 */
export class FrameClock {
  #offset: number | undefined
  #lastStreamMs = 0
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
    const aheadMs = streamMs + this.#offset - arrivedAt
    const lost = backwards || Math.abs(aheadMs) > maxDriftMs
    if (lost) this.#reanchored++
    if (lost || aheadMs > 0) this.#offset = arrivedAt - streamMs
    return streamMs + this.#offset
  }
}
