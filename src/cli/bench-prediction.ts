/** From what a few cameras cost to what many will: how well they would be watched, and what gives out first. Pure. */

/** Cost of one camera, in cores: seconds of processor time per second. */
export interface CameraCost {
  /** Everything but the models, its decoder included. */
  readonly outside: number
  /** The part of it that only the gateway's main thread can do. */
  readonly main: number
}

/** What was measured on the box. */
export interface Measured {
  readonly cores: number
  /** Threads that run models. */
  readonly workers: number
  /** What other programs used meanwhile, in cores. */
  readonly others: number
  readonly quiet: CameraCost
  readonly active: CameraCost & {
    /** Pictures per second that the models looked at, and the rate that was asked for. */
    readonly looks: number
    readonly fps: number
    /** Processor time of one such look, seconds. */
    readonly lookSeconds: number
  }
  /** Processor time of a look at a whole picture, faces included, seconds. */
  readonly fullLookSeconds: number
  /** Costs per work done on a full box as a multiple of those above, at least 1 (shared caches, hyper-threads, heat). */
  readonly growth: number
  /** Bytes; undefined where the kernel does not tell. */
  readonly memory:
    | { readonly free: number; readonly base: number; readonly quiet: number; readonly active: number }
    | undefined
}

/** What is asked. */
export interface Hour {
  readonly cameras: number
  /** Share of the cameras in which something moves at any moment, 0..1. */
  readonly share: number
  /** Pictures per second that are analysed where something moves, and those without which it counts as not watched. */
  readonly fps: number
  readonly floorFps: number
  readonly fullLookEveryMs: number
}

/** What gives out first: running models, decoding and reading on all cores, the one thread that reads all cameras, memory. */
export type Limit = 'models' | 'decoding' | 'reading thread' | 'memory'

export interface Forecast {
  /** Where something moves: share of the time that is really watched, 0..1. */
  readonly coverage: number
  /** Pictures per second that are analysed where something moves. */
  readonly fps: number
  /** Share of all cores in use, other programs included, 0..1. */
  readonly processor: number
  /** Bytes. */
  readonly memory: number | undefined
  readonly limit: Limit
}

/** More than this share of a resource cannot be used without queues, 0..1. */
export const usable = 0.9

export function forecast(measured: Measured, hour: Hour): Forecast {
  const { cores, workers, others } = measured
  const load = loadOf(measured, hour)
  const room = {
    processor: usable * cores - others,
    models: usable * workers,
  }
  const modelsRoom = Math.max(0, Math.min(room.models, room.processor - load.outside) - load.fullLooks)
  const fps = Math.min(hour.fps, load.perFps > 0 ? modelsRoom / load.perFps : hour.fps)
  const models = load.fullLooks + fps * load.perFps
  const memoryUse = measured.memory && load.memory !== undefined ? load.memory / measured.memory.free : 0
  const served = Math.min(
    1,
    ratio(room.processor, load.outside + load.fullLooks),
    ratio(usable, load.main),
    ratio(usable, memoryUse),
  )
  const processor = (others + load.outside + models) / cores
  const busiest: [Limit, number][] = [
    [models >= load.outside ? 'models' : 'decoding', processor],
    ['models', models / workers],
    ['reading thread', load.main],
    ['memory', memoryUse],
  ]
  return {
    coverage: served * Math.min(1, fps / Math.min(hour.floorFps, hour.fps)),
    fps,
    processor: Math.min(1, processor),
    memory: load.memory,
    limit: busiest.reduce((most, one) => (one[1] > most[1] ? one : most))[0],
  }
}

/** More cameras than any box has. */
const mostAsked = 4_096

/** The largest number of cameras for which this holds, in such an hour; what holds for many must hold for fewer. */
export function mostCameras(
  measured: Measured,
  hour: Omit<Hour, 'cameras'>,
  holds: (forecast: Forecast) => boolean,
): number {
  let [good, bad] = [0, mostAsked + 1]
  while (bad - good > 1) {
    const cameras = Math.floor((good + bad) / 2)
    if (holds(forecast(measured, { ...hour, cameras }))) good = cameras
    else bad = cameras
  }
  return good
}

/** In cores and bytes. */
interface Load {
  readonly outside: number
  readonly main: number
  /** Of cameras in which nothing moves. */
  readonly fullLooks: number
  /** For each picture per second that is analysed where something moves. */
  readonly perFps: number
  readonly memory: number | undefined
}

function loadOf({ quiet, active, growth, fullLookSeconds, memory }: Measured, hour: Hour): Load {
  const moving = hour.cameras * hour.share
  const still = hour.cameras - moving
  const both = (pick: (cost: CameraCost) => number) => growth * (still * pick(quiet) + moving * pick(active))
  // Not every picture that is shown deserves a look.
  const looksPerPicture = Math.min(1, active.looks / active.fps)
  return {
    outside: both(({ outside }) => outside),
    main: both(({ main }) => main),
    fullLooks: (growth * still * fullLookSeconds * 1_000) / hour.fullLookEveryMs,
    perFps: growth * moving * looksPerPicture * active.lookSeconds,
    memory: memory && memory.base + still * memory.quiet + moving * memory.active,
  }
}

function ratio(room: number, need: number): number {
  return need > 0 ? Math.max(0, room) / need : 1
}
