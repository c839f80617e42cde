/** bench:overload: what one run says of memory, processor time, coverage and events, each on its own. */
import { type EventScore, scoreEvents, type Visit } from './events.ts'
import { inertiaMs } from './gateway-process.ts'
import { activeBetween, type Material, type Span } from './material.ts'
import { totalCpuMs } from './model-clock.ts'
import type { OverloadRun } from './overload-run.ts'
import type { Sample } from './overload-samples.ts'
import { type Line, lineThrough, type Reading } from './overload-trend.ts'
import { percentile } from './window.ts'

/** A visit so late in the window that its alert could miss it is not expected: who waits long for a look is found late. */
const lastVisitMs = 8_000

/** V8 lets garbage stand between two collections, tens of megabytes: the least of so many readings is what is really held. */
const readingsPerLow = 5

export interface Memory extends Line {
  /** Of the line through all readings, garbage and all. */
  readonly rawPerMinute: number
  /** Megabytes: the least of the first and of the last readings, and the most of all. */
  readonly first: number
  readonly last: number
  readonly most: number
}

/** Its line goes through the lows. */
export function memoryOf(samples: readonly Sample[]): Memory {
  const readings = samples.map(({ at, pssBytes }): Reading => {
    return { seconds: (at - samples[0].at) / 1_000, value: pssBytes / 1e6 }
  })
  const lows = lowsOf(readings)
  return {
    ...lineThrough(lows),
    rawPerMinute: lineThrough(readings).perMinute,
    first: lows[0].value,
    last: lows[lows.length - 1].value,
    most: Math.max(...readings.map(({ value }) => value)),
  }
}

/** The least of each few readings, at its own time; too few for a group of their own join the last. */
export function lowsOf(readings: readonly Reading[]): Reading[] {
  const groups = Math.max(1, Math.floor(readings.length / readingsPerLow))
  return Array.from({ length: groups }, (_, n) => {
    const end = n === groups - 1 ? readings.length : (n + 1) * readingsPerLow
    const group = readings.slice(n * readingsPerLow, end)
    return group.reduce((low, one) => (one.value < low.value ? one : low))
  })
}

/** Shares of all processor time that the machine has. */
export interface CpuShares {
  readonly gateway: number
  /** Of the gateway's, what ran inside the models. */
  readonly models: number
  readonly simulator: number
  /** The broker and the sampling. */
  readonly bench: number
  /** Whoever else is on the machine. */
  readonly others: number
}

export function cpuShares({ samples, cpu, modelRuns }: OverloadRun, cores: number): CpuShares {
  const all = cores * secondsOf(samples)
  const { gateway, simulator, bench, machine } = cpu
  return {
    gateway: gateway / all,
    models: totalCpuMs(modelRuns) / 1_000 / all,
    simulator: simulator / all,
    bench: bench / all,
    others: Math.max(0, machine - gateway - simulator - bench) / all,
  }
}

export function secondsOf(samples: readonly Sample[]): number {
  return (samples[samples.length - 1].at - samples[0].at) / 1_000
}

/** Share of the last minute in which each camera was watched, as the gateway says; null before its first whole minute. */
export function coverageOf({ cameras }: Sample): { mean: number | null; least: number | null } {
  const told = Object.values(cameras).flatMap(({ skyeye_camera_coverage: share }) => share ?? [])
  if (told.length === 0) return { mean: null, least: null }
  return { mean: told.reduce((sum, share) => sum + share, 0) / told.length, least: Math.min(...told) }
}

export function answersOf(samples: readonly Sample[]): { p50: number; most: number } {
  const times = samples.map(({ answeredMs }) => answeredMs)
  return { p50: percentile(times, 0.5)!, most: Math.max(...times) }
}

export function eventsOf({ cameras, samples, alerts }: OverloadRun, material: Material): EventScore {
  const window = windowOf(samples)
  // Also those that had begun before: an alert about them is not false.
  const earlier = window.from - material.seconds * 1_000
  const visits = cameras.flatMap(({ name, runsSince }): Visit[] =>
    activeBetween(material, runsSince, earlier, window.to).map((span) => ({ ...span, camera: name })),
  )
  return scoreEvents(visits, alerts, { ...window, to: window.to - lastVisitMs }, inertiaMs)
}

/** How late alerts were, from the frame that decided them to the broker, ms, by when they came. */
export function delaysOf({ samples, alerts }: OverloadRun): Reading[] {
  const { from, to } = windowOf(samples)
  const inside = alerts.filter(
    ({ phase, arrivedAt }) => phase === 'began' && arrivedAt >= from && arrivedAt <= to,
  )
  return inside.map(({ frameTime, arrivedAt }) => {
    return { seconds: (arrivedAt - from) / 1_000, value: arrivedAt - frameTime }
  })
}

function windowOf(samples: readonly Sample[]): Span {
  return { from: samples[0].at, to: samples[samples.length - 1].at }
}
