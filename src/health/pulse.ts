/** One camera: does it give pictures, since when not, and what is to be said of it meanwhile. */
import type { CameraState } from '../domain/camera.ts'

/** A moment by two clocks: only the steady one tells how long something lasted. */
export interface Moment {
  /** Monotonic ms. */
  readonly ticks: number
  /** Epoch ms, by a clock that may be set. */
  readonly time: number
}

export interface Patience {
  /** A camera is offline once it was missing for so long. */
  readonly offlineAfterMs: number
  /** It is back once pictures have come for so long; those lost within so long of each other were lost together. */
  readonly settleMs: number
}

/** What is said of a camera. */
export interface Told {
  readonly state: CameraState
  /** Epoch ms. */
  readonly since: number
  /** With `live`, after it was missing for long: for how long. */
  readonly gapMs?: number
}

/** A time without pictures; a moment with pictures in between does not end it. */
export interface Lapse {
  readonly since: Moment
  /** The newest that is known of why. */
  state: CameraState
  over?: { readonly at: Moment; readonly because: 'back' | 'unwatched' }
}

/** Nobody expects pictures of these. */
const idle: ReadonlySet<CameraState> = new Set(['paused', 'consent_ended'])
/** These become `offline` with time; the others say already what has to be done. */
const vague: ReadonlySet<CameraState> = new Set(['connecting', 'stalled', 'offline'])

export class Pulse {
  readonly #patience: Patience
  #state: CameraState = 'connecting'
  #since: Moment
  #lapse: Lapse | undefined
  #gapMs: number | undefined

  /** From now on pictures are expected. */
  constructor(patience: Patience, at: Moment) {
    this.#patience = patience
    this.#since = at
    this.#lapse = { since: at, state: 'connecting' }
  }

  /** Open until pictures have come steadily. */
  get lapse(): Lapse | undefined {
    return this.#lapse
  }

  get missing(): boolean {
    return this.#lapse !== undefined && this.#state !== 'live'
  }

  get expected(): boolean {
    return !idle.has(this.#state)
  }

  hear(state: CameraState, at: Moment): void {
    this.settle(at)
    if (state === this.#state) return
    this.#state = state
    this.#since = at
    this.#gapMs = undefined
    if (state === 'live') this.#gapMs = this.#isOffline(at) ? this.#missedMs(at) : undefined
    else if (idle.has(state)) this.unwatch(at)
    else if (!this.#lapse) this.#lapse = { since: at, state }
    // That it is tried again says nothing about why it is gone.
    else if (state !== 'connecting') this.#lapse.state = state
  }

  /** The lapse is over where pictures have come for long enough. */
  settle(at: Moment): void {
    if (this.#state !== 'live' || at.ticks - this.#since.ticks < this.#patience.settleMs) return
    this.#end({ at: this.#since, because: 'back' })
  }

  /** No pictures are expected any more. */
  unwatch(at: Moment): void {
    this.#end({ at, because: 'unwatched' })
  }

  told(at: Moment): Told {
    if (this.#lapse && vague.has(this.#state)) {
      if (this.#isOffline(at)) return { state: 'offline', since: this.#lapse.since.time }
      // It is being tried again: that is all there is to say so soon.
      if (this.#state === 'offline') return { state: 'connecting', since: this.#since.time }
    }
    return { state: this.#state, since: this.#since.time, ...(this.#gapMs && { gapMs: this.#gapMs }) }
  }

  #isOffline(at: Moment): boolean {
    return this.#missedMs(at) >= this.#patience.offlineAfterMs
  }

  #missedMs(at: Moment): number {
    return this.#lapse ? at.ticks - this.#lapse.since.ticks : 0
  }

  #end(over: Lapse['over']): void {
    if (this.#lapse) this.#lapse.over = over
    this.#lapse = undefined
  }
}
