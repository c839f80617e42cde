/** Cameras that give no pictures: says `offline` of them when it is time, and raises and ends their alerts. */
import { v7 as newId } from 'uuid'
import type { Alert } from './domain/alert.ts'
import type { Camera, CameraState, GridPlace } from './domain/camera.ts'
import { Outages } from './health/outages.ts'
import type { Moment, Told } from './health/pulse.ts'
import { parseCameraUrl } from './ingest/address.ts'
import { neighbourhood } from './ingest/neighbourhood.ts'
import type { Part } from './kit/part.ts'
import { sleep } from './kit/retry.ts'

const everyMs = 1_000

export interface OutageWatchOptions {
  readonly offlineAfterMs: number
  /** Each change of what is to be said of a camera. */
  readonly tell: (camera: string, told: Told) => void
  /** Never rejects. */
  readonly save: (alert: Alert) => Promise<void>
}

export class OutageWatch implements Part {
  readonly name = 'outages'
  readonly #options: OutageWatchOptions
  readonly #outages: Outages
  #stopping = new AbortController()
  #running: Promise<void> = Promise.resolve()

  constructor(options: OutageWatchOptions) {
    const { offlineAfterMs } = options
    this.#options = options
    this.#outages = new Outages({ offlineAfterMs, settleMs: offlineAfterMs / 4, newId })
  }

  async start(): Promise<void> {
    this.#stopping = new AbortController()
    this.#running = this.#run(this.#stopping.signal)
  }

  /** After the cameras: from now on nobody knows how they are. */
  async stop(): Promise<void> {
    this.#stopping.abort()
    await this.#running
    for (const alert of this.#outages.end('gateway-stopped', moment())) await this.#options.save(alert)
  }

  expect({ id, name, url }: Camera): void {
    this.#outages.expect({ id, name, network: neighbourhood(parseCameraUrl(url)) }, moment())
  }

  forget(camera: string): void {
    this.#outages.forget(camera, moment())
  }

  /** What the camera's source says. */
  hear(camera: string, state: CameraState): void {
    const told = this.#outages.hear(camera, state, moment())
    if (told) this.#options.tell(camera, told)
  }

  async #run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const { states, alerts } = this.#outages.turn(moment())
      for (const { camera, told } of states) this.#options.tell(camera, told)
      for (const alert of alerts) await this.#options.save(alert)
      await sleep(everyMs, signal)
    }
  }
}

function moment(): Moment {
  return { ticks: performance.now(), time: Date.now() }
}

/**
 * Where an alert belongs: its camera; for an outage or a storm of several, and for one about the gateway itself, the smallest cell that holds all of
 * them, and no address.
 * `known` are the cameras that are configured.
 */
export function placeOfAlert(alert: Alert, camera: Camera, known: readonly Camera[]): Camera {
  const { outage, storm, degradation } = alert
  const group = (outage ?? storm)?.cameras
  if (!degradation && (!group || group.length === 1)) return camera
  const ids = group && new Set(group.map(({ id }) => id))
  const grids = known.filter(({ id }) => ids?.has(id) ?? true).map(({ grid }) => grid)
  const { address: _, place: __, placeMissing: ___, ...rest } = camera
  return { ...rest, grid: sharedCell(grids) }
}

function sharedCell([first = {}, ...others]: readonly GridPlace[]): GridPlace {
  const shared: Record<string, string> = {}
  for (const level of ['street', 'community', 'group', 'unit'] as const) {
    const code = first[level]
    if (code === undefined || others.some((grid) => grid[level] !== code)) break
    shared[level] = code
  }
  return shared
}
