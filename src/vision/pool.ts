/** The vision pool: hands frames to worker threads, fairly, and fetches redacted pictures from where the pixels are. */
import { type Frame, frameBytes } from '../domain/frame.ts'
import { type Box, wholePicture } from '../domain/geometry.ts'
import { GatewayError } from '../kit/errors.ts'
import type { Log } from '../kit/log.ts'
import { backoffMs, defaultBackoff, sleep } from '../kit/retry.ts'
import type { Task } from './messages.ts'
import type { ModelOnDisk, Picture, Sighting } from './ports.ts'
import { emptyStats, type VisionStats } from './stats.ts'
import { type Answer, WorkerLink } from './worker-link.ts'

export interface VisionPoolOptions {
  /** Threads; one per core is right, more are slower. */
  readonly workers: number
  readonly models: { readonly objects: ModelOnDisk; readonly faces: ModelOnDisk }
  readonly log: Log
  /** Silence after which a worker counts as hung, ms; default 20 000. */
  readonly runDeadlineMs?: number
  /** Frames a worker keeps at most between `detect` and `release`; default 64. */
  readonly maxHeld?: number
  /** A run did not come back. A thread in native code cannot be ended alone: replace the process. Called once. */
  onHung(): void
  /** Another worker program (tests). */
  readonly workerUrl?: URL
}

const workerUrl = new URL(import.meta.url.endsWith('.ts') ? './worker.ts' : './worker.js', import.meta.url)

/** One task runs, the next waits at the worker's door, so that it never idles; the rest waits here, to be reordered. */
const tasksPerWorker = 2

const facesEveryMs = 1_000
/** More than a box can have: names of cameras that are gone are dropped beyond it. */
const mostCameras = 10_000

type DetectTask = Extract<Task, { kind: 'detect' }>

interface Waiting {
  readonly task: Task
  readonly since: number
  resolve(answer: Answer): void
  reject(error: unknown): void
}

/** A place in the pool; its thread may be replaced. */
interface Seat {
  link: WorkerLink | undefined
  readonly snapshots: Waiting[]
  readonly held: Set<number>
  /** What the present thread has reported. */
  evicted: number
  failures: number
}

export class VisionPool {
  readonly name = 'vision'
  readonly #options: VisionPoolOptions
  readonly #seats: Seat[] = []
  /** At most one frame per camera, by the shape of the main path. */
  readonly #detects: Waiting[] = []
  readonly #holders = new Map<number, Seat>()
  /** Frame time of each camera's newest look for faces. */
  readonly #facesAt = new Map<string, number>()
  readonly #stats = emptyStats()
  readonly #stopping = new AbortController()
  #lastId = 0
  #hung = false
  #stopped: Promise<void> | undefined

  constructor(options: VisionPoolOptions) {
    this.#options = options
  }

