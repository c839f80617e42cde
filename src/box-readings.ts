/** Reads what Linux says of the box: temperature, room on the disk, and whether its clock can be trusted. What it does not say is absent. */
import { readdir, readFile, stat, statfs } from 'node:fs/promises'
import { join } from 'node:path'
import type { BoxReadings } from './domain/degradation.ts'

/** Thermal zones of processors: by the names that x86, Arm and their boards give them. */
const ofProcessor = /cpu|x86_pkg|soc|core|package/i
/** Less is what a time service corrects bit by bit. */
const leastStepMs = 2_000
/** A clock is set once after the start of a box without one of its own; and a step is news for so long, ms. */
const settingMs = 600_000
const newsMs = 600_000

export interface BoxPlaces {
  readonly dataDir: string
  /** Told in tests alone. */
  readonly thermal?: string
  readonly timesync?: string
}

export class BoxReader {
  readonly #places: BoxPlaces
  readonly #now: () => { readonly ticks: number; readonly time: number }
  readonly #startedAt: number
  #offset: number
  #step: { readonly ticks: number; readonly byMs: number } | undefined

  constructor(places: BoxPlaces, now = () => ({ ticks: performance.now(), time: Date.now() })) {
    this.#places = places
    this.#now = now
    const { ticks, time } = now()
    this.#startedAt = ticks
    this.#offset = time - ticks
  }

  async read(strain: number): Promise<BoxReadings> {
    const { dataDir, thermal = '/sys/class/thermal', timesync = '/run/systemd/timesync' } = this.#places
    const [temperatureC, freeBytes, synchronised] = await Promise.all([
      hottest(thermal),
      freeAt(dataDir),
      isSynchronised(timesync),
    ])
    const steppedMs = this.#stepped()
    return {
      ...(temperatureC === undefined ? {} : { temperatureC }),
      ...(freeBytes === undefined ? {} : { freeBytes }),
      ...(synchronised === undefined ? {} : { synchronised }),
      ...(steppedMs === undefined ? {} : { steppedMs }),
      strain,
    }
  }

  /** The clock that may be set, against the one that nobody sets. */
  #stepped(): number | undefined {
    const { ticks, time } = this.#now()
    const byMs = Math.round(time - ticks - this.#offset)
    this.#offset = time - ticks
    if (Math.abs(byMs) >= leastStepMs && ticks - this.#startedAt >= settingMs) this.#step = { ticks, byMs }
    if (this.#step && ticks - this.#step.ticks > newsMs) this.#step = undefined
    return this.#step?.byMs
  }
}

async function hottest(folder: string): Promise<number | undefined> {
  const zones = await readdir(folder).catch(() => [])
  const read = await Promise.all(
    zones.map(async (zone): Promise<number[]> => {
      try {
        if (!ofProcessor.test(await readFile(join(folder, zone, 'type'), 'utf8'))) return []
        const celsius = Number(await readFile(join(folder, zone, 'temp'), 'utf8')) / 1_000
        return celsius > 0 && celsius < 150 ? [celsius] : []
      } catch {
        return []
      }
    }),
  )
  const known = read.flat()
  return known.length > 0 ? Math.max(...known) : undefined
}

async function freeAt(folder: string): Promise<number | undefined> {
  const disk = await statfs(folder).catch(() => undefined)
  return disk && disk.bavail * disk.bsize
}

/** systemd-timesyncd says so; where something else keeps the clock, nobody here knows. */
async function isSynchronised(folder: string): Promise<boolean | undefined> {
  const isThere = (path: string) =>
    stat(path).then(
      () => true,
      () => false,
    )
  if (!(await isThere(folder))) return undefined
  return isThere(join(folder, 'synchronized'))
}
