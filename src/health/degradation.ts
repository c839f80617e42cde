/** What is wrong with the box: told once it has lasted, and over once it has been well for a while. Pure: time is an argument. */
import { type BoxReadings, type DegradationReason, degradationReasons } from '../domain/degradation.ts'

const minuteMs = 60_000
const gib = 2 ** 30

/**
 * From `bad` on for `afterMs` it is wrong, from `well` on for `overMs` it is not any more; between the two it stays as it is. Raising
 * the times tells later and flaps less.
 */
interface Limit {
  /** Undefined where nobody knows. */
  readonly judge: (readings: BoxReadings) => 'bad' | 'well' | 'between' | undefined
  readonly afterMs: number
  readonly overMs: number
}

const limits: Readonly<Record<DegradationReason, Limit>> = {
  // Processors slow down between 85 and 100 °C.
  hot: {
    judge: ({ temperatureC }) => between(temperatureC, 78, 85),
    ...{ afterMs: minuteMs, overMs: 2 * minuteMs },
  },
  // A day of alerts and pictures of a busy box.
  disk: {
    judge: ({ freeBytes }) => between(freeBytes === undefined ? undefined : -freeBytes, -1.5 * gib, -gib),
    ...{ afterMs: 30_000, overMs: minuteMs },
  },
  clock: { judge: judgeClock, afterMs: 0, overMs: minuteMs },
  overload: {
    judge: ({ strain }) => between(strain, 0.5, 0.9),
    ...{ afterMs: 3 * minuteMs, overMs: 2 * minuteMs },
  },
}
/** A clock that nothing keeps right is one after so long: after a start it takes a while. */
const unsynchronisedMs = 10 * minuteMs

interface Course {
  /** Since when it has been bad, or well, without the other, ms. */
  badSince: number | undefined
  wellSince: number | undefined
  lasts: boolean
}

export class DegradationCourse {
  readonly #courses = new Map<DegradationReason, Course>()
  #unsynchronisedSince: number | undefined

  /** The reasons that hold at `ticks` (monotonic ms), after these readings. */
  note(readings: BoxReadings, ticks: number): DegradationReason[] {
    const patient = { ...readings, synchronised: this.#synchronised(readings, ticks) }
    return degradationReasons.filter((reason) => this.#note(reason, patient, ticks))
  }

  #synchronised({ synchronised }: BoxReadings, ticks: number): boolean | undefined {
    if (synchronised !== false) this.#unsynchronisedSince = undefined
    else this.#unsynchronisedSince ??= ticks
    if (this.#unsynchronisedSince === undefined) return synchronised
    return ticks - this.#unsynchronisedSince >= unsynchronisedMs ? false : undefined
  }

  #note(reason: DegradationReason, readings: BoxReadings, ticks: number): boolean {
    const { judge, afterMs, overMs } = limits[reason]
    const course = this.#courses.get(reason) ?? { badSince: undefined, wellSince: undefined, lasts: false }
    this.#courses.set(reason, course)
    const judged = judge(readings)
    if (judged === 'bad') {
      course.badSince ??= ticks
      course.wellSince = undefined
    } else {
      course.badSince = undefined
      if (judged === 'well') course.wellSince ??= ticks
      else course.wellSince = undefined
    }
    if (course.badSince !== undefined && ticks - course.badSince >= afterMs) course.lasts = true
    if (course.wellSince !== undefined && ticks - course.wellSince >= overMs) course.lasts = false
    return course.lasts
  }
}

function between(value: number | undefined, well: number, bad: number): ReturnType<Limit['judge']> {
  if (value === undefined) return undefined
  return value >= bad ? 'bad' : value <= well ? 'well' : 'between'
}

function judgeClock({ synchronised, steppedMs }: BoxReadings): ReturnType<Limit['judge']> {
  return synchronised === false || steppedMs !== undefined ? 'bad' : 'well'
}
