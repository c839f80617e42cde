/** Looks after the views of all cameras: alerts and state say what is wrong, broken pictures go no further, and of a view that moved no picture leaves until somebody has confirmed it. */
import { isDeepStrictEqual } from 'node:util'
import { v7 as newId } from 'uuid'
import type { Alert, EndedBecause } from './domain/alert.ts'
import type { Camera, Preset } from './domain/camera.ts'
import type { KeptView, ViewFault, ViewShift } from './domain/view.ts'
import { Turning } from './health/turning.ts'
import { View } from './health/view.ts'
import type { Gate } from './ingest/ports.ts'
import type { Part } from './kit/part.ts'
import type { Picture, Stages } from './pipeline.ts'
import { Memo, type MemoOptions } from './view-memo.ts'
import { digestOf, type ViewMemory } from './view-memory.ts'

/** A quiet camera gives a picture at least this often, ms. */
const presentMs = 30_000

export interface ViewWatchOptions {
  /** What is wrong with the view of that camera has changed. */
  tell(camera: string): void
  /** Never rejects. */
  save(camera: Camera, alert: Alert, picture?: Picture): Promise<void>
  /** Does it give pictures? */
  isLive(camera: string): boolean
  readonly memory: ViewMemory
  readonly now?: () => number
}

/** One camera's view, between its decoder and its main path. */
export interface CameraView {
  over(gate: Gate): Gate
  /** Of a camera that turns; whoever shows it a picture says so afterwards. */
  readonly turning?: Turning
  seen(): void
  /** The same vision, which pictures nothing while the masks may lie beside what they hide. */
  guard(vision: Stages['vision']): Stages['vision']
}

/** What is known of a view. */
interface Sight {
  readonly faults: readonly ViewFault[]
  readonly hidden: ViewFault | undefined
  readonly shift?: ViewShift
  readonly isKnown?: boolean
  readonly seemsMoved?: boolean
}

interface Watched {
  camera: Camera
  readonly of: string
  readonly sight: Sight
  /** Of a camera that stands still, or of one that turns. */
  readonly view?: View
  readonly turning?: Turning
  readonly memos: readonly Memo[]
  /** It moved, and nobody has confirmed it since. */
  distrusted: boolean
  /** It is distrusted, and its reference had to be forgotten: whatever is learned of it meanwhile is none. */
  forgotten: boolean
  faults: readonly ViewFault[]
  /** It shows its reference, although it is distrusted. */
  back: boolean
  alert: Alert | undefined
  /** When its newest picture came. */
  seenAt: number
}

export class ViewWatch implements Part {
  readonly name = 'views'
  readonly #options: ViewWatchOptions
  readonly #now: () => number
  readonly #watched = new Map<string, Watched>()
  readonly #adopted = new Map<string, Alert>()

  constructor(options: ViewWatchOptions) {
    this.#options = options
    this.#now = options.now ?? Date.now
  }

  async start(): Promise<void> {
    await this.#options.memory.start()
  }

