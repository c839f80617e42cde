/** Looks after the views of all cameras: alerts and state say what is wrong, broken pictures go no further, and of a view that moved no picture leaves. */
import { isDeepStrictEqual } from 'node:util'
import { v7 as newId } from 'uuid'
import type { Alert, EndedBecause } from './domain/alert.ts'
import type { Camera } from './domain/camera.ts'
import type { ViewFault } from './domain/view.ts'
import { View } from './health/view.ts'
import type { Gate } from './ingest/ports.ts'
import type { Part } from './kit/part.ts'
import type { Picture, Stages } from './pipeline.ts'

export interface ViewWatchOptions {
  /** What is wrong with the view of that camera has changed. */
  tell(camera: string): void
  /** Never rejects. */
  save(camera: Camera, alert: Alert, picture?: Picture): Promise<void>
}

/** One camera's view, between its decoder and its main path. */
export interface CameraView {
  over(gate: Gate): Gate
  /** The same vision, which pictures nothing while the masks may lie beside what they hide. */
  guard(vision: Stages['vision']): Stages['vision']
}

interface Watched {
  camera: Camera
  readonly view: View
  /** It was moved when the last process died, and nobody has looked at it since. */
  readonly distrusted: boolean
  faults: readonly ViewFault[]
  alert: Alert | undefined
}

export class ViewWatch implements Part {
  readonly name = 'views'
  readonly #options: ViewWatchOptions
  readonly #watched = new Map<string, Watched>()
  readonly #adopted = new Map<string, Alert>()

  constructor(options: ViewWatchOptions) {
    this.#options = options
  }

  async start(): Promise<void> {}

  /** After the cameras. Whoever starts the gateway again has looked at the views: they are learned anew. */
  async stop(): Promise<void> {
    await Promise.all([...this.#watched.values()].map((one) => this.#end(one, 'gateway-stopped')))
    this.#watched.clear()
  }

  faults(camera: string): readonly ViewFault[] {
    return this.#watched.get(camera)?.faults ?? []
  }

  /** An alert that was open when the last process died. Does it stay open, as the view is still not to be trusted? */
  adopt(alert: Alert): boolean {
    if (!alert.tamper?.faults.includes('moved')) return false
    this.#adopted.set(alert.camera, alert)
    return true
  }

  /** What is known of a view stays as long as its address and masks are the same; to change these is to confirm it. */
  of(camera: Camera): CameraView {
    const watched = this.#watch(camera)
    return {
      over: (gate) => this.#over(watched, gate),
      guard: (vision) => guarded(watched, vision),
    }
  }

  async forget(camera: string): Promise<void> {
    const watched = this.#watched.get(camera)
    this.#watched.delete(camera)
    if (watched) await this.#end(watched, 'camera-removed')
  }

  #watch(camera: Camera): Watched {
    const known = this.#watched.get(camera.id)
    if (known && known.camera.url === camera.url && isDeepStrictEqual(known.camera.masks, camera.masks)) {
      known.camera = camera
      return known
    }
    if (known) void this.#end(known, 'rule-changed')
    const alert = this.#adopted.get(camera.id)
    this.#adopted.delete(camera.id)
    const distrusted = alert !== undefined
    const faults = distrusted ? (['moved'] as const) : []
    const watched = { camera, view: new View(), distrusted, faults, alert }
    this.#watched.set(camera.id, watched)
    this.#options.tell(camera.id)
    return watched
  }

  #over(watched: Watched, gate: Gate): Gate {
    return {
      get isOpen() {
        return gate.isOpen
      },
      begin: () => {
        watched.view.begin()
        gate.begin?.()
      },
      coded: (facts) => gate.coded(facts),
      shown: (luma, timeMs) => {
        const corrupted = watched.view.see(luma, timeMs)
        this.#follow(watched)
        return corrupted ? { open: false, look: [], worthless: true } : gate.shown(luma, timeMs)
      },
    }
  }

  #follow(watched: Watched): void {
    const { view, distrusted, camera } = watched
    const seen = view.faults
    const faults = distrusted && !seen.includes('moved') ? [...seen, 'moved' as const] : seen
    if (isDeepStrictEqual(faults, watched.faults)) return
    watched.faults = faults
    this.#options.tell(camera.id)
    if (faults.length === 0) void this.#end(watched, 'cleared')
    else void this.#raise(watched)
  }

  #raise(watched: Watched): Promise<void> {
    const { alert, camera, faults, view } = watched
    const time = Date.now()
    const { shift } = view
    const tamper = { faults, ...(shift && { shift }) }
    watched.alert = alert
      ? { ...alert, phase: 'updated', time: Math.max(alert.time, time), tamper }
      : {
          ...{ id: newId(), camera: camera.id, rule: 'camera-tampered', kind: 'camera-tampered' },
          ...{ severity: 'minor', duty: 'system', phase: 'began', began: time, time, objects: [], tamper },
        }
    const picture = !alert && faults.includes('moved') ? ({ missing: 'view-moved' } as const) : undefined
    return this.#options.save(camera, watched.alert, picture)
  }

  async #end(watched: Watched, because: EndedBecause): Promise<void> {
    const { alert, camera } = watched
    watched.alert = undefined
    if (!alert) return
    const time = Math.max(alert.time, Date.now())
    await this.#options.save(camera, { ...alert, phase: 'ended', time, ended: time, endedBecause: because })
  }
}

/** Where there are masks, a view that seems to have moved is enough: to be sure takes seconds. */
function guarded(watched: Watched, vision: Stages['vision']): Stages['vision'] {
  const isTrusted = () =>
    !watched.faults.includes('moved') && !(watched.camera.masks.length > 0 && watched.view.seemsMoved)
  return {
    detect: (frame) => vision.detect(frame),
    snapshot: async (handle, objects) =>
      isTrusted() ? vision.snapshot(handle, objects) : { missing: 'view-moved' },
    release: (handle) => vision.release(handle),
  }
}
