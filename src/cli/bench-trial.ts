/** The trial: the same gateway with no camera, quiet ones, active ones and twice as many, and what each camera costs by that. */
import { sleep } from '../kit/retry.ts'
import type { BenchCameras } from './bench-cameras.ts'
import type { Scene } from './bench-clip.ts'
import type { BenchGateway, Reading } from './bench-gateway.ts'
import type { CameraCost } from './bench-prediction.ts'

export interface TrialOptions {
  readonly gateway: BenchGateway
  readonly cameras: BenchCameras
  /** How many of each are tried; of active ones twice as many in the end. */
  readonly quiet: number
  readonly active: number
  /** Measured time of all phases together, ms; settling comes on top. */
  readonly forMs: number
  readonly signal: AbortSignal
  /** Each phase as it begins, for a person. */
  readonly onPhase: (text: string) => void
}

/** A stretch of time with some cameras. Costs in cores, all cameras together. */
export interface Phase {
  readonly cameras: number
  readonly seconds: number
  readonly outside: number
  readonly main: number
  /** Of the threads that run models. */
  readonly models: number
  readonly looksPerSecond: number
  /** What other programs of the machine used. */
  readonly others: number
  readonly bytes: number | undefined
  /** Share of the coded pictures that was decoded, 0..1. */
  readonly decoded: number
}

export interface Trial {
  readonly idle: Phase
  readonly quiet: Phase
  readonly active: Phase
  /** Twice as many active ones. */
  readonly check: Phase
}

/** What is measured how long, as shares. */
const shares = { idle: 0.1, quiet: 0.4, active: 0.25, check: 0.25 }
/** A gate watches a new stream for a while before it closes; what moves is followed at once. */
export const settleMs = { idle: 2_000, quiet: 10_000, active: 4_000 }

/** Throws BENCH_FAILED, and the signal's reason where it fires. */
export async function trial(options: TrialOptions): Promise<Trial> {
  const { gateway, signal, onPhase, quiet, active } = options
  const run = async (scene: Scene | 'idle', count: number, share: number): Promise<Phase> => {
    if (scene !== 'idle') await gateway.watch(camerasOf(options, scene, count))
    await sleep(settleMs[scene], signal)
    const before = await reading(options)
    await sleep(share * options.forMs, signal)
    return phaseBetween(before, await reading(options), count)
  }
  onPhase('the gateway without cameras')
  const idle = await run('idle', 0, shares.idle)
  onPhase(`${quiet} quiet cameras`)
  const quietPhase = await run('quiet', quiet, shares.quiet)
  onPhase(`${active} cameras in which something moves`)
  const activePhase = await run('active', active, shares.active)
  onPhase(`${2 * active} cameras in which something moves, to check the prediction`)
  const check = await run('active', 2 * active, shares.check)
  return { idle, quiet: quietPhase, active: activePhase, check }
}

/** What one camera adds. */
export function costOf(phase: Phase, idle: Phase): CameraCost & { readonly bytes: number | undefined } {
  const each = (value: number, base: number) => Math.max(0, value - base) / phase.cameras
  const known = phase.bytes !== undefined && idle.bytes !== undefined
  return {
    outside: each(phase.outside, idle.outside),
    main: each(phase.main, idle.main),
    bytes: known ? each(phase.bytes, idle.bytes) : undefined,
  }
}

/**
 * Cost with twice as many active cameras as a multiple of what was to be expected: below 1 where it was less. What was really done
 * counts: on a box that cannot keep up fewer pictures are looked at, and each still has its price.
 */
export function growthOf({ idle, active, check }: Trial): number {
  const perCamera = costOf(active, idle).outside
  const perLook = active.models / Math.max(active.looksPerSecond, Number.EPSILON)
  const expected = idle.outside + perCamera * check.cameras + perLook * check.looksPerSecond
  return (check.outside + check.models) / expected
}

async function reading({ gateway, signal }: TrialOptions): Promise<Reading & { readonly ownMs: number }> {
  signal.throwIfAborted()
  return { ...(await gateway.reading()), ownMs: ownMs() }
}

function ownMs(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1_000
}

/** Cameras of their own for each number of them: one that was seen before has been learned. */
function camerasOf({ cameras }: TrialOptions, scene: Scene, count: number) {
  return Array.from({ length: count }, (_, i) => ({
    id: `${scene}-${i + 1}-of-${count}`,
    url: cameras.url(scene, i + 1),
  }))
}

type OwnReading = Reading & { readonly ownMs: number }

export function phaseBetween(before: OwnReading, after: OwnReading, cameras: number): Phase {
  const ms = after.atMs - before.atMs
  const rate = (pick: (reading: OwnReading) => number) => (pick(after) - pick(before)) / ms
  const all = rate(({ allMs }) => allMs)
  const models = rate(({ modelsMs }) => modelsMs)
  const coded = after.coded - before.coded
  return {
    cameras,
    seconds: ms / 1_000,
    outside: Math.max(0, all - models),
    main: rate(({ mainMs }) => mainMs),
    models,
    looksPerSecond: 1_000 * rate(({ looks }) => looks),
    others: Math.max(0, rate(({ machineMs }) => machineMs) - all - rate(({ ownMs }) => ownMs)),
    bytes: after.bytes,
    decoded: coded > 0 ? (after.decoded - before.decoded) / coded : 0,
  }
}
