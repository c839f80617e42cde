/** Frames kept between detection and release, the newest ones; the pixels of those that go are handed on. */
import type { Detection } from '../domain/detection.ts'
import type { Picture420 } from './fit.ts'
import type { Redacted } from './snapshot.ts'

export interface HeldFrame {
  readonly picture: Picture420
  readonly detections: readonly Detection[]
  /** Did the object model see all of the picture? */
  readonly whole: boolean
  /** Made for the first alert of the frame, and shared by its others. */
  redacted?: Promise<Redacted>
}

export class HeldFrames {
  readonly #limit: number
  readonly #onDropped: (pixels: Uint8Array) => void
  readonly #frames = new Map<number, HeldFrame>()
  /** Frames dropped because more than the limit were held. */
  evicted = 0

  constructor(limit: number, onDropped: (pixels: Uint8Array) => void) {
    this.#limit = limit
    this.#onDropped = onDropped
  }

  get size(): number {
    return this.#frames.size
  }

  put(handle: number, frame: HeldFrame): void {
    this.#frames.set(handle, frame)
    if (this.#frames.size <= this.#limit) return
    const [oldest] = this.#frames.keys()
    this.delete(oldest)
    this.evicted++
  }

  get(handle: number): HeldFrame | undefined {
    return this.#frames.get(handle)
  }

  /** Takes it out without handing its pixels on: they go elsewhere. */
  take(handle: number): HeldFrame | undefined {
    const frame = this.#frames.get(handle)
    this.#frames.delete(handle)
    return frame
  }

  delete(handle: number): void {
    const frame = this.take(handle)
    if (frame) this.#onDropped(frame.picture.pixels)
  }
}
