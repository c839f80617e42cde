/** Things planted into real clips by ffmpeg, cut from real clips: a car drives in, stands and leaves; a bundle is left, or taken away. */
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { type Box, wholePicture } from '../../../src/domain/geometry.ts'
import type { Rule } from '../../../src/domain/rule.ts'
import type { Zone } from '../../../src/domain/zone.ts'
import type { Watched } from '../main-path.ts'
import { shared } from '../sets.ts'
import type { Whereabouts } from './score.ts'
import type { TruthEvent } from './truth.ts'

const run = promisify(execFile)

interface Cut {
  readonly clip: string
  readonly second: number
  /** Pixels. */
  readonly area: readonly [x: number, y: number, width: number, height: number]
}

export interface PlantedThing {
  readonly name: string
  readonly what: 'car' | 'left' | 'taken'
  /** Into which clip, and of which size that is. */
  readonly clip: string
  readonly width: number
  readonly height: number
  readonly cut: Cut
  readonly scale: number
  /** Left upper corner where it stands or lies, pixels, and from where a car comes. */
  readonly at: readonly [x: number, y: number]
  readonly comes?: readonly [x: number, y: number]
}

const street = { clip: 'ahmetozlu_street_cars_h264_640x352.mp4', width: 640, height: 352 }
const carPark = { clip: 'intel_person-bicycle-car_clip_h264_768x432.mp4', width: 768, height: 432 }
const room = { clip: 'intel_one-by-one-person_h264_768x432.mp4', width: 768, height: 432 }
const crossroads = { clip: 'pets09-s2l1_h264_768x576_7fps.mp4', width: 768, height: 576 }
const square = { clip: 'tud-stadtmitte_h264_640x480_25fps.mp4', width: 640, height: 480 }

const car: Cut = { clip: street.clip, second: 0.2, area: [236, 128, 76, 60] }
const van: Cut = { clip: crossroads.clip, second: 1, area: [648, 40, 80, 60] }
const fromAbove: Cut = { clip: carPark.clip, second: 0.4, area: [120, 162, 148, 226] }
/** A jacket on the grass. */
const bundle: Cut = { clip: crossroads.clip, second: 1, area: [70, 496, 88, 32] }

const bundles = (
  [
    { where: 'on a crossroads', ...crossroads, at: [420, 320] },
    { where: 'in a street', ...street, at: [330, 230] },
    { where: 'on a car park', ...carPark, at: [420, 260] },
    { where: 'in a room', ...room, at: [90, 310] },
    // The hard one: somebody stands there at that moment, goes, and four seconds later the next one stands there.
    { where: 'where people stand', ...room, at: [360, 250] },
  ] as const
).flatMap(({ where, ...into }): PlantedThing[] => [
  { name: `a bundle left ${where}`, what: 'left', ...into, cut: bundle, scale: 1 },
  { name: `a bundle taken ${where}`, what: 'taken', ...into, cut: bundle, scale: 1 },
])

export const plantedThings: readonly PlantedThing[] = [
  {
    name: 'a car in its street',
    what: 'car',
    ...street,
    cut: car,
    scale: 1.6,
    at: [300, 210],
    comes: [420, 352],
  },
  {
    ...{ name: 'a van on a crossroads', what: 'car', ...crossroads, cut: van },
    ...{ scale: 1.8, at: [520, 200], comes: [768, 130] },
  },
  {
    name: 'a car on a square',
    what: 'car',
    ...square,
    cut: car,
    scale: 2.4,
    at: [60, 310],
    comes: [-190, 320],
  },
  {
    ...{ name: 'a car seen from straight above', what: 'car', ...carPark, cut: fromAbove },
    ...{ scale: 1, at: [460, 140], comes: [620, 432] },
  },
  ...bundles,
]

/** Seconds of the clip at which a car comes, has stopped, starts again and is gone. */
const driving = { comes: 4, stops: 6, starts: 20, gone: 22 }
/** Second at which a bundle is put down, or taken. */
const changes = 15
const clipSeconds = { car: 28, left: 36, taken: 36 }
const dwellMs = { car: 5_000, object: 1_000 }

const common = { severity: 'major', duty: 'fire', cooldownMs: 30_000, zone: 'here' } as const

