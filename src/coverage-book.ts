/** The coverage of all cameras that are watched: minute by minute, over the last hour, and since the start. */
import { Coverage, minuteMs, type Reach, usualReach } from './coverage.ts'
import type { CoverageMinute, Covered, GapReason } from './domain/coverage.ts'

export const hourMs = 60 * minuteMs

/** One camera as metrics see it. */
export interface CameraCoverage {
  readonly camera: string
  /** The newest whole minute; undefined before the first. */
  readonly newest: CoverageMinute | undefined
  /** Milliseconds by reason, since the start. */
  readonly gapMs: ReadonlyMap<GapReason, number>
  /** Since the start. */
  readonly analysedFrames: number
  readonly quietPictures: number
}

class Page {
  readonly coverage: Coverage
  /** Whole minutes of the last hour, oldest first. */
  hour: readonly CoverageMinute[]
  newest: CoverageMinute | undefined
  readonly gapMs = new Map<GapReason, number>()

  constructor(coverage: Coverage, hour: readonly CoverageMinute[]) {
    this.coverage = coverage
    this.hour = hour
  }

  add(minutes: readonly CoverageMinute[]): void {
    for (const minute of minutes) {
      this.newest = minute
      // A clock that was set back lives through the same minutes again: the newer word counts.
      const isRecent = (one: CoverageMinute) =>
        one.minute > minute.minute - hourMs && one.minute < minute.minute
      this.hour = [...this.hour.filter(isRecent), minute]
      for (const [reason, ms] of Object.entries(minute.gaps) as [GapReason, number][]) {
        this.gapMs.set(reason, (this.gapMs.get(reason) ?? 0) + ms)
      }
    }
  }
}

export class CoverageBook {
  readonly #reach: Reach
  readonly #pages = new Map<string, Page>()
  #restored: readonly CoverageMinute[] = []

  constructor(reach: Reach = usualReach) {
    this.#reach = reach
  }

  /** What was written down before the gateway started; to be told before the first camera is opened. */
  restore(minutes: readonly CoverageMinute[]): void {
    this.#restored = minutes
  }

  /** The camera's coverage; it begins at `time` (epoch ms) where the camera is new. */
  of(camera: string, time: number): Coverage {
    const known = this.#pages.get(camera)
    if (known) return known.coverage
    const hour = this.#restored
      .filter((minute) => minute.camera === camera)
      .toSorted((one, other) => one.minute - other.minute)
    const page = new Page(new Coverage(camera, time, this.#reach), hour)
    this.#pages.set(camera, page)
    return page.coverage
  }

  forget(camera: string): void {
    this.#pages.delete(camera)
  }

  /** Whole minutes of all cameras that are over and were not given before. */
  ended(time: number): CoverageMinute[] {
    return [...this.#pages.values()].flatMap((page) => {
      const minutes = page.coverage.ended(time)
      page.add(minutes)
      return minutes
    })
  }

  /**
   * The hour before the newest whole minute, shorter where less is known; undefined before the first. A minute that is
   * missing in between counts as not covered: the gateway was `stopped`.
   */
  hour(camera: string): Covered | undefined {
    return meanOf(this.#pages.get(camera)?.hour ?? [])
  }

  /** Mean coverage of all cameras over their hours, 0..1; undefined before the first whole minute. */
  mean(): number | undefined {
    const hours = [...this.#pages.keys()].flatMap((camera) => this.hour(camera) ?? [])
    return hours.length === 0 ? undefined : sum(hours, ({ coverage }) => coverage) / hours.length
  }

  cameras(): CameraCoverage[] {
    return [...this.#pages].map(([camera, { newest, gapMs, coverage }]) => ({
      camera,
      newest,
      gapMs,
      analysedFrames: coverage.analysedFrames,
      quietPictures: coverage.quietPictures,
    }))
  }
}

function meanOf(minutes: readonly CoverageMinute[]): Covered | undefined {
  const [first, last] = [minutes[0], minutes.at(-1)]
  if (!first || !last) return undefined
  const span = (last.minute - first.minute) / minuteMs + 1
  const gaps: Partial<Record<GapReason, number>> = {}
  for (const minute of minutes) {
    for (const [reason, ms] of Object.entries(minute.gaps) as [GapReason, number][]) {
      gaps[reason] = (gaps[reason] ?? 0) + ms
    }
  }
  if (span > minutes.length) gaps.stopped = (span - minutes.length) * minuteMs
  return {
    coverage: sum(minutes, ({ coverage }) => coverage) / span,
    fps: sum(minutes, ({ fps }) => fps) / span,
    gaps,
  }
}

function sum<T>(values: readonly T[], pick: (value: T) => number): number {
  return values.reduce((total, value) => total + pick(value), 0)
}
