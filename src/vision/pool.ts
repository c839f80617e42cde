/** The vision pool: what the main path asks of the workers, frame by frame: detections, and redacted pictures from where the pixels are. */
import { type Frame, frameBytes } from '../domain/frame.ts'
import { type Box, wholePicture } from '../domain/geometry.ts'
import { GatewayError } from '../kit/errors.ts'
import type { Log } from '../kit/log.ts'
import { Admission } from './admission.ts'
import { Crew } from './crew.ts'
import type { Picture420 } from './fit.ts'
import { HeldFrames } from './held-frames.ts'
import type { Task } from './messages.ts'
import type { Models, Picture, Sighting } from './ports.ts'
import { soundRegions } from './regions.ts'
import { emptyStats, type VisionStats } from './stats.ts'
import type { Answer } from './worker-link.ts'

export interface VisionPoolOptions {
  /** Threads; one per core is right, more are slower. */
  readonly workers: number
  readonly models: Models
  readonly log: Log
  /** Silence after which a worker counts as hung, ms; default 20 000. */
  readonly runDeadlineMs?: number
  /** Frames kept at most between `detect` and `release`, by each worker and by the pool itself; default 64. */
  readonly maxHeld?: number
  /** A camera's share of the turns beside the others', 0.1 … 10; default 1. */
  readonly weight?: (camera: string) => number
  /** A run did not come back. A thread in native code cannot be ended alone: replace the process. Called once. */
  onHung(): void
  /** The pixels of a frame have done their work; the memory may be used again. */
  readonly onReturned?: (pixels: Uint8Array) => void
  /** Another worker program (tests). */
  readonly workerUrl?: URL
}

const workerUrl = new URL(import.meta.url.endsWith('.ts') ? './worker.ts' : './worker.js', import.meta.url)

const facesEveryMs = 1_000
/** More than a box can have: names of cameras that are gone are dropped beyond it. */
const mostCameras = 10_000

export class VisionPool {
  readonly name = 'vision'
  readonly #options: VisionPoolOptions
  readonly #crew: Crew
  readonly #admission: Admission
  /** Frames that no model looked at: their pixels stay here, and go to a worker only if an alert wants a picture. */
  readonly #unseen: HeldFrames
  /** Frame time of each camera's newest look for faces. */
  readonly #facesAt = new Map<string, number>()
  readonly #stats = emptyStats()
  #lastId = 0
  #hung = false