  /** Resolves when every worker has loaded and warmed its models. Throws MODEL_REFUSED or VISION_FAILED. */
  async start(): Promise<void> {
    for (let i = 0; i < this.#options.workers; i++) {
      this.#seats.push({ link: undefined, snapshots: [], held: new Set(), evicted: 0, failures: 0 })
    }
    const opened = await Promise.allSettled(this.#seats.map((seat) => this.#open(seat)))
    const failed = opened.find((one) => one.status === 'rejected')
    if (!failed) return
    await this.stop()
    throw failed.reason
  }

  /** Refuses what waits, lets what runs come back, closes the sessions, ends the threads. Idempotent. */
  stop(): Promise<void> {
    this.#stopped ??= this.#end()
    return this.#stopped
  }

  async #end(): Promise<void> {
    this.#stopping.abort()
    const queued = [...this.#detects.splice(0), ...this.#seats.flatMap((seat) => seat.snapshots.splice(0))]
    for (const { reject } of queued) reject(stopped())
    await Promise.all(this.#seats.map((seat) => seat.link?.stop()))
  }

  /**
   * Takes the frame's pixels (they are moved: the frame is empty afterwards) and says what is in them. The frame is held
   * until `release`. Throws VISION_FAILED for a frame that cannot be analysed, VISION_STOPPED while stopping.
   */
  async detect(frame: Frame): Promise<Sighting> {
    const { width, height } = frame
    if (!soundSize(width, height) || frame.pixels.byteLength !== frameBytes(width, height)) {
      const bytes = frame.pixels.byteLength
      throw new GatewayError(
        'VISION_FAILED',
        `A frame of camera ${frame.camera} says ${width}×${height} and has ${bytes} bytes`,
      )
    }
    const handle = ++this.#lastId
    const task: DetectTask = {
      kind: 'detect',
      id: handle,
      handle,
      picture: { width, height, pixels: whole(frame.pixels) },
      faces: this.#wantsFaces(frame),
    }
    frame.pixels = new Uint8Array(0)
    const answer = await this.#queue(task, this.#detects)
    if (answer.kind !== 'detected') {
      this.#stats.failures++
      const why = answer.kind === 'failed' ? answer.message : answer.kind
      throw new GatewayError(
        'VISION_FAILED',
        `A frame of camera ${frame.camera} could not be analysed: ${why}`,
      )
    }
    this.#stats.faces += answer.detections.filter(({ label }) => label === 'face').length
    return { handle, detections: answer.detections, looked: [wholePicture] }
  }

  /**
   * Faces are counted once a second of a camera's time: they are not followed, and a look costs half a detection more.
   * Those on a picture that leaves the box are found by looks of their own.
   */
  #wantsFaces({ camera, frameTime }: Frame): boolean {
    const last = this.#facesAt.get(camera)
    if (last !== undefined && Math.abs(frameTime - last) < facesEveryMs) return false
    if (this.#facesAt.size >= mostCameras) this.#facesAt.clear()
    this.#facesAt.set(camera, frameTime)
    return true
  }

  /**
   * The redacted picture of a held frame with the objects outlined. Goes before frames that wait to be analysed. Never
   * rejects: where anything fails there is no picture.
   */
  async snapshot(handle: number, objects: readonly Box[]): Promise<Picture> {
    const seat = this.#holders.get(handle)
    try {
      if (!seat?.link) throw new Error('the worker that held the frame is gone')
      const answer = await this.#queue(
        { kind: 'snapshot', id: ++this.#lastId, handle, objects },
        seat.snapshots,
      )
      if (answer.kind !== 'picture') throw new Error('the worker gave another answer')
      if ('missing' in answer.picture) throw new Error(answer.why)
      this.#stats.snapshots++
      return answer.picture
    } catch (error) {
      this.#stats.redactionFailures++
      this.#options.log.warn({ err: error }, 'a snapshot could not be redacted; the alert goes without it')
      return { missing: 'redaction-failed' }
    }
  }

  /** Lets go of a frame. Unknown handles are ignored. */
  release(handle: number): void {
    const seat = this.#holders.get(handle)
    this.#holders.delete(handle)
    seat?.held.delete(handle)
    if (!this.#stopping.signal.aborted) seat?.link?.release(handle)
  }

  /** A copy; the sums count from `start`. */
  stats(): VisionStats {
    return {
      ...this.#stats,
      tensors: { ...this.#stats.tensors },
      workers: this.#seats.filter((seat) => seat.link).length,
      queued: this.#detects.length + this.#seats.reduce((sum, seat) => sum + seat.snapshots.length, 0),
      running: this.#seats.reduce((sum, seat) => sum + (seat.link?.busy ?? 0), 0),
      held: this.#holders.size,
    }
  }

  async #open(seat: Seat): Promise<void> {
    const { models, runDeadlineMs = 20_000, maxHeld = 64, workerUrl: url = workerUrl } = this.#options
    const link = await WorkerLink.open({
      url,
      setup: { ...models, maxHeld },
      runDeadlineMs,
      onHung: () => this.#reportHung(),
      onEnd: (why) => this.#lose(seat, why),
    })
    if (this.#stopping.signal.aborted) return link.stop()
    seat.evicted = 0
    seat.link = link
    this.#dispatch()
  }

  #reportHung(): void {
    if (this.#hung) return
    this.#hung = true
    this.#options.onHung()
  }

  /** A thread is gone: what it held is lost, and it is replaced, later and later if it keeps dying. */
  #lose(seat: Seat, why: string | undefined): void {
    seat.link = undefined
    for (const handle of seat.held) this.#holders.delete(handle)
    seat.held.clear()
    if (why === undefined) return
    for (const { reject } of seat.snapshots.splice(0))
      reject(new GatewayError('VISION_FAILED', `The worker died: ${why}`))
    this.#stats.deaths++
    this.#options.log.error({ why }, 'a vision worker died and is replaced')
    void this.#replace(seat)
  }

  async #replace(seat: Seat): Promise<void> {
    const { signal } = this.#stopping
    while (!signal.aborted && !seat.link) {
      await sleep(backoffMs(defaultBackoff, ++seat.failures), signal)
      if (signal.aborted) return
      await this.#open(seat).catch((error: unknown) =>
        this.#options.log.error({ err: error }, 'a vision worker did not come back'),
      )
    }
  }

  #queue(task: Task, queue: Waiting[]): Promise<Answer> {
    if (this.#stopping.signal.aborted) return Promise.reject(stopped())
    return new Promise((resolve, reject) => {
      queue.push({ task, since: performance.now(), resolve, reject })
      this.#dispatch()
    })
  }

  /** As long as a worker has room: its own snapshots first, then the oldest frame goes to the least busy one. */
  #dispatch(): void {
    for (;;) {
      let best: Seat | undefined
      for (const seat of this.#seats) {
        const room = seat.link && seat.link.busy < tasksPerWorker
        const work = seat.snapshots.length > 0 || this.#detects.length > 0
        if (room && work && (!best || seat.link!.busy < best.link!.busy)) best = seat
      }
      const next = best?.snapshots.shift() ?? (best && this.#detects.shift())
      if (!best || !next) return
      void this.#send(best, next)
    }
  }

  async #send(seat: Seat, { task, since, resolve, reject }: Waiting): Promise<void> {
    this.#stats.waitMs += performance.now() - since
    try {
      const answer = await seat.link!.ask(task)
      if (answer.kind === 'detected') this.#account(seat, task.handle, answer)
      resolve(answer)
    } catch (error) {
      this.#stats.failures++
      reject(error)
    }
    this.#dispatch()
  }

