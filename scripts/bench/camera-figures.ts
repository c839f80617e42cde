/** Turns what bench:cameras has measured into its figures: ratios first, then what they are made of, per camera and minute. */
import type { BareCosts } from './bare-costs.ts'
import type { EventScore } from './events.ts'
import type { FloorCost } from './floor.ts'
import type { MachineFacts } from './machine.ts'
import type { Material, MaterialWish } from './material.ts'
import type { ModelCosts } from './model-clock.ts'
import type { OurCost } from './ours.ts'
import type { UsualCost } from './usual.ts'

export interface Parts {
  readonly ours: OurCost
  readonly usual: UsualCost
  readonly floor: FloorCost
  readonly usualModels: BareCosts
  readonly floorModels: BareCosts
  readonly cameras: { readonly ours: number; readonly usual: number }
}

/** Of one camera in one minute. */
interface PerCameraMinute {
  /** Processor seconds of everything but the models. */
  readonly cpuOutsideModels: number
  /** Processor milliseconds of model runs. */
  readonly modelMs: number
}

/** Each at most; a ratio that is not measured in this run has no target in it. */
interface Ratios {
  readonly ratioToUsual: number
  readonly ratioToFloor: number
  readonly modelRatio: number | null
  readonly pssMegabytesPerCamera: number
}

export interface CameraFigures extends Ratios {
  readonly met: boolean
  readonly targets: Partial<Record<keyof Ratios, number>>
  readonly cameras: Parts['cameras']
  readonly wish: Pick<MaterialWish, 'stream' | 'codec' | 'gop' | 'rate'>
  readonly activity: number
  readonly perCameraMinute: {
    readonly ours: PerCameraMinute & { readonly pssBytes: number }
    readonly usual: PerCameraMinute & { readonly pssBytes: number }
    readonly floor: PerCameraMinute & { readonly reading: number; readonly decoding: number }
  }
  readonly events: EventScore
  readonly base: { readonly pssBytes: number }
  readonly usualMotionShare: number
  readonly modelRuns: ModelCosts
  readonly counters: Readonly<Record<string, number>>
  readonly seconds: { readonly ours: number; readonly usual: number }
  readonly material: { readonly source: string; readonly loopSeconds: number; readonly bitRate: number }
  readonly machine: MachineFacts
}

/** Faces are looked for once a second, objects in every picture. */
const usualFps = 5

export function compare(
  { stream, codec, gop, rate }: MaterialWish,
  material: Material,
  { ours, usual, floor, usualModels, floorModels, cameras }: Parts,
  machine: MachineFacts,
): CameraFigures {
  const ourMinutes = (cameras.ours * ours.seconds) / 60
  const usualMinutes = (cameras.usual * usual.seconds) / 60
  const motionFrames = usual.motionFrames / usualMinutes
  const perCameraMinute = {
    ours: {
      cpuOutsideModels: (ours.cpuSeconds - ours.modelMs / 1_000) / ourMinutes,
      modelMs: ours.modelMs / ourMinutes,
      pssBytes: Math.round(ours.pssBytesPerCamera),
    },
    usual: {
      cpuOutsideModels: usual.cpuSeconds / usualMinutes,
      modelMs: motionFrames * (usualModels.objectsMs + usualModels.facesMs / usualFps),
      pssBytes: Math.round(usual.pssBytesPerCamera),
    },
    floor: {
      cpuOutsideModels: floor.reading + floor.decoding,
      reading: floor.reading,
      decoding: floor.decoding,
      modelMs: floor.objectRuns * floorModels.objectsMs + floor.faceRuns * floorModels.facesMs,
    },
  }
  const outside = perCameraMinute.ours.cpuOutsideModels
  const ratios: Ratios = {
    ratioToUsual: outside / perCameraMinute.usual.cpuOutsideModels,
    ratioToFloor: outside / perCameraMinute.floor.cpuOutsideModels,
    modelRatio:
      perCameraMinute.usual.modelMs > 0 ? perCameraMinute.ours.modelMs / perCameraMinute.usual.modelMs : null,
    pssMegabytesPerCamera: ours.pssBytesPerCamera / 1e6,
  }
  const targets = targetsOf(stream, material.activity)
  const kept = (Object.keys(targets) as (keyof Ratios)[]).every(
    (name) => (ratios[name] ?? 0) <= targets[name]!,
  )
  return rounded({
    ...ratios,
    met: kept && ours.events.found === ours.events.expected,
    targets,
    cameras,
    wish: { stream, codec, gop, rate },
    activity: material.activity,
    perCameraMinute,
    events: ours.events,
    base: { pssBytes: ours.pssBytesBase },
    usualMotionShare: usual.motionFrames / Math.max(1, usual.frames),
    modelRuns: ours.modelRuns,
    counters: ours.counters,
    seconds: { ours: ours.seconds, usual: usual.seconds },
    material: { source: material.source, loopSeconds: material.seconds, bitRate: material.bitRate },
    machine,
  })
}

/** What this project set itself; other activities than these two are measured without a target. */
function targetsOf(stream: MaterialWish['stream'], activity: number): CameraFigures['targets'] {
  if (activity === 0) return { ratioToUsual: stream === 'd1' ? 1 / 8 : 1 / 12, pssMegabytesPerCamera: 25 }
  if (stream === 'd1' && activity <= 0.11) return { ratioToUsual: 1 / 4, ratioToFloor: 1.5, modelRatio: 1.3 }
  return {}
}

/** Every number to four digits that mean something. */
function rounded<T>(value: T): T {
  const text = JSON.stringify(value, (_, one) =>
    typeof one === 'number' && !Number.isInteger(one) ? Number(one.toPrecision(4)) : one,
  )
  return JSON.parse(text) as T
}

/** For people. */
export function sentences(figures: CameraFigures): string[] {
  const { perCameraMinute, events, targets, wish, cameras } = figures
  const wanted = (name: keyof Ratios) =>
    targets[name] === undefined ? '' : ` (wanted: at most ${Number(targets[name].toPrecision(3))})`
  const row = (name: string, { cpuOutsideModels, modelMs }: PerCameraMinute) =>
    `  ${name.padEnd(18)} ${cpuOutsideModels.toFixed(2).padStart(6)} s ${Math.round(modelMs).toString().padStart(8)} ms`
  return [
    `${cameras.ours} cameras, ${wish.stream} ${wish.codec}, key picture each ${wish.gop} s, ${wish.rate}, ${Math.round(figures.activity * 100)} % active`,
    `to the usual method  ${figures.ratioToUsual}${wanted('ratioToUsual')}`,
    `to the floor         ${figures.ratioToFloor}${wanted('ratioToFloor')}`,
    `models, to the usual ${figures.modelRatio ?? 'no motion'}${wanted('modelRatio')}`,
    `memory of a camera   ${figures.pssMegabytesPerCamera} MB${wanted('pssMegabytesPerCamera')}`,
    `events               ${events.found} of ${events.expected} told of, ${events.false} false, ${events.repeated} repeated; delay ${events.delayMs.p50 ?? '-'} ms (median), ${events.delayMs.p95 ?? '-'} ms (p95)`,
    'per camera and minute  processor  of it models apart',
    row('the gateway', perCameraMinute.ours),
    row('the usual method', perCameraMinute.usual),
    row('the floor', perCameraMinute.floor),
    figures.met ? 'all targets met' : 'not all targets met',
  ]
}