  constructor(options: VisionPoolOptions) {
    const { models, maxHeld = 64, onReturned = () => {} } = options
    this.#options = options
    this.#unseen = new HeldFrames(maxHeld, onReturned)
    this.#crew = new Crew({
      workers: options.workers,
      setup: { models, maxHeld },
      log: options.log,
      runDeadlineMs: options.runDeadlineMs ?? 20_000,
      workerUrl: options.workerUrl ?? workerUrl,
      onHung: () => this.#reportHung(),
      onBegun: (waitedMs) => {
        this.#stats.waitMs += waitedMs
      },
      onAnswer: (answer) => this.#account(answer),
      onReturned,
      onDeath: () => this.#stats.deaths++,
      onRoom: () => this.#admission.grant(),
    })
    this.#admission = new Admission({ weight: options.weight }, () => this.#crew.room)
  }

  /** Resolves when every worker has loaded and warmed its models. Throws MODEL_REFUSED or VISION_FAILED. */
  start(): Promise<void> {
    return this.#crew.start()
  }

  /** Refuses what waits, lets what runs come back, closes the sessions, ends the threads. Idempotent. */
  stop(): Promise<void> {
    const stopped = this.#crew.stop()
    this.#admission.close()
    return stopped
  }

  /**
   * Resolves when it is this camera's turn: then is the time to take its newest frame and give it to `detect`. Ask only
   * with a frame at hand, and not for one that deserves no look: a turn that is not used within a second goes to another
   * camera. Resolves too when the signal fires or the pool stops.
   */
  async ready(camera: string, signal: AbortSignal): Promise<void> {
    if (this.#crew.isStopping) return
    const since = performance.now()
    await this.#admission.turn(camera, signal)
    // Frames queue here, before they are taken, and no longer at the workers' door.
    this.#stats.waitMs += performance.now() - since
  }

  /**
   * Takes the frame's pixels (they are moved: the frame is empty afterwards) and says what is in its regions. The frame is
   * held until `release`. One that deserves no look is answered at once. Throws VISION_FAILED for a frame that cannot be
   * analysed, VISION_STOPPED while stopping.
   */
  async detect(frame: Frame): Promise<Sighting> {
    this.#admission.use(frame.camera)
    try {
      return await this.#look(frame)
    } finally {
      // A frame that went nowhere leaves its room to another.
      this.#admission.grant()
    }
  }

  /** Without a pause until the frame is at the worker: the turn's room must not go to another before. */
  async #look(frame: Frame): Promise<Sighting> {
    checkSize(frame)
    const { width, height, camera } = frame
    const look = frame.look && soundRegions(frame.look)
    const handle = ++this.#lastId
    const picture = { width, height, pixels: whole(frame.pixels) }
    frame.pixels = new Uint8Array(0)
    if (look?.length === 0) return this.#passOver(handle, picture)
    const task = {
      kind: 'detect',
      id: handle,
      handle,
      picture,
      look,
      faces: this.#wantsFaces(frame),
    } as const
    const answer = await this.#analyse(camera, task)
    this.#stats.faces += answer.detections.filter(({ label }) => label === 'face').length
    return { handle, detections: answer.detections, looked: look ?? [wholePicture] }
  }

  async #analyse(
    camera: string,
    task: Extract<Task, { kind: 'detect' }>,
  ): Promise<Extract<Answer, { kind: 'detected' }>> {
    const answer = await this.#crew.detect(task).catch((error: unknown) => {
      if (!this.#crew.isStopping) this.#stats.failures++
      throw error
    })
    if (answer.kind === 'detected') return answer
    this.#stats.failures++
    const why = answer.kind === 'failed' ? answer.message : answer.kind
    throw new GatewayError('VISION_FAILED', `A frame of camera ${camera} could not be analysed: ${why}`)
  }

  #passOver(handle: number, picture: Picture420): Sighting {
    this.#stats.unseen++
    this.#unseen.put(handle, { picture, detections: [], whole: false })
    return { handle, detections: [], looked: [] }
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
    try {
      const picture = this.#unseen.take(handle)?.picture
      const answer = await this.#crew.snapshot({
        kind: 'snapshot',
        id: ++this.#lastId,
        handle,
        objects,
        picture,
      })
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
    this.#unseen.delete(handle)
    this.#crew.release(handle)
  }

  /** A copy; the sums count from `start`. */
  stats(): VisionStats {
    const { held, ...counts } = this.#crew.counts()
    const stats = this.#stats
    return {
      ...stats,
      ...counts,
      tensors: { ...stats.tensors },
      evicted: stats.evicted + this.#unseen.evicted,
      held: held + this.#unseen.size,
      waiting: this.#admission.waiting,
    }
  }

  #reportHung(): void {
    if (this.#hung) return
    this.#hung = true
    this.#options.onHung()
  }

  #account(answer: Answer): void {
    if (answer.kind !== 'detected') return
    const { costs, evicted } = answer
    const stats = this.#stats
    stats.frames++
    stats.runs += costs.tensors.length
    for (const tensor of costs.tensors) stats.tensors[tensor] = (stats.tensors[tensor] ?? 0) + 1
    stats.preMs += costs.preMs
    stats.modelMs += costs.modelMs
    stats.postMs += costs.postMs
    stats.absurdBoxes += costs.absurd
    stats.cappedBoxes += costs.capped
    stats.evicted += evicted
  }
}

function checkSize({ camera, width, height, pixels }: Frame): void {
  const sound = [width, height].every(
    (side) => Number.isInteger(side) && side >= 2 && side <= 8_192 && side % 2 === 0,
  )
  if (sound && pixels.byteLength === frameBytes(width, height)) return
  const bytes = pixels.byteLength
  throw new GatewayError(
    'VISION_FAILED',
    `A frame of camera ${camera} says ${width}×${height} and has ${bytes} bytes`,
  )
}

/** The same bytes alone in their memory, so that they can be moved; a copy only where they were part of something larger. */
function whole(pixels: Uint8Array): Uint8Array {
  return pixels.byteLength === pixels.buffer.byteLength ? pixels : Uint8Array.from(pixels)
}
