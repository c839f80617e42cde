/** The frames a worker keeps between detection and release, newest first to stay. */
import type { Detection } from '../domain/detection.ts'
import type { Picture420 } from './fit.ts'
import type { Redacted } from './snapshot.ts'

export interface HeldFrame {
  readonly picture: Picture420
  readonly detections: readonly Detection[]
  /** Made for the first alert of the frame, and shared by its others. */
  redacted?: Promise<Redacted>
}

export class HeldFrames {
  readonly #limit: number
  readonly #frames = new Map<number, HeldFrame>()
  /** Frames dropped because more than the limit were held. */
  evicted = 0

  constructor(limit: number) {
    this.#limit = limit
  }

  get size(): number {
    return this.#frames.size
  }

  put(handle: number, frame: HeldFrame): void {
    this.#frames.set(handle, frame)
    if (this.#frames.size <= this.#limit) return
    const [oldest] = this.#frames.keys()
    this.#frames.delete(oldest)
    this.evicted++
  }

  get(handle: number): HeldFrame | undefined {
    return this.#frames.get(handle)
  }

  delete(handle: number): void {
    this.#frames.delete(handle)
  }
}
