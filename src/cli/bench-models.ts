/** The models alone: what a look at a whole picture costs with one worker and with all of them, and what a redacted picture weighs. */
import type { Frame } from '../domain/frame.ts'
import type { Log } from '../kit/log.ts'
import { VisionPool, type VisionPoolOptions } from '../vision/pool.ts'
import { usageOf } from './bench-usage.ts'

export interface Sample {
  /** Pixels, even. */
  readonly width: number
  readonly height: number
  /** Planar YUV 4:2:0. */
  readonly pixels: Uint8Array
}

export interface LookCost {
  /** Seconds of processor time for a look at the whole picture, for objects and for faces. */
  readonly seconds: number
  readonly looksPerSecond: number
  /** A redacted picture; absent where none could be made. */
  readonly jpeg: Uint8Array | undefined
}

export interface LookOptions {
  readonly workers: number
  readonly models: VisionPoolOptions['models']
  readonly sample: Sample
  readonly forMs: number
  readonly log: Log
  readonly signal: AbortSignal
  readonly onHung: () => void
}

/** Keeps so many workers busy for so long. Throws as the vision pool does. */
export async function lookCost(options: LookOptions): Promise<LookCost> {
  const { workers, models, log, onHung } = options
  const vision = new VisionPool({ workers, models, log, onHung })
  try {
    await vision.start()
    const jpeg = await pictureOf(vision, options.sample)
    const before = usageOf(process.pid)
    const looks = await keepBusy(vision, options)
    const after = usageOf(process.pid)
    return {
      seconds: (after.modelsMs - before.modelsMs) / 1_000 / Math.max(1, looks),
      looksPerSecond: (1_000 * looks) / (after.atMs - before.atMs),
      jpeg,
    }
  } finally {
    await vision.stop()
  }
}

async function keepBusy(
  vision: VisionPool,
  { workers, sample, forMs, signal }: LookOptions,
): Promise<number> {
  const until = performance.now() + forMs
  let looks = 0
  const oneAfterTheOther = async (camera: string) => {
    for (let index = 0; performance.now() < until && !signal.aborted; index++) {
      const { handle } = await vision.detect(frameOf(sample, camera, index))
      vision.release(handle)
      looks++
    }
  }
  // Two for each worker: none waits for the next picture.
  await Promise.all(Array.from({ length: 2 * workers }, (_, i) => oneAfterTheOther(`bench-${i}`)))
  return looks
}

async function pictureOf(vision: VisionPool, sample: Sample): Promise<Uint8Array | undefined> {
  const { handle } = await vision.detect(frameOf(sample, 'bench', 0))
  const picture = await vision.snapshot(handle, [{ x1: 0.4, y1: 0.4, x2: 0.6, y2: 0.8 }])
  vision.release(handle)
  return 'jpeg' in picture ? picture.jpeg : undefined
}

/** So far apart in time that each is looked at for faces too, as the seldom looks at a quiet camera are. */
function frameOf({ width, height, pixels }: Sample, camera: string, index: number): Frame {
  const frameTime = index * 60_000
  const shape = { width, height, pixels: Uint8Array.from(pixels) }
  return { camera, generation: 1, index, ...shape, frameTime, arrivedAt: frameTime }
}
