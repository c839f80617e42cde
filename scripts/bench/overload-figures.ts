/** Turns what bench:overload has measured into its figures: what is to be kept first, then what it is made of. */
import type { EventScore } from './events.ts'
import type { MachineFacts } from './machine.ts'
import type { Material, MaterialWish } from './material.ts'
import type { ModelCosts } from './model-clock.ts'
import type { Box } from './overload-box.ts'
import {
  answersOf,
  type CpuShares,
  coverageOf,
  cpuShares,
  delaysOf,
  eventsOf,
  type Memory,
  memoryOf,
  secondsOf,
} from './overload-outcome.ts'
import { growing, type Queues, queuesOf } from './overload-queues.ts'
import type { OverloadRun } from './overload-run.ts'
import { analysedMetric, analysedPerSecond, grown, perSecond, rates } from './overload-samples.ts'
import { fairness, jain } from './overload-shares.ts'

/** What this project set itself: at least so fair, and so much told of; less than so much more memory, and no queue that grows. */
const targets = { fairness: 0.8, toldOf: 0.95, memoryMegabytesPerMinute: 1, growing: 0 }

export interface Measured {
  /** Undefined where the number of cameras was given. */
  readonly box: Box | undefined
  readonly run: OverloadRun
  /** Frames per second of bare runs on the same cores. */
  readonly idealFrames: number
}

/** What has a target. */
interface Kept {
  /** The least effective rate beside the mean. */
  readonly fairness: number
  /** Share of the visits that were told of. */
  readonly toldOf: number
  /** Slope over the window of what the whole process tree holds. */
  readonly memoryMegabytesPerMinute: number
  /** Queues that grew or went beyond their bounds. */
  readonly growing: readonly string[]
}

/** What became of frames. */
interface Frames {
  /** Frames analysed per second and camera. */
  readonly rate: { readonly mean: number; readonly least: number; readonly most: number }
  readonly jain: number
  /** What bare runs of the same models would give each camera, and the share of it that the gateway gives. */
  readonly ideal: { readonly rate: number; readonly share: number }
  /** The mean beside what a camera gets that is alone. */
  readonly shareOfWanted: number | null
  /** Of the frames that came out of decoders, those that a newer one replaced. */
  readonly replacedShare: number
  /** Of the coded pictures, those that were wanted and lost, or left out because a decoder was behind. */
  readonly lostShare: number
  /** Pictures per second and camera that arrived: less than the camera sends where the gateway does not read them. */
  readonly codedRate: number
  /** Of a frame, for its turn and for a worker. */
  readonly meanWaitMs: number
  readonly ratesByCamera: Readonly<Record<string, number>>
}

export interface OverloadFigures extends Kept, Frames {
  readonly met: boolean
  readonly targets: typeof targets
  readonly cameras: number
  /** Beside what the box holds. */
  readonly times: number | null
  readonly box: Box | null
  readonly wish: Pick<MaterialWish, 'stream' | 'codec'>
  readonly seconds: number
  readonly events: EventScore
  readonly coverage: ReturnType<typeof coverageOf>
  readonly queues: Queues
  readonly memory: Memory
  readonly cpu: CpuShares
  /** How long the gateway took to tell its metrics. */
  readonly metricsMs: ReturnType<typeof answersOf>
  readonly modelRuns: ModelCosts
  readonly counters: Readonly<Record<string, number>>
  readonly material: Pick<Material, 'source' | 'activity' | 'bitRate'> & { readonly loopSeconds: number }
  readonly machine: MachineFacts
}

export function figuresOf(
  { stream, codec }: MaterialWish,
  material: Material,
  measured: Measured,
  machine: MachineFacts,
): OverloadFigures {
  const { box = null, run } = measured
  const { samples, cameras } = run
  const frames = framesOf(measured)
  const memory = memoryOf(samples)
  const queues = queuesOf(samples, cameras.length, delaysOf(run))
  const events = eventsOf(run, material)
  const kept: Kept = {
    fairness: fairness(Object.values(frames.ratesByCamera)),
    toldOf: events.expected > 0 ? events.found / events.expected : 0,
    memoryMegabytesPerMinute: memory.perMinute,
    growing: growing(queues),
  }
  const { source, activity, bitRate, seconds: loopSeconds } = material
  return rounded({
    ...kept,
    met: isMet(kept),
    targets,
    cameras: cameras.length,
    times: box && cameras.length / box.cameras,
    box,
    wish: { stream, codec },
    seconds: secondsOf(samples),
    ...frames,
    events,
    coverage: coverageOf(samples[samples.length - 1]),
    queues,
    memory,
    cpu: cpuShares(run, machine.cores),
    metricsMs: answersOf(samples),
    modelRuns: run.modelRuns,
    counters: grown(samples[0], samples[samples.length - 1]),
    material: { source, activity, bitRate, loopSeconds },
    machine,
  })
}

export function isMet({ fairness, toldOf, memoryMegabytesPerMinute, growing }: Kept): boolean {
  return (
    fairness >= targets.fairness &&
    toldOf >= targets.toldOf &&
    memoryMegabytesPerMinute < targets.memoryMegabytesPerMinute &&
    growing.length <= targets.growing
  )
}

function framesOf({ box, run: { cameras, samples }, idealFrames }: Measured): Frames {
  const [first, last] = [samples[0], samples[samples.length - 1]]
  const told = rates(first, last)
  // A camera that the gateway does not even tell of gets nothing.
  const ratesByCamera = Object.fromEntries(cameras.map(({ name }) => [name, told[name] ?? 0]))
  const each = Object.values(ratesByCamera)
  const all = analysedPerSecond(first, last)
  const mean = all / cameras.length
  const ratio = (name: string, to: string) => perSecond(first, last, name) / perSecond(first, last, to)
  return {
    rate: { mean, least: Math.min(...each), most: Math.max(...each) },
    jain: jain(each),
    ideal: { rate: idealFrames / cameras.length, share: all / idealFrames },
    shareOfWanted: box ? mean / box.wantedPerCamera : null,
    replacedShare: ratio('skyeye_frames_replaced_total', 'skyeye_frames_total'),
    lostShare: ratio('skyeye_pictures_lost_total', 'skyeye_coded_pictures_total'),
    codedRate: perSecond(first, last, 'skyeye_coded_pictures_total') / cameras.length,
    meanWaitMs: ratio('skyeye_vision_wait_seconds_total', analysedMetric) * 1_000,
    ratesByCamera,
  }
}

/** Every number to four digits that mean something. */
function rounded<T>(value: T): T {
  const text = JSON.stringify(value, (_, one) =>
    typeof one === 'number' && !Number.isInteger(one) ? Number(one.toPrecision(4)) : one,
  )
  return JSON.parse(text) as T
}
