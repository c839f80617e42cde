/** What a step of bench:latency comes to: how long its alerts took, how often each camera was looked at, and whether the frame times are true. */
import type { Reading, Step } from './latency-step.ts'
import type { Span } from './material.ts'
import { median, percentile } from './window.ts'

/** The gateway's default for a camera in which something moves. */
export const wantedFps = 5
/** A machine holds so many cameras while they are looked at this often on average, and the worst of them this often. */
const holding = { mean: 0.9, worst: 0.8 }

/** Milliseconds by nearest rank; percentiles are absent where there are no samples. */
export interface Spread {
  readonly samples: number
  readonly p50?: number
  readonly p95?: number
  readonly p99?: number
  readonly max?: number
}

export interface StepScore {
  readonly cameras: number
  readonly linesPerCamera: number
  readonly seconds: number
  /** Lines crossed in that time, give or take a few at its ends: as many alerts are expected. */
  readonly crossings: number
  /** Pictures of a camera that were looked at, per second: those shown by its gate less those that a newer one replaced. */
  readonly fps: { readonly mean: number; readonly worst: number }
  readonly holds: boolean
  /** From the time of the deciding frame to the broker's acknowledgement. */
  readonly latencyMs: Spread
  /** The same from the instant at which the simulator was to send the deciding picture. */
  readonly sinceSentMs: Spread
  /** Time of the deciding frame less that instant: the frame's delay before the gateway's clock, and every error of that clock. */
  readonly frameTimeOffMs: { readonly median?: number; readonly worst?: number }
  /** Alerts whose picture could not be told from others, or that had none. */
  readonly unchecked: number
  readonly withoutPicture: number
  /** Processors that other programs kept busy meanwhile. */
  readonly othersCores: number
}

/** `sentAt` says when the deciding picture of each alert was to be sent (epoch ms), by id, where that is clear. */
export function scoreStep(step: Step, sentAt: ReadonlyMap<string, number>): StepScore {
  // The frames of this time were decided between the two readings.
  const window: Span = { from: step.before.answeredAt, to: step.after.askedAt }
  const told = step.alerts.filter(
    ({ phase, frameTime }) => phase === 'began' && frameTime >= window.from && frameTime < window.to,
  )
  const seconds = (window.to - window.from) / 1_000
  const known = told.filter(({ id }) => sentAt.has(id))
  const fps = rates(step)
  const mean = fps.reduce((sum, one) => sum + one, 0) / fps.length
  const worst = Math.min(...fps)
  return {
    cameras: step.cameras,
    linesPerCamera: step.lines,
    seconds: tenths(seconds),
    crossings: Math.round(step.crossingsPerSecond * seconds),
    fps: { mean: hundredths(mean), worst: hundredths(worst) },
    holds: mean >= holding.mean * wantedFps && worst >= holding.worst * wantedFps,
    latencyMs: spread(told.map(({ arrivedAt, frameTime }) => arrivedAt - frameTime)),
    sinceSentMs: spread(known.map(({ id, arrivedAt }) => arrivedAt - sentAt.get(id)!)),
    frameTimeOffMs: off(known.map(({ id, frameTime }) => frameTime - sentAt.get(id)!)),
    unchecked: told.length - known.length,
    withoutPicture: told.filter(({ pictured }) => !pictured).length,
    othersCores: step.othersCores,
  }
}

export function spread(values: readonly number[]): Spread {
  const at = (share: number) => tenths(percentile(values, share)!)
  if (values.length === 0) return { samples: 0 }
  return { samples: values.length, p50: at(0.5), p95: at(0.95), p99: at(0.99), max: at(1) }
}

/** Of each camera over the window; one that the gateway does not tell of got nothing. */
function rates({ before, after, runsSince }: Step): number[] {
  const seconds = (after.askedAt - before.askedAt) / 1_000
  const looked = ({ cameras }: Reading, camera: string) => {
    const counted = cameras[camera]
    return (counted?.skyeye_frames_total ?? 0) - (counted?.skyeye_frames_replaced_total ?? 0)
  }
  return [...runsSince.keys()].map((camera) => (looked(after, camera) - looked(before, camera)) / seconds)
}

/** The worst is the one that is furthest from none. */
function off(differences: readonly number[]): StepScore['frameTimeOffMs'] {
  if (differences.length === 0) return {}
  const worst = differences.reduce((worst, one) => (Math.abs(one) > Math.abs(worst) ? one : worst))
  return { median: tenths(median(differences)), worst: tenths(worst) }
}

const tenths = (value: number) => Math.round(value * 10) / 10
const hundredths = (value: number) => Math.round(value * 100) / 100
