/** What was last said of each camera, put together for the centre, for people and for metrics. */
import type { ClockWatch } from './clock-watch.ts'
import type { CoverageBook } from './coverage-book.ts'
import type { Camera, Standing } from './domain/camera.ts'
import type { Running } from './fleet.ts'
import type { Told } from './health/pulse.ts'
import type { CameraFacts } from './metrics.ts'
import type { Publisher } from './publish/publisher.ts'
import type { ViewWatch } from './view-watch.ts'

export interface CameraTellingOptions {
  cameras(): readonly Pick<Camera, 'id' | 'enabled'>[]
  running(camera: string): Running | undefined
  readonly views: () => Pick<ViewWatch, 'faults'>
  readonly clocks: () => Pick<ClockWatch, 'of'>
  readonly coverage: CoverageBook
  readonly publisher: () => Pick<Publisher, 'cameraState'>
}

export class CameraTelling {
  readonly #options: CameraTellingOptions
  readonly #told = new Map<string, Told>()
  readonly #standing = new Map<string, Standing>()

  constructor(options: CameraTellingOptions) {
    this.#options = options
  }

  state(camera: string): Told['state'] | undefined {
    return this.#told.get(camera)?.state
  }

  /** Its stream is so from now on. */
  hear(camera: string, told: Told): void {
    this.#told.set(camera, told)
    this.#options.coverage.of(camera, Date.now()).state(told.state, Date.now())
    this.tell(camera)
  }

  /** A camera that turns stands there; undefined where it does not turn any more. */
  stand(camera: string, standing: Standing | undefined): void {
    if (standing) this.#standing.set(camera, standing)
    else this.#standing.delete(camera)
  }

  forget(camera: string): void {
    this.#told.delete(camera)
    this.#standing.delete(camera)
  }

  /** Something about it has changed: the centre hears all that is known. */
  tell(camera: string): void {
    const { views, clocks, publisher } = this.#options
    const told = this.#told.get(camera)
    if (!told) return
    const tampered = views().faults(camera)
    const facts = { ...told, ...this.#standing.get(camera), ...clocks().of(camera) }
    publisher().cameraState(camera, tampered.length > 0 ? { ...facts, tampered } : facts)
  }

  facts(): CameraFacts[] {
    const { cameras, running, views, clocks } = this.#options
    return cameras().map(({ id, enabled }) => {
      const { frames, replaced, attempts, gate } = running(id)?.source.counters ?? nothingRead
      return {
        ...{
          id,
          state: this.state(id) ?? (enabled ? 'connecting' : 'paused'),
          frames,
          replaced,
          attempts,
          gate,
        },
        ...{ faults: views().faults(id), clockOffsetMs: clocks().of(id)?.clockOffsetMs },
      }
    })
  }
}

const nothingRead = {
  ...{ frames: 0, replaced: 0, attempts: 0 },
  gate: { coded: 0, decoded: 0, openings: 0, lost: 0, skipped: 0 },
}