/** A car that stands in its lane; something left, or taken, anywhere in the picture. */
export function plantedWatch(thing: PlantedThing): Watched {
  if (thing.what === 'car') {
    const rules = (['stationary-vehicle', 'fire-lane-blocked'] as const).map(
      (kind): Rule => ({
        ...{ ...common, name: kind, kind, labels: ['vehicle'] },
        ...{ dwellMs: dwellMs.car, tolerance: 0.02, inertiaMs: 1_000 },
      }),
    )
    return { zones: [zone(laneOf(placeOf(thing)))], lines: [], rules }
  }
  const rules = (['object-left', 'object-removed'] as const).map(
    (kind): Rule => ({
      ...{ ...common, name: kind, kind, labels: ['object'] },
      ...{ dwellMs: dwellMs.object, minShare: 0.002, inertiaMs: 500 },
    }),
  )
  return { zones: [zone(wholePicture)], lines: [], rules }
}

/** Where its foot is, and half its size around. */
function laneOf({ x1, x2, y1, y2 }: Box): Box {
  const [x, y] = [(x2 - x1) / 2, (y2 - y1) / 3]
  return {
    ...{ x1: Math.max(0, x1 - x), x2: Math.min(1, x2 + x) },
    ...{ y1: Math.max(0, y2 - 2 * y), y2: Math.min(1, y2 + y) },
  }
}

function zone({ x1, y1, x2, y2 }: Box): Zone {
  const corners: readonly (readonly [number, number])[] = [
    [x1, y1],
    [x2, y1],
    [x2, y2],
    [x1, y2],
  ]
  return { name: 'here', polygon: corners.map(([x, y]) => ({ x, y })) }
}

function placeOf({ at: [x, y], scale, cut, width, height }: PlantedThing): Box {
  const [, , w, h] = cut.area
  return { x1: x / width, y1: y / height, x2: (x + w * scale) / width, y2: (y + h * scale) / height }
}

/** From the moment at which it has stood, or lain, for the dwell. */
export function plantedTruths({ what }: PlantedThing): TruthEvent[] {
  const truth = (rule: string, fromS: number, untilS: number, dwell: number): TruthEvent => ({
    ...{ rule, who: 1, fromMs: fromS * 1_000 + dwell, untilMs: untilS * 1_000, sure: true },
  })
  if (what !== 'car')
    return [
      truth(what === 'left' ? 'object-left' : 'object-removed', changes, clipSeconds[what], dwellMs.object),
    ]
  return ['stationary-vehicle', 'fire-lane-blocked'].map((rule) =>
    truth(rule, driving.stops, driving.gone, dwellMs.car),
  )
}

export function plantedAt(thing: PlantedThing): Whereabouts {
  const place = placeOf(thing)
  return { at: () => place, ignored: () => [] }
}

/** Writes the clip; returns its path. */
export async function plant(thing: PlantedThing, folder: string): Promise<string> {
  const { name, clip, what, cut, scale } = thing
  const file = join(folder, name.replaceAll(' ', '-'))
  const videos = join(shared, 'videos')
  const [x, y, w, h] = cut.area
  const quiet = ['-v', 'error', '-y', '-nostdin']
  await run('ffmpeg', [
    ...[...quiet, '-ss', `${cut.second}`, '-i', join(videos, cut.clip)],
    ...['-vf', `crop=${w}:${h}:${x}:${y},scale=iw*${scale}:-2`, '-frames:v', '1', `${file}.png`],
  ])
  const filter = `[0:v:0][1:v]overlay=${overlay(thing)},format=yuv420p`
  await run('ffmpeg', [
    ...[...quiet, '-stream_loop', '-1', '-i', join(videos, clip), '-loop', '1', '-i', `${file}.png`],
    ...['-filter_complex', filter, '-t', `${clipSeconds[what]}`, '-an'],
    ...['-c:v', 'libx264', '-preset', 'veryfast', '-crf', '20', `${file}.mp4`],
  ])
  return `${file}.mp4`
}

function overlay({ what, at, comes = at }: PlantedThing): string {
  if (what !== 'car') {
    const when = what === 'left' ? `gte(t,${changes})` : `lt(t,${changes})`
    return `x=${at[0]}:y=${at[1]}:enable='${when}'`
  }
  const part = (from: number, to: number) => `clip((t-${from})/${to - from},0,1)`
  const away = `(1-${part(driving.comes, driving.stops)}+${part(driving.starts, driving.gone)})`
  const way = (n: 0 | 1) => `'${at[n]}+(${comes[n] - at[n]})*${away}'`
  return `x=${way(0)}:y=${way(1)}:enable='between(t,${driving.comes},${driving.gone})'`
}
