/** Pictures that somebody asked for: made from the next frame of a camera, redacted as those of alerts are. */
import type { Frame } from './domain/frame.ts'
import type { Picture, Stages } from './pipeline.ts'

/** Who waits at once, over all cameras. */
const mostWaiting = 8

/** A quiet camera is looked at more often than that. */
const patienceMs = 15_000

export interface Still {
  readonly picture: Picture
  /** Epoch ms of the frame. */
  readonly frameTime: number
}

type Vision = Stages['vision']

export class Stills {
  readonly #patienceMs: number
  readonly #waiting = new Set<{ readonly camera: string; resolve(still: Still): void }>()

  constructor(patience: number = patienceMs) {
    this.#patienceMs = patience
  }

  /** `busy` where too many wait, `none` where no frame came in time. */
  async next(camera: string): Promise<Still | 'busy' | 'none'> {
    if (this.#waiting.size >= mostWaiting) return 'busy'
    const { promise, resolve } = Promise.withResolvers<Still | 'none'>()
    const waiting = { camera, resolve }
    this.#waiting.add(waiting)
    const timer = setTimeout(() => resolve('none'), this.#patienceMs)
    try {
      return await promise
    } finally {
      clearTimeout(timer)
      this.#waiting.delete(waiting)
    }
  }

  /** The same vision; each live frame is pictured for those who wait for it, while the worker still holds it. */
  over(vision: Vision): Vision {
    return {
      detect: async (frame) => {
        const sighting = await vision.detect(frame)
        if (sighting) await this.#serve(vision, frame, sighting.handle)
        return sighting
      },
      snapshot: (handle, objects) => vision.snapshot(handle, objects),
      release: (handle) => vision.release(handle),
    }
  }

  async #serve(vision: Vision, { camera, burst, frameTime }: Frame, handle: number): Promise<void> {
    // A burst shows what was before; it was asked for now.
    if (burst || this.#waiting.size === 0) return
    const waiting = [...this.#waiting].filter((one) => one.camera === camera)
    if (waiting.length === 0) return
    const picture = await vision.snapshot(handle, [])
    for (const { resolve } of waiting) resolve({ picture, frameTime })
  }
}
