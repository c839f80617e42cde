/** Cars that stand in the way: a real car cut from a real clip drives into a clip, stands, and leaves, by ffmpeg. */
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Box } from '../../../src/domain/geometry.ts'
import type { Rule } from '../../../src/domain/rule.ts'
import type { Watched } from '../main-path.ts'
import { shared } from '../sets.ts'
import type { TruthEvent } from './truth.ts'

const run = promisify(execFile)

interface PlantedCar {
  readonly name: string
  /** Into which clip, and of which size that is. */
  readonly clip: string
  readonly width: number
  readonly height: number
  /** Where the car is cut from: clip, second and place in pixels. */
  readonly from: {
    readonly clip: string
    readonly second: number
    readonly cut: readonly [x: number, y: number, width: number, height: number]
  }
  readonly scale: number
  /** Left upper corner where it stands, pixels, and from where it comes. */
  readonly stands: readonly [x: number, y: number]
  readonly comes: readonly [x: number, y: number]
}

const street = 'ahmetozlu_street_cars_h264_640x352.mp4'
const carPark = 'intel_person-bicycle-car_clip_h264_768x432.mp4'
const crossroads = 'pets09-s2l1_h264_768x576_7fps.mp4'
const square = 'tud-stadtmitte_h264_640x480_25fps.mp4'

export const plantedCars: readonly PlantedCar[] = [
  {
    ...{ name: 'a car in its street', clip: street, width: 640, height: 352 },
    from: { clip: street, second: 0.2, cut: [236, 128, 76, 60] },
    ...{ scale: 1.6, stands: [300, 210], comes: [420, 352] },
  },
  {
    ...{ name: 'a van on a crossroads', clip: crossroads, width: 768, height: 576 },
    from: { clip: crossroads, second: 1, cut: [648, 40, 80, 60] },
    ...{ scale: 1.8, stands: [520, 200], comes: [768, 130] },
  },
  {
    ...{ name: 'a car on a square', clip: square, width: 640, height: 480 },
    from: { clip: street, second: 0.2, cut: [236, 128, 76, 60] },
    ...{ scale: 2.4, stands: [60, 310], comes: [-190, 320] },
  },
  {
    ...{ name: 'a car seen from straight above', clip: carPark, width: 768, height: 432 },
    from: { clip: carPark, second: 0.4, cut: [120, 162, 148, 226] },
    ...{ scale: 1, stands: [460, 140], comes: [620, 432] },
  },
]

/** Seconds of the clip at which it comes, has stopped, starts again and is gone. */
const times = { comes: 4, stops: 6, starts: 20, gone: 22 }
export const carClipSeconds = 28
const dwellMs = 5_000

/** A vehicle that stands in the lower part of the picture; real cars that pass, and those that park further off, are none. */
export function carWatch({ stands, scale, from, width, height }: PlantedCar): Watched {
  const [, , w, h] = from.cut
  const box = standingBox({ stands, scale, from, width, height })
  const margin = { x: (0.5 * w * scale) / width, y: (0.35 * h * scale) / height }
  const lane = {
    x1: Math.max(0, box.x1 - margin.x),
    x2: Math.min(1, box.x2 + margin.x),
    y1: Math.max(0, box.y2 - 2 * margin.y),
    y2: Math.min(1, box.y2 + margin.y),
  }
  const polygon = [
    { x: lane.x1, y: lane.y1 },
    { x: lane.x2, y: lane.y1 },
    { x: lane.x2, y: lane.y2 },
    { x: lane.x1, y: lane.y2 },
  ]
  const common = {
    labels: ['vehicle'],
    severity: 'major',
    duty: 'fire',
    cooldownMs: 30_000,
    zone: 'lane',
  } as const
  const rules = (['stationary-vehicle', 'fire-lane-blocked'] as const).map(
    (kind): Rule => ({ ...common, name: kind, kind, dwellMs, tolerance: 0.02, inertiaMs: 1_000 }),
  )
  return { zones: [{ name: 'lane', polygon }], lines: [], rules }
}

function standingBox({
  stands: [x, y],
  scale,
  from,
  width,
  height,
}: Omit<PlantedCar, 'name' | 'clip' | 'comes'>): Box {
  const [, , w, h] = from.cut
  return { x1: x / width, y1: y / height, x2: (x + w * scale) / width, y2: (y + h * scale) / height }
}

/** Both kinds hold from the moment at which it has stood for `dwellMs`. */
export function carTruths(car: PlantedCar): TruthEvent[] {
  return carWatch(car).rules.map(({ name }) => ({
    ...{ rule: name, who: 1, fromMs: times.stops * 1_000 + dwellMs, untilMs: times.gone * 1_000, sure: true },
  }))
}

export function carAt(car: PlantedCar): { at(who: number, timeMs: number): Box; ignored(): readonly Box[] } {
  return { at: () => standingBox(car), ignored: () => [] }
}

/** Writes the clip; returns its path. */
export async function plantCar(
  { name, clip, from, scale, stands, comes }: PlantedCar,
  folder: string,
): Promise<string> {
  const file = join(folder, `${name.replaceAll(' ', '-')}.mp4`)
  const videos = join(shared, 'videos')
  const cut = join(folder, `${name.replaceAll(' ', '-')}.png`)
  const [x, y, w, h] = from.cut
  await run('ffmpeg', [
    ...['-v', 'error', '-y', '-nostdin', '-ss', `${from.second}`, '-i', join(videos, from.clip)],
    ...['-vf', `crop=${w}:${h}:${x}:${y},scale=iw*${scale}:-2`, '-frames:v', '1', cut],
  ])
  const way = (to: number, at: number) =>
    `'${at}+(${to}-(${at}))*(1-clip((t-${times.comes})/${times.stops - times.comes},0,1)+clip((t-${times.starts})/${times.gone - times.starts},0,1))'`
  const overlay = `overlay=x=${way(comes[0], stands[0])}:y=${way(comes[1], stands[1])}:enable='between(t,${times.comes},${times.gone})'`
  await run('ffmpeg', [
    ...[
      '-v',
      'error',
      '-y',
      '-nostdin',
      '-stream_loop',
      '-1',
      '-i',
      join(videos, clip),
      '-loop',
      '1',
      '-i',
      cut,
    ],
    ...['-filter_complex', `[0:v:0][1:v]${overlay},format=yuv420p`, '-t', `${carClipSeconds}`, '-an'],
    ...['-c:v', 'libx264', '-preset', 'veryfast', '-crf', '20', file],
  ])
  return file
}
