/** The workers of the pool: opens and replaces their threads, hands tasks to whoever is free, knows who holds which frame. */
import { GatewayError } from '../kit/errors.ts'
import type { Log } from '../kit/log.ts'
import { backoffMs, defaultBackoff, sleep } from '../kit/retry.ts'
import type { Task, WorkerSetup } from './messages.ts'
import { type Answer, WorkerLink } from './worker-link.ts'

export interface CrewOptions {
  readonly workers: number
  readonly setup: WorkerSetup
  readonly log: Log
  readonly runDeadlineMs: number
  readonly workerUrl: URL
  onHung(): void
  /** A task has begun after so long. */
  onBegun(waitedMs: number): void
  onAnswer(answer: Answer): void
  /** A frame's pixels came back from a worker. */
  onReturned(pixels: Uint8Array): void
  /** A thread died. */
  onDeath(): void
  /** A worker has more room, or is there again. */
  onRoom(): void
}

/** One task runs, the next waits at the worker's door, so that it never idles; the rest waits here, to be reordered. */
const tasksPerWorker = 2

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
  failures: number
}

export class Crew {
  readonly #options: CrewOptions
  readonly #seats: Seat[] = []
  /** At most one frame per camera, by the shape of the main path. */
  readonly #detects: Waiting[] = []
  readonly #holders = new Map<number, Seat>()
  readonly #stopping = new AbortController()
  #stopped: Promise<void> | undefined

  constructor(options: CrewOptions) {
    this.#options = options
  }

  /** Resolves when every worker has loaded and warmed its models. Throws MODEL_REFUSED or VISION_FAILED. */
  async start(): Promise<void> {
    for (let i = 0; i < this.#options.workers; i++) {
      this.#seats.push({ link: undefined, snapshots: [], held: new Set(), failures: 0 })
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

  get isStopping(): boolean {
    return this.#stopping.signal.aborted
  }

  /** Detections that would go to a worker at once. */
  get room(): number {
    const free = this.#seats.reduce((sum, { link }) => sum + (link ? tasksPerWorker - link.busy : 0), 0)
    return free - this.#detects.length
  }

  counts(): { workers: number; queued: number; running: number; held: number } {
    return {
      workers: this.#seats.filter(({ link }) => link).length,
      queued: this.#detects.length + this.#seats.reduce((sum, { snapshots }) => sum + snapshots.length, 0),
      running: this.#seats.reduce((sum, { link }) => sum + (link?.busy ?? 0), 0),
      held: this.#holders.size,
    }
  }

  /** The worker that takes it holds the frame from its answer until `release`. */
  detect(task: Extract<Task, { kind: 'detect' }>): Promise<Answer> {
    return this.#queue(task, this.#detects)
  }

  /** Goes before frames that wait: to the worker that holds the frame or, with its picture, to any. */
  snapshot(task: Extract<Task, { kind: 'snapshot' }>): Promise<Answer> {
    const { handle } = task
    const seat = task.picture ? this.#leastBusy() : this.#holders.get(handle)
    if (!seat?.link) {
      return Promise.reject(new GatewayError('VISION_FAILED', 'the worker that held the frame is gone'))
    }
    if (task.picture) this.#hold(handle, seat)
    return this.#queue(task, seat.snapshots)
  }

  /** Lets go of a frame. Unknown handles are ignored. */
  release(handle: number): void {
    const seat = this.#holders.get(handle)
    this.#holders.delete(handle)
    seat?.held.delete(handle)
    if (!this.isStopping) seat?.link?.release(handle)
  }

  async #open(seat: Seat): Promise<void> {
    const { setup, workerUrl: url, runDeadlineMs, onHung, onReturned } = this.#options
    const link = await WorkerLink.open({
      url,
      setup,
      runDeadlineMs,
      onReturned,
      onHung,
      onEnd: (why) => this.#lose(seat, why),
    })
    if (this.isStopping) return link.stop()
    seat.link = link
    this.#dispatch()
  }

  /** A thread is gone: what it held is lost, and it is replaced, later and later if it keeps dying. */
  #lose(seat: Seat, why: string | undefined): void {
    seat.link = undefined
    for (const handle of seat.held) this.#holders.delete(handle)
    seat.held.clear()
    if (why === undefined) return
    for (const { reject } of seat.snapshots.splice(0))
      reject(new GatewayError('VISION_FAILED', `The worker died: ${why}`))
    this.#options.onDeath()
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
    if (this.isStopping) return Promise.reject(stopped())
    return new Promise((resolve, reject) => {
      queue.push({ task, since: performance.now(), resolve, reject })
      this.#dispatch()
    })
  }

  /** As long as a worker has room: its own snapshots first, then the oldest frame goes to the least busy one. */
  #dispatch(): void {
    for (;;) {
      const best = this.#leastBusy(
        ({ link, snapshots }) =>
          link!.busy < tasksPerWorker && (snapshots.length > 0 || this.#detects.length > 0),
      )
      const next = best?.snapshots.shift() ?? (best && this.#detects.shift())
      if (!best || !next) break
      void this.#send(best, next)
    }
    if (this.room > 0) this.#options.onRoom()
  }

  /** Of those that are up and fit, the one that owes the fewest answers. */
  #leastBusy(fits: (seat: Seat) => boolean = () => true): Seat | undefined {
    let best: Seat | undefined
    for (const seat of this.#seats) {
      if (seat.link && fits(seat) && (!best || seat.link.busy < best.link!.busy)) best = seat
    }
    return best
  }

  async #send(seat: Seat, { task, since, resolve, reject }: Waiting): Promise<void> {
    this.#options.onBegun(performance.now() - since)
    try {
      const answer = await seat.link!.ask(task)
      if (answer.kind === 'detected') {
        seat.failures = 0
        this.#hold(task.handle, seat)
      }
      this.#options.onAnswer(answer)
      resolve(answer)
    } catch (error) {
      reject(error)
    }
    this.#dispatch()
  }

  #hold(handle: number, seat: Seat): void {
    seat.held.add(handle)
    this.#holders.set(handle, seat)
  }
}

function stopped(): GatewayError {
  return new GatewayError('VISION_STOPPED', 'The vision pool is stopping; the frame was not analysed')
}
