/** Everything that `skyeye bench` measures on a box, one after the other, so that nothing disturbs the next. */
import { constants, existsSync } from 'node:fs'
import { access } from 'node:fs/promises'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Config } from '../config/config.ts'
import { GatewayError } from '../kit/errors.ts'
import type { Log } from '../kit/log.ts'
import { lockFolder } from '../store/lock.ts'
import type { VisionPoolOptions } from '../vision/pool.ts'
import { BenchCameras } from './bench-cameras.ts'
import { clipSeconds, drawClip, drawPicture, type Scene, type StreamKind } from './bench-clip.ts'
import { type DiskCost, diskCost } from './bench-disk.ts'
import { BenchGateway } from './bench-gateway.ts'
import { type LookCost, lookCost, type Sample } from './bench-models.ts'
import type { Measured } from './bench-prediction.ts'
import { toClip } from './bench-rtp.ts'
import { costOf, growthOf, settleMs, type Trial, trial } from './bench-trial.ts'
import { freeBytes } from './bench-usage.ts'

export interface MeasuringOptions {
  readonly config: Config
  readonly models: VisionPoolOptions['models']
  readonly kind: StreamKind
  /** For how many the prediction shall be. */
  readonly cameras: number
  readonly seconds: number
  /** For whatever has to be written; its owner removes it. */
  readonly folder: string
  readonly log: Log
  readonly signal: AbortSignal
  readonly onHung: () => void
  readonly onPhase: (text: string) => void
}

export interface Findings {
  /** What a camera of either kind sent. */
  readonly bitsPerSecond: Readonly<Record<Scene, number>>
  readonly measured: Measured
  readonly trial: Trial
  /** A look with all workers busy, as a multiple of one with a single worker. */
  readonly crowding: number
  /** See `growthOf`. */
  readonly growth: number
  readonly disk: DiskCost
  readonly diskFolder: string
  /** A gateway works on this box with the same dataDir. */
  readonly gatewayRuns: boolean
  /** Cameras that the gateway under test read too slowly, and lost. */
  readonly cutOff: number
}

/** Drawing, loading models and settling. */
const drawingSeconds = 12
const overheadSeconds = drawingSeconds + (settleMs.idle + settleMs.quiet + 2 * settleMs.active) / 1_000
/** Below, processor time is counted too coarsely. */
export const leastSeconds = overheadSeconds + 13
/** Beyond, the gateway learns that what is drawn comes back again and again, and looks no longer. */
export const mostSeconds = 240
/** Of the time that is measured. */
const shares = { models: 0.1, disk: 0.04, trial: 0.72 }
const mostQuiet = 32

/** Throws BENCH_FAILED, what the vision pool and the store throw, and the signal's reason where it fires. */
export async function measureBox(options: MeasuringOptions): Promise<Findings> {
  const { config, cameras, kind, signal, log, onPhase } = options
  const ms = 1_000 * Math.max(0, options.seconds - overheadSeconds)
  const free = freeBytes()
  onPhase('drawing a street')
  const [quiet, active] = await Promise.all([drawClip('quiet', kind), drawClip('active', kind)])
  const [one, all] = await looks(options, shares.models * ms)
  signal.throwIfAborted()
  onPhase('the disk')
  const mayWrite = await isWritable(config.dataDir)
  const diskFolder = mayWrite ? config.dataDir : tmpdir()
  const disk = await diskCost({ folder: diskFolder, cameras, jpeg: all.jpeg, log, forMs: shares.disk * ms })
  const served = new BenchCameras({ quiet: toClip(quiet), active: toClip(active) })
  const { result, cutOff } = await tried(options, served, shares.trial * ms)
  const [crowding, growth] = [all.seconds / one.seconds, growthOf(result)]
  return {
    measured: measuredBy(result, {
      ...{ free, workers: config.analysis.workers, fps: config.analysis.fps },
      ...{ fullLookSeconds: one.seconds, growth: Math.max(1, crowding, growth) },
    }),
    ...{ trial: result, crowding, growth, disk, diskFolder, cutOff },
    gatewayRuns: mayWrite && gatewayIn(config.dataDir),
    bitsPerSecond: {
      quiet: (8 * quiet.length) / clipSeconds.quiet,
      active: (8 * active.length) / clipSeconds.active,
    },
  }
}

/** What a look costs with one worker, and with all. */
async function looks(options: MeasuringOptions, forMs: number): Promise<[LookCost, LookCost]> {
  const { config, kind, onPhase } = options
  const sample = await sampleOf(kind, config.analysis.maxWidth)
  onPhase('the models with one worker')
  const one = await lookCost({ ...options, sample, workers: 1, forMs })
  onPhase('the models with all workers')
  return [one, await lookCost({ ...options, sample, workers: config.analysis.workers, forMs })]
}

/** A picture as the decoder would hand it over: at most so wide. */
async function sampleOf(kind: StreamKind, maxWidth: number): Promise<Sample> {
  const even = (pixels: number) => 2 * Math.round(pixels / 2)
  const width = Math.min(kind.width, maxWidth)
  const height = even((kind.height * width) / kind.width)
  return { width, height, pixels: await drawPicture(kind, width, height) }
}

async function tried(
  { config, cameras, folder, signal, onPhase }: MeasuringOptions,
  served: BenchCameras,
  forMs: number,
): Promise<{ result: Trial; cutOff: number }> {
  const cores = availableParallelism()
  const gateway = new BenchGateway({ folder, config, signal })
  await served.start()
  try {
    await gateway.start()
    const result = await trial({
      ...{ gateway, cameras: served, forMs, signal, onPhase },
      quiet: Math.min(cameras, 4 * cores, mostQuiet),
      active: Math.min(cameras, cores),
    })
    return { result, cutOff: served.cutOff }
  } finally {
    await gateway.stop()
    await served.stop()
  }
}

type Known = { readonly free: number } & Pick<Measured, 'workers' | 'fullLookSeconds' | 'growth'> & {
    readonly fps: number
  }

/** Throws BENCH_FAILED where the models looked at nothing. */
function measuredBy(result: Trial, { free, fps, ...known }: Known): Measured {
  const { idle, quiet, active } = result
  if (active.looksPerSecond <= 0) {
    throw new GatewayError(
      'BENCH_FAILED',
      'No picture was looked at: this box is far too busy to measure on.',
    )
  }
  const [ofQuiet, ofActive] = [costOf(quiet, idle), costOf(active, idle)]
  const knowsMemory = idle.bytes !== undefined && ofQuiet.bytes !== undefined && ofActive.bytes !== undefined
  const phases = Object.values(result)
  return {
    ...known,
    cores: availableParallelism(),
    others: phases.reduce((sum, { others }) => sum + others / phases.length, 0),
    quiet: ofQuiet,
    active: {
      ...ofActive,
      fps,
      looks: active.looksPerSecond / active.cameras,
      lookSeconds: active.models / active.looksPerSecond,
    },
    memory: knowsMemory
      ? { free, base: idle.bytes, quiet: ofQuiet.bytes, active: ofActive.bytes }
      : undefined,
  }
}

/** It may be that of another user's gateway. */
function isWritable(folder: string): Promise<boolean> {
  return access(folder, constants.W_OK).then(
    () => true,
    () => false,
  )
}

function gatewayIn(dataDir: string): boolean {
  // Only where one was before: taking the lock makes the folder.
  if (!existsSync(join(dataDir, 'gateway.lock'))) return false
  try {
    lockFolder(dataDir)()
    return false
  } catch {
    return true
  }
}
