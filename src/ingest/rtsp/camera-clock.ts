/** By how much a camera's own clock differs from that of the box, where its sender reports tell a clock that can be believed. */

/** Reports come each five seconds or so: the newest of these decide together. */
const mostReports = 8
const leastReports = 3
/** A clock that stands still, or runs at another rate, is further off with each report than any network can be late, ms. */
const mostSpreadMs = 2_000
/**
 * Cameras without a wall clock tell how long they have run, counted from 1900, which reads as a time after 2036, or from 1970. One that
 * lost its time to an empty battery begins at 2000 or later: that is a clock, and wrong.
 */
const earliest = Date.UTC(2000, 0, 1)
const mostAheadMs = 366 * 86_400_000

export class CameraClock {
  /** Clock of the camera minus clock of the box at the arrival of each report, ms. */
  #offsets: number[] = []
  #isJudged = false

  /** A report that came at `arrivedAt`; both epoch ms. */
  report(cameraClockMs: number, arrivedAt: number): void {
    const offset = cameraClockMs - arrivedAt
    if (cameraClockMs < earliest || offset > mostAheadMs) {
      this.#offsets = []
      this.#isJudged = true
      return
    }
    this.#offsets = [...this.#offsets, offset].slice(-mostReports)
    this.#isJudged ||= this.#offsets.length >= leastReports
  }

  /** Null where what is told is no clock, undefined until there is enough to tell. The report that was least delayed on its way is nearest to the truth. */
  get offsetMs(): number | null | undefined {
    const most = Math.max(...this.#offsets)
    const isClock = this.#offsets.length >= leastReports && most - Math.min(...this.#offsets) <= mostSpreadMs
    return isClock ? most : this.#isJudged ? null : undefined
  }
}