  #account(seat: Seat, handle: number, { costs, evicted }: Extract<Answer, { kind: 'detected' }>): void {
    seat.failures = 0
    seat.held.add(handle)
    this.#holders.set(handle, seat)
    const stats = this.#stats
    stats.frames++
    stats.runs += costs.tensors.length
    for (const tensor of costs.tensors) stats.tensors[tensor] = (stats.tensors[tensor] ?? 0) + 1
    stats.preMs += costs.preMs
    stats.modelMs += costs.modelMs
    stats.postMs += costs.postMs
    stats.absurdBoxes += costs.absurd
    stats.cappedBoxes += costs.capped
    stats.evicted += evicted - seat.evicted
    seat.evicted = evicted
  }
}

function stopped(): GatewayError {
  return new GatewayError('VISION_STOPPED', 'The vision pool is stopping; the frame was not analysed')
}

function soundSize(width: number, height: number): boolean {
  return [width, height].every(
    (side) => Number.isInteger(side) && side >= 2 && side <= 8_192 && side % 2 === 0,
  )
}

/** The same bytes alone in their memory, so that they can be moved; a copy only where they were part of something larger. */
function whole(pixels: Uint8Array): Uint8Array {
  return pixels.byteLength === pixels.buffer.byteLength ? pixels : Uint8Array.from(pixels)
}
