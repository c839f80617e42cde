/** One camera's coverage: for which part of each minute it was really watched, and why not for the rest. */
import type { CameraState } from './domain/camera.ts'
import type { CoverageMinute, GapReason, Trouble } from './domain/coverage.ts'

export const minuteMs = 60_000

/** The clock was set, or the machine slept: what lies between is nobody's minute. */
const jumpMs = 5 * minuteMs

/** How long one look is good for, ms. */
export interface Reach {
  /** While nothing goes wrong. */
  readonly quietMs: number
  /** Once something that was due was not looked at: the floor rate is one look a second, and one may be late. */
  readonly troubledMs: number
}

/**
 * For a camera that is glanced at every `idleEveryMs` while nothing moves. The glance takes the next key picture after that; they
 * may lie 12 s apart before everything is decoded, and decoding takes its time.
 */
export function reachOf(idleEveryMs: number): Reach {
  return { quietMs: idleEveryMs + 14_000, troubledMs: 2_000 }
}

export const usualReach = reachOf(1_000)

interface Tally {
  coveredMs: number
  frames: number
  readonly gapMs: Map<GapReason, number>
}

/**
 * A camera is covered as long as it is live and its newest look is fresh: at most `quietMs` old, or `troubledMs` where
 * since that look something was due and not looked at (dropped, damaged, failed) or the camera was lost. A look is a picture that the
 * models analysed, or a quiet one in which attention found nothing: while the coded stream is read, what moves between two
 * looks opens the gate backwards. All times are epoch ms of the box's clock.
 */
export class Coverage {
  readonly #camera: string
  readonly #reach: Reach
  readonly #minutes = new Map<number, Tally>()
  #state: CameraState = 'connecting'
  #lookedAt: number | undefined
  /** The first that went wrong since the newest look. */
  #trouble: GapReason | undefined
  /** All time before is accounted for. */
  #settled: number
  #analysedFrames = 0
  #quietPictures = 0

  /** From `time` on the camera shall be watched. */
  constructor(camera: string, time: number, reach: Reach = usualReach) {
    this.#camera = camera
    this.#settled = time
    this.#reach = reach
  }

  /** Frames that went through the models, since the beginning. */
  get analysedFrames(): number {
    return this.#analysedFrames
  }

  /** Pictures in which attention found nothing, since the beginning. */
  get quietPictures(): number {
    return this.#quietPictures
  }

  state(state: CameraState, time: number): void {
    if (state === this.#state) return
    // Nobody knows how long before it was noticed the camera was lost.
    if (state !== 'live' && this.#state === 'live') this.#trouble ??= state
    this.#settle(time)
    this.#state = state
    this.#lookedAt = undefined
    this.#trouble = undefined
  }

  /** A frame has gone through the models. One of a burst tells of the past: it counts as analysed and renews nothing. */
  analysed(time: number, burst = false): void {
    this.#analysedFrames++
    this.#tally(time).frames++
    if (!burst) this.#look(time)
  }

  /** A quiet picture was looked at and nothing moved. */
  watched(time: number): void {
    this.#quietPictures++
    this.#look(time)
  }

  /** A picture that was due was not looked at. */
  missed(trouble: Trouble): void {
    this.#trouble ??= trouble
  }

  /**
   * The whole minutes that are over and were not given before, oldest first. A minute is decided `quietMs` after its end,
   * when it is known whether its last look was followed by another. One that was not observed from beginning to end is left out.
   */
  ended(time: number): CoverageMinute[] {
    const end = minuteOf(time - this.#reach.quietMs)
    this.#mindClock(time)
    this.#settle(end)
    const over = [...this.#minutes].filter(([minute]) => minute < end).sort(([a], [b]) => a - b)
    for (const [minute] of over) this.#minutes.delete(minute)
    return over.filter(([, tally]) => isWhole(tally)).map(([minute, tally]) => this.#minute(minute, tally))
  }

  #look(time: number): void {
    this.#settle(time)
    this.#lookedAt = time
    this.#trouble = undefined
  }

  /** Accounts for the time up to `to`. */
  #settle(to: number): void {
    this.#mindClock(to)
    const from = this.#settled
    if (to <= from) return
    const covered = Math.min(Math.max(this.#freshUntil(), from), to)
    this.#spread(from, covered, undefined)
    this.#spread(covered, to, this.#reason())
    this.#settled = to
  }

  #freshUntil(): number {
    if (this.#state !== 'live' || this.#lookedAt === undefined) return Number.NEGATIVE_INFINITY
    return this.#lookedAt + (this.#trouble ? this.#reach.troubledMs : this.#reach.quietMs)
  }

  #reason(): GapReason {
    if (this.#state !== 'live') return this.#state
    return this.#trouble ?? (this.#lookedAt === undefined ? 'starting' : 'silent')
  }

  #spread(from: number, to: number, reason: GapReason | undefined): void {
    for (let begin = from; begin < to; ) {
      const end = Math.min(to, minuteOf(begin) + minuteMs)
      const tally = this.#tally(begin)
      if (reason) tally.gapMs.set(reason, (tally.gapMs.get(reason) ?? 0) + end - begin)
      else tally.coveredMs += end - begin
      begin = end
    }
  }

  #tally(time: number): Tally {
    const minute = minuteOf(time)
    const tally = this.#minutes.get(minute) ?? { coveredMs: 0, frames: 0, gapMs: new Map() }
    this.#minutes.set(minute, tally)
    return tally
  }

  #mindClock(time: number): void {
    if (time >= this.#settled - jumpMs && time <= this.#settled + jumpMs) return
    this.#minutes.clear()
    this.#lookedAt = undefined
    this.#settled = time
  }

  #minute(minute: number, { coveredMs, frames, gapMs }: Tally): CoverageMinute {
    const gaps = Object.fromEntries([...gapMs].map(([reason, ms]) => [reason, Math.round(ms)]))
    const coverage = Math.min(1, coveredMs / minuteMs)
    return { camera: this.#camera, minute, coverage, fps: (frames * 1_000) / minuteMs, gaps }
  }
}

/** Beginning of the minute in which `time` lies. */
function minuteOf(time: number): number {
  return Math.floor(time / minuteMs) * minuteMs
}

/** Sums of fractions may miss the full minute by a hair. */
function isWhole({ coveredMs, gapMs }: Tally): boolean {
  return [...gapMs.values()].reduce((sum, ms) => sum + ms, coveredMs) > minuteMs - 1
}
