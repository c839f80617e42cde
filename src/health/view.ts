/** One camera's view: what is wrong with it, told from small grey pictures. Pure: times are the stream's own, ms. */
import type { Luma } from '../domain/luma.ts'
import type { ViewFault, ViewShift } from '../domain/view.ts'
import { isCorrupted } from './corruption.ts'
import { Lasting } from './lasting.ts'
import { judgeLight, judgeSharpness } from './looks.ts'
import { Reference } from './reference.ts'
import { type Place, Shifts } from './shifts.ts'
import { Stillness } from './stillness.ts'
import { Texture } from './texture.ts'

/** Pictures are looked at this often; only whether it is corrupted is asked of every one. */
const everyMs = 900
/** A fault lasts this long before it is one, ms: a bus that stops in front of the camera moves on, mostly. */
const afterMs = { covered: 6_000, blurred: 6_000, dark: 6_000, bright: 6_000, corrupted: 5_000 }
const movedAfterMs = 5_000
/** Where nothing of the reference is found anywhere. */
const elsewhereAfterMs = 8_000

/** Nothing can be told from less, pixels. */
const leastSide = 48
/** Pictures of a burst may be so much older than the newest; what is older still is of another stream, ms. */
const burstMs = 60_000

type Timed = keyof typeof afterMs

export class View {
  readonly #lasting: Record<Timed, Lasting>
  readonly #moved = new Lasting(movedAfterMs)
  readonly #elsewhere = new Lasting(elsewhereAfterMs)
  readonly #shifts = new Shifts()
  #texture: Texture | undefined
  #reference: Reference | undefined
  #stillness: Stillness | undefined
  #examinedMs = Number.NEGATIVE_INFINITY
  #place: Place = 'same'
  #frozen = false
  #jumped = true

  constructor() {
    const entries = Object.entries(afterMs).map(([fault, ms]) => [fault, new Lasting(ms)])
    this.#lasting = Object.fromEntries(entries) as Record<Timed, Lasting>
  }

  /** What is wrong now; none where all is well, or where nothing can be told. */
  get faults(): ViewFault[] {
    const timed = (Object.keys(afterMs) as Timed[]).filter((fault) => this.#lasting[fault].lasts)
    const moved = this.#moved.lasts || this.#elsewhere.lasts
    return [...timed, ...(moved ? (['moved'] as const) : []), ...(this.#frozen ? (['frozen'] as const) : [])]
  }

  /** With `moved`, where it is known. */
  get shift(): ViewShift | undefined {
    return this.#moved.lasts ? this.#shifts.newest : undefined
  }

  /** Does the newest picture show another view? Whether it is so, time will tell. */
  get seemsMoved(): boolean {
    return isMoved(this.#place)
  }

  /** The stream begins anew: its times have nothing to do with those before. The reference stays. */
  begin(): void {
    this.#jumped = true
  }

  /** Looks at a picture, also one that is older than the newest. Is it corrupted, so that nobody should believe it? */
  see(luma: Luma, timeMs: number): boolean {
    if (Math.min(luma.width, luma.height) < leastSide) return false
    if (!this.#reference?.fits(luma)) this.#start(luma)
    if (timeMs < this.#examinedMs - burstMs) this.#jumped = true
    const texture = this.#texture as Texture
    const reference = this.#reference as Reference
    texture.measure(luma)
    const corrupted = isCorrupted(texture, reference.landmarks && reference.texture)
    if (this.#jumped) this.#jump(timeMs)
    if (timeMs - this.#examinedMs >= everyMs) {
      this.#examinedMs = timeMs
      this.#lasting.corrupted.note(corrupted, timeMs)
      if (!corrupted) this.#examine(luma, texture, reference, timeMs)
    }
    return corrupted
  }

  #start(luma: Luma): void {
    this.#texture = new Texture(luma)
    this.#reference = new Reference(luma)
    this.#stillness = new Stillness(luma)
    this.#jumped = true
  }

  #jump(timeMs: number): void {
    this.#jumped = false
    this.#examinedMs = timeMs - everyMs
    for (const lasting of [...Object.values(this.#lasting), this.#moved, this.#elsewhere]) lasting.jump()
    this.#stillness?.jump()
    this.#reference?.jump(timeMs)
  }

  #notePlace(place: Place, timeMs: number): void {
    this.#moved.note(place === 'shifted', timeMs)
    this.#elsewhere.note(place === 'elsewhere' || (place === 'shifted' && this.#elsewhere.lasts), timeMs)
  }

  #examine(luma: Luma, texture: Texture, reference: Reference, timeMs: number): void {
    const still = this.#stillness?.see(luma, timeMs) ?? false
    const { landmarks } = reference
    const usual = landmarks && reference.texture
    const light = judgeLight(texture, usual)
    for (const fault of ['dark', 'bright', 'covered'] as const)
      this.#lasting[fault].note(light === fault, timeMs)
    // In the dark, or behind a hand, nobody knows what the view is.
    if (light) return
    const place = landmarks ? this.#shifts.judge(luma, landmarks, reference.agreeing) : 'same'
    this.#place = place
    if (place !== 'unknown') this.#notePlace(place, timeMs)
    const blurred = !isMoved(place) && usual !== undefined && judgeSharpness(texture, usual)
    // What is blurred has neither noise nor a clock that ticks.
    this.#frozen = still && !blurred && !this.#lasting.blurred.lasts
    if (isMoved(place)) return
    this.#lasting.blurred.note(blurred, timeMs)
    if (!blurred && !still && place === 'same') reference.learn(luma, texture, this.#shifts.agreeing, timeMs)
  }
}

function isMoved(place: Place): boolean {
  return place === 'shifted' || place === 'elsewhere'
}
