/** One camera's life in the gateway: its source, its main path, and the end of what is open when it is lost. */
import type { Alert, EndedBecause } from './domain/alert.ts'
import type { Camera, CameraState } from './domain/camera.ts'
import type { Frame } from './domain/frame.ts'
import type { Log } from './kit/log.ts'
import type { Part } from './kit/part.ts'
import { sleep } from './kit/retry.ts'
import { pipeline, type Stages } from './pipeline.ts'

/** Where the frames of a camera come from. */
export interface Source {
  frames(signal: AbortSignal): AsyncIterable<Frame>
}

/** Milliseconds without a frame after which open alerts end: longer than one reconnect, shorter than a shift. */
const lostAfterMs = 15_000

/** setTimeout cannot wait longer than this many milliseconds. */
const longestTimerMs = 2 ** 31 - 1

export class CameraWatch implements Part {
  readonly name: string
  readonly #camera: Camera
  readonly #source: Source
  readonly #stages: Stages
  readonly #onState: (state: CameraState) => void
  readonly #log: Log
  readonly #now: () => number
  #stopping = new AbortController()
  #running: Promise<void> = Promise.resolve()

  constructor(
    camera: Camera,
    source: Source,
    stages: Stages,
    onState: (state: CameraState) => void,
    log: Log,
    now: () => number = Date.now,
  ) {
    this.name = `camera ${camera.id}`
    this.#camera = camera
    this.#source = source
    this.#stages = stages
    this.#onState = onState
    this.#log = log
    this.#now = now
  }

  async start(): Promise<void> {
    this.#stopping = new AbortController()
    this.#running = this.#run(this.#stopping.signal)
  }

  /** Ends the source, waits for the frame in work, and ends what is open. */
  async stop(because: EndedBecause = 'gateway-stopped'): Promise<void> {
    if (this.#stopping.signal.aborted) return this.#running
    this.#stopping.abort()
    await this.#running
    await this.#end(because)
  }

  async #run(stop: AbortSignal): Promise<void> {
    const consent = this.#consentUntil(stop)
    const signal = consent ? AbortSignal.any([stop, consent]) : stop
    while (!signal.aborted) {
      try {
        const frames = this.#source.frames(signal)
        await pipeline(
          endWhenLost(frames, lostAfterMs, () => this.#end('camera-lost')),
          this.#stages,
        )
      } catch (error) {
        if (signal.aborted) break
        // One frame's trouble (a worker that died, a full disk) is not the end of the camera.
        this.#log.error(
          { camera: this.#camera.id, err: error },
          'the main path of a camera failed and starts again',
        )
        await sleep(1_000, signal)
      }
    }
    if (!stop.aborted) {
      this.#onState('consent_ended')
      this.#log.warn(
        { camera: this.#camera.id },
        'the consent for this camera has ended: it is no longer read',
      )
      await this.#end('camera-lost')
    }
  }

  /** A signal that fires when the recorded consent runs out; undefined where none is needed. */
  #consentUntil(stop: AbortSignal): AbortSignal | undefined {
    const { consent, tier } = this.#camera
    if (tier === 'public') return undefined
    const over = new AbortController()
    const until = consent?.until ?? Number.NEGATIVE_INFINITY
    const wait = async () => {
      while (!stop.aborted && this.#now() < until) {
        await sleep(Math.min(until - this.#now(), longestTimerMs), stop)
      }
      over.abort()
    }
    void wait()
    return over.signal
  }

  /** Never rejects: an end that could not be saved is told when the gateway starts again. */
  async #end(because: EndedBecause): Promise<void> {
    const ended: Alert[] = this.#stages.alerts.raise(this.#stages.rules.end(because, this.#now()))
    for (const alert of ended) {
      await this.#stages
        .save(alert, undefined)
        .catch((error: unknown) =>
          this.#log.error(
            { camera: this.#camera.id, alert: alert.id, err: error },
            'the end of an alert could not be saved',
          ),
        )
    }
  }
}

/**
 * The same frames; once none came for `afterMs`, `onLost` runs (again only after the next frame).
 * It runs while the main path waits for a frame, so that an alert never ends before it was saved as begun.
 */
export async function* endWhenLost(
  frames: AsyncIterable<Frame>,
  afterMs: number,
  onLost: () => Promise<void>,
): AsyncGenerator<Frame> {
  const iterator = frames[Symbol.asyncIterator]()
  try {
    for (;;) {
      const next = iterator.next()
      let timer: NodeJS.Timeout | undefined
      const late = new Promise<'late'>((resolve) => {
        timer = setTimeout(resolve, afterMs, 'late')
      })
      const first = await Promise.race([next, late]).finally(() => clearTimeout(timer))
      if (first === 'late') await onLost()
      const { done, value } = await next
      if (done) return
      yield value
    }
  } finally {
    await iterator.return?.()
  }
}
