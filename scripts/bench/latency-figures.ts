/** Turns what bench:latency has measured into its figures, and the figures into sentences. */

import { heldBy, isLargest } from './held-search.ts'
import type { FloorTimes } from './latency-floor.ts'
import type { StepScore } from './latency-score.ts'
import type { MachineFacts } from './machine.ts'
import type { Material, Stream } from './material.ts'

/** Milliseconds of the 95th percentile, at most. */
interface Targets {
  /** At one active camera. */
  readonly oneCameraP95Ms: number
  /** At the largest number of active cameras that the cores hold. */
  readonly heldP95Ms: number
}

export interface LatencyFigures {
  readonly met: boolean
  /** One camera that was not measured has no target. */
  readonly targets: Partial<Targets>
  readonly oneCameraP95Ms?: number
  readonly heldP95Ms?: number
  /** `atLeast`: that one more would be too many was not tried. */
  readonly held: { readonly cameras: number; readonly atLeast: boolean }
  /** Of the smallest step: its median to all parts of the floor. */
  readonly ratioToFloor?: number
  readonly floorMs: FloorTimes
  readonly steps: readonly StepScore[]
  readonly wish: { readonly stream: Stream; readonly codec: Material['codec'] }
  readonly material: { readonly source: string; readonly loopSeconds: number; readonly bitRate: number }
  readonly machine: MachineFacts
}

/** What other programs take beyond this disturbs. */
const quietCores = 0.1
const wanted: Targets = { oneCameraP95Ms: 400, heldP95Ms: 1_000 }

/** `scores` in any order; there is at least one. */
export function latencyFigures(
  stream: Stream,
  material: Material,
  scores: readonly StepScore[],
  floorMs: FloorTimes,
  machine: MachineFacts,
): LatencyFigures {
  const steps = scores.toSorted((a, b) => a.cameras - b.cameras)
  const p95 = (cameras: number) => steps.find((step) => step.cameras === cameras)?.latencyMs.p95
  const held = heldBy(steps)
  const measured: Partial<Targets> = { oneCameraP95Ms: p95(1), heldP95Ms: p95(held) }
  const targets = steps[0].cameras === 1 ? wanted : { heldP95Ms: wanted.heldP95Ms }
  const median = steps[0].latencyMs.p50
  return {
    // A step without an alert has no percentile, and meets nothing.
    met: (Object.keys(targets) as (keyof Targets)[]).every(
      (name) => (measured[name] ?? Number.POSITIVE_INFINITY) <= wanted[name],
    ),
    targets,
    ...measured,
    held: { cameras: held, atLeast: !isLargest(steps) },
    ratioToFloor: median === undefined ? undefined : Math.round((median / floorMs.all) * 100) / 100,
    floorMs,
    steps,
    wish: { stream, codec: material.codec },
    material: { source: material.source, loopSeconds: material.seconds, bitRate: material.bitRate },
    machine,
  }
}

/** One step, for people. */
export function stepSentence({ cameras, crossings, fps, holds, latencyMs, othersCores }: StepScore): string {
  const { samples, p50 = '-', p95 = '-', p99 = '-', max = '-' } = latencyMs
  const rate = `${fps.mean} pictures a second on average, ${fps.worst} at the worst${holds ? '' : ': too few'}`
  const others =
    othersCores > quietCores
      ? `; other programs kept ${othersCores} processors busy, so that this says little`
      : ''
  return `${cameras} active: ${p50} / ${p95} / ${p99} / ${max} ms (p50, p95, p99, maximum) of ${samples} alerts at ${crossings} crossings; ${rate}${others}`
}

/** For people. */
export function latencySentences(figures: LatencyFigures): string[] {
  const { steps, held, floorMs, targets, wish } = figures
  const goal = (name: keyof Targets) => (targets[name] ? ` (wanted: at most ${targets[name]} ms)` : '')
  const checks = steps.map(
    ({ cameras, frameTimeOffMs: { median = '-', worst = '-' }, sinceSentMs, unchecked }) => {
      return `  ${cameras} active: ${median} ms (median), ${worst} ms (worst); alerts since then ${sinceSentMs.p95 ?? '-'} ms (p95); ${sinceSentMs.samples} checked, ${unchecked} not`
    },
  )
  return [
    `${wish.stream} ${wish.codec}, from the time of the frame that decided an alert to the broker's acknowledgement`,
    ...steps.map(stepSentence),
    'frame times after the instant at which the simulator was to send the picture',
    ...checks,
    `one camera, p95      ${figures.oneCameraP95Ms ?? '-'} ms${goal('oneCameraP95Ms')}`,
    `cameras held         ${held.atLeast ? 'at least ' : ''}${held.cameras}, p95 ${figures.heldP95Ms ?? '-'} ms${goal('heldP95Ms')}`,
    `the floor            ${floorMs.all} ms: objects ${floorMs.objects}, faces ${floorMs.faces}, JPEG ${floorMs.jpeg}, commit ${floorMs.commit}, round trip ${floorMs.roundTrip}; the gateway takes ${figures.ratioToFloor ?? '-'} times as long`,
    figures.met ? 'all targets met' : 'not all targets met',
  ]
}
