/** How a series of readings runs over time: the straight line through it by least squares, and whether it grows. */

export interface Reading {
  /** Since the beginning of the window. */
  readonly seconds: number
  readonly value: number
}

export interface Line {
  readonly perMinute: number
  /** Standard error of `perMinute`, as if readings were independent of each other: those of a memory are not quite. Infinite for two. */
  readonly errorPerMinute: number
}

export interface Growth extends Line {
  readonly most: number
  /** Peaks of the first and of the last third of the time. */
  readonly firstMost: number
  readonly lastMost: number
  readonly grows: boolean
}

/** A slope that is so many of its own errors away from nothing is no chance. */
const clearOfNoise = 3
/** What gains less than this share of its first peak, or less than one, in the whole time is as it was. */
const worthNaming = 0.25

/** Flat where there are fewer than two moments. */
export function lineThrough(readings: readonly Reading[]): Line {
  const count = readings.length
  const [x, y] = [mean(readings.map(({ seconds }) => seconds)), mean(readings.map(({ value }) => value))]
  const spread = sum(readings.map(({ seconds }) => (seconds - x) ** 2))
  if (count < 2 || spread === 0) return { perMinute: 0, errorPerMinute: 0 }
  const slope = sum(readings.map(({ seconds, value }) => (seconds - x) * (value - y))) / spread
  const left = sum(readings.map(({ seconds, value }) => (value - y - slope * (seconds - x)) ** 2))
  // Two points lie on their line, whatever they are.
  const error = count > 2 ? Math.sqrt(left / (count - 2) / spread) : Number.POSITIVE_INFINITY
  return { perMinute: slope * 60, errorPerMinute: error * 60 }
}

/** It grows where its line rises clear of noise and by an amount worth naming, and its peaks rise too. */
export function growthOf(readings: readonly Reading[]): Growth {
  const line = lineThrough(readings)
  const times = readings.map(({ seconds }) => seconds)
  const [from, to] = [Math.min(...times), Math.max(...times)]
  const third = (to - from) / 3
  const mostOf = (some: readonly Reading[]) => Math.max(0, ...some.map(({ value }) => value))
  const firstMost = mostOf(readings.filter(({ seconds }) => seconds <= from + third))
  const lastMost = mostOf(readings.filter(({ seconds }) => seconds >= to - third))
  const gained = (line.perMinute * (to - from)) / 60
  const grows =
    line.perMinute > clearOfNoise * line.errorPerMinute &&
    gained > Math.max(1, worthNaming * firstMost) &&
    lastMost > firstMost
  return { ...line, most: mostOf(readings), firstMost, lastMost, grows }
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}

function mean(values: readonly number[]): number {
  return sum(values) / Math.max(1, values.length)
}
