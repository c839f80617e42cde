/** What is said of a camera that turns: what its source says, and paused while it gives pictures of none of its presets. */
import type { Attention } from './attention/attention.ts'
import type { CameraState, Standing } from './domain/camera.ts'
import type { Turning } from './health/turning.ts'

export class TurningState {
  readonly #turning: Pick<Turning, 'at' | 'isLearned'>
  readonly #tell: (standing: Standing, state: CameraState, why?: string) => void
  #heard: CameraState = 'connecting'

  constructor(
    turning: Pick<Turning, 'at' | 'isLearned'>,
    tell: (standing: Standing, state: CameraState, why?: string) => void,
  ) {
    this.#turning = turning
    this.#tell = tell
  }

  /** From the source. */
  hears(state: CameraState, why?: string): void {
    this.#heard = state
    if (state === 'live') this.stands()
    else this.#tell({}, state, why)
  }

  /** It has come to rest, or left. */
  stands(): void {
    if (this.#heard !== 'live') return
    const { at, isLearned } = this.#turning
    if (at !== undefined) this.#tell({ preset: at }, 'live', `it stands at preset ${at}`)
    else if (isLearned) this.#tell({ pausedBecause: 'away' }, 'paused', 'it shows none of its presets')
    else this.#tell({ pausedBecause: 'unconfirmed' }, 'paused', 'the view of no preset was confirmed yet')
  }
}

/** For those who know one attention for each camera: that of the stay, which comes and goes. */
export class SharedAttention implements Pick<Attention, 'strain' | 'weight'> {
  #of: Attention | undefined
  #strain = 0

  get weight(): number {
    return this.#of?.weight ?? 1
  }

  get strain(): number {
    return this.#strain
  }

  set strain(strain: number) {
    this.#strain = strain
    if (this.#of) this.#of.strain = strain
  }

  set of(attention: Attention | undefined) {
    this.#of = attention
    this.strain = this.#strain
  }
}