  /** After the cameras. What is known of the views, and which are distrusted, is there again at the next start. */
  async stop(): Promise<void> {
    await Promise.all(
      [...this.#watched.values()].flatMap((one) => [
        ...one.memos.map((memo) => memo.keep(one.distrusted)),
        this.#end(one, 'gateway-stopped'),
      ]),
    )
    this.#watched.clear()
  }

  faults(camera: string): readonly ViewFault[] {
    return this.#watched.get(camera)?.faults ?? []
  }

  /** An alert that was open when the last process died. Does it stay open, as the view is still not to be trusted? */
  adopt(alert: Alert, camera: Camera): boolean {
    if (camera.presets || !alert.tamper?.faults.includes('moved')) return false
    if (this.#options.memory.find(camera.id, digestOf(camera))?.distrusted === false) return false
    this.#adopted.set(alert.camera, alert)
    return true
  }

  /** What is known of a view stays as long as its address and masks are the same; to change these is to confirm it. */
  of(camera: Camera): CameraView {
    const watched = this.#watch(camera)
    return {
      over: (gate) => this.#over(watched, gate),
      turning: watched.turning,
      seen: () => this.#seen(watched),
      guard: (vision) => guarded(watched, vision),
    }
  }

  /** Why nobody can confirm the view as it is now, as a sentence; undefined where it can be. */
  whyNot(camera: string): string | undefined {
    const watched = this.#watched.get(camera)
    const isThere = watched && this.#options.isLive(camera) && this.#now() - watched.seenAt <= presentMs
    if (!isThere) return 'it gives no picture now: a view can be confirmed while the camera shows it'
    const { hidden } = watched.sight
    return hidden && `its view is ${hidden} now: a view can be confirmed while there is something to see`
  }

  /** What is kept of a view once it is confirmed. */
  confirmed(camera: Camera, preset?: Preset): KeptView {
    const { id, url, masks } = camera
    const of = digestOf({ url, masks: preset?.masks ?? masks })
    return { camera: id, ...(preset && { preset: preset.name }), of, distrusted: false }
  }

  /** Somebody has looked at it, and that is on record: what it shows from now on is its reference, and pictures leave. */
  confirm(kept: KeptView): void {
    const { memory } = this.#options
    memory.note(kept)
    const watched = this.#watched.get(kept.camera)
    const memo = watched?.memos.find((one) => one.isOf(kept))
    if (!watched || !memo) return
    if (kept.preset !== undefined) watched.turning?.learn(kept.preset)
    watched.view?.confirm()
    watched.distrusted = false
    watched.forgotten = false
    memo.confirmed()
    this.#follow(watched)
  }

  /** It is not read any more. What may be remembered of its view stays: to switch it off and on is not to look at it. */
  async forget(camera: string, because: EndedBecause = 'camera-removed'): Promise<void> {
    const watched = this.#watched.get(camera)
    this.#watched.delete(camera)
    for (const memo of watched?.memos ?? []) void memo.keep(watched?.distrusted ?? false)
    void this.#options.memory.withdraw()
    if (watched) await this.#end(watched, because)
  }

  #watch(camera: Camera): Watched {
    const { url, masks, presets } = camera
    const of = digestOf({ url, masks: presets?.map((one) => [one.name, one.masks]) ?? masks })
    const known = this.#watched.get(camera.id)
    if (known?.of === of) {
      known.camera = camera
      return known
    }
    if (known) void this.#end(known, 'rule-changed')
    const alert = this.#adopted.get(camera.id)
    this.#adopted.delete(camera.id)
    const watched = camera.presets ? this.#turning(camera, of) : this.#still(camera, of, alert)
    this.#watched.set(camera.id, watched)
    this.#options.tell(camera.id)
    if (watched.distrusted && !alert) void this.#raise(watched)
    return watched
  }

  #still(camera: Camera, of: string, alert: Alert | undefined): Watched {
    const kept = this.#options.memory.find(camera.id, of)
    const view = new View(kept?.outline)
    const distrusted = kept?.distrusted ?? alert !== undefined
    const faults = distrusted ? (['moved'] as const) : []
    const forgotten = distrusted && !kept?.outline
    const outline = () => (watched.forgotten ? undefined : view.outline)
    const memos = [this.#memo({ camera: camera.id, of, outline }, kept)]
    const watched: Watched = {
      ...{ camera, of, sight: view, view, memos, distrusted, forgotten, faults, alert },
      ...unseen,
    }
    return watched
  }

  #turning(camera: Camera, of: string): Watched {
    const { id, url, presets = [] } = camera
    const found = presets.map(({ name, masks }) => {
      const digest = digestOf({ url, masks })
      return { name, digest, kept: this.#options.memory.find(id, digest, name) }
    })
    const turning = new Turning(new Map(found.map(({ name, kept }) => [name, kept?.outline])))
    const memos = found.map(({ name, digest, kept }) =>
      this.#memo({ camera: id, preset: name, of: digest, outline: () => turning.outline(name) }, kept),
    )
    const distrusted = false
    return {
      ...{ camera, of, sight: turning, turning, memos, distrusted, faults: [], alert: undefined },
      ...{ forgotten: false, ...unseen },
    }
  }

  #memo(view: Omit<MemoOptions, 'memory' | 'now'>, kept: KeptView | undefined): Memo {
    return new Memo({ ...view, memory: this.#options.memory, now: this.#now }, kept)
  }

  #over(watched: Watched, gate: Gate): Gate {
    return {
      get isOpen() {
        return gate.isOpen
      },
      begin: () => {
        watched.view?.begin()
        gate.begin?.()
      },
      coded: (facts) => gate.coded(facts),
      shown: (luma, timeMs) => {
        const corrupted = watched.view?.see(luma, timeMs)
        this.#seen(watched)
        return corrupted ? { open: false, look: [], worthless: true } : gate.shown(luma, timeMs)
      },
    }
  }

  #seen(watched: Watched): void {
    watched.seenAt = this.#now()
    this.#follow(watched)
  }

  #follow(watched: Watched): void {
    const { sight, camera } = watched
    const seen = sight.faults
    watched.distrusted ||= seen.includes('moved')
    for (const memo of watched.memos) memo.note(watched.distrusted)
    const isBack = watched.distrusted && !seen.includes('moved')
    const faults = isBack ? [...seen, 'moved' as const] : seen
    const back = isBack && !watched.forgotten && sight.isKnown === true
    const isSame = isDeepStrictEqual(faults, watched.faults)
    if (isSame && back === watched.back) return
    watched.faults = faults
    watched.back = back
    if (!isSame) this.#options.tell(camera.id)
    if (faults.length === 0) void this.#end(watched, 'cleared')
    else void this.#raise(watched)
  }

  #raise(watched: Watched): Promise<void> {
    const { alert, camera, faults, sight, back } = watched
    const time = Date.now()
    const { shift } = sight
    const tamper = { faults, ...(shift && { shift }), ...(back && { back }) }
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

const unseen = { back: false, seenAt: Number.NEGATIVE_INFINITY }

/** Where there are masks, a view that seems to have moved is enough: to be sure takes seconds. */
function guarded(watched: Watched, vision: Stages['vision']): Stages['vision'] {
  const isTrusted = () =>
    !watched.faults.includes('moved') &&
    !(watched.camera.masks.length > 0 && watched.sight.seemsMoved === true)
  return {
    detect: (frame) => vision.detect(frame),
    snapshot: async (handle, objects) =>
      isTrusted() ? vision.snapshot(handle, objects) : { missing: 'view-moved' },
    release: (handle) => vision.release(handle),
  }
}
