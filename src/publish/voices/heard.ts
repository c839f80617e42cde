/** What the further voices have heard of one camera. */
import { isDeepStrictEqual } from 'node:util'
import type { Alert } from '../../domain/alert.ts'
import type { Camera, CameraState } from '../../domain/camera.ts'
import type { InView } from './in-view.ts'
import type { CameraView, Standing } from './voice.ts'

export class Heard {
  readonly #since: number
  #state: CameraView['state']
  #inView: InView | undefined
  readonly #rules = new Map<string, Standing>()
  /** By rule, the ids of its alerts that are open: as many as the gateway lets be open at once. */
  readonly #open = new Map<string, Set<string>>()

  /** `since`: epoch ms. */
  constructor(since: number) {
    this.#since = since
  }

  /** How the rule stands, where this alert changed that. */
  alert({ id, rule, phase, time }: Alert): Standing | undefined {
    const open = this.#open.get(rule) ?? new Set()
    if (phase === 'ended') open.delete(id)
    else open.add(id)
    const holds = open.size > 0
    if (holds) this.#open.set(rule, open)
    else this.#open.delete(rule)
    if ((this.#rules.get(rule)?.holds ?? false) === holds) return undefined
    const standing = { holds, since: time }
    this.#rules.set(rule, standing)
    return standing
  }

  /** Is that anything new? An attempt to connect is not: it says nothing about the picture. */
  become(state: CameraState, since: number): boolean {
    if (state === 'connecting' && this.#state) return false
    this.#state = { state, since }
    if (state !== 'live') this.#inView = undefined
    return true
  }

  /** Is that anything new? A picture that was still in work when the camera was lost says nothing about now. */
  see(inView: InView): boolean {
    if (this.#state?.state !== 'live' || isDeepStrictEqual(inView, this.#inView)) return false
    this.#inView = inView
    return true
  }

  view(camera: Camera): CameraView {
    return { camera, since: this.#since, state: this.#state, rules: this.#rules, inView: this.#inView }
  }
}
