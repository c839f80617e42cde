/** One camera's view: what is wrong with it, told from small grey pictures. Pure: times are the stream's own, ms. */
import type { Luma } from '../domain/luma.ts'
import type { Outline, ViewFault, ViewShift } from '../domain/view.ts'
import { isCorrupted } from './corruption.ts'
import { Lasting } from './lasting.ts'
import { judgeLight, judgeSharpness } from './looks.ts'
import { fitted, Reference } from './reference.ts'
import { isShift, type Place, Shifts } from './shifts.ts'
import { Stillness } from './stillness.ts'
import { Texture } from './texture.ts'

/** Pictures are looked at this often; only whether it is corrupted is asked of every one. */
const everyMs = 900
/** A fault lasts this long before it is one, ms: a bus that stops in front of the camera moves on, mostly. */
const afterMs = { covered: 6_000, blurred: 6_000, dark: 6_000, bright: 6_000, corrupted: 5_000 }
const movedAfterMs = 5_000
/** Where nothing of the reference is found anywhere. */
const elsewhereAfterMs = 8_000
const knownAfterMs = 5_000
/** A view is known by so many edges; fewer say nothing. */
const leastEdges = 12

/** Nothing can be told from less, pixels. */
const leastSide = 48
/** Pictures of a burst may be so much older than the newest; what is older still is of another stream, ms. */
const burstMs = 60_000

type Timed = keyof typeof afterMs

export class View {
  readonly #lasting: Record<Timed, Lasting>
  #moved = new Lasting(movedAfterMs)
  #elsewhere = new Lasting(elsewhereAfterMs)
  #known = new Lasting(knownAfterMs)
  #shifts = new Shifts()
  #kept: Outline | undefined
  /** Of the newest picture. */
  #size: Pick<Luma, 'width' | 'height'> | undefined
  #texture: Texture | undefined
  #reference: Reference | undefined
  #stillness: Stillness | undefined
  #examinedMs = Number.NEGATIVE_INFINITY
  #place: Place = 'same'
  #frozen = false
  #hidden: ViewFault | undefined
  #jumped = true

  /** `kept`: the reference of an earlier day. */
  constructor(kept?: Outline) {
    this.#kept = kept
    if (kept) this.#place = 'unknown'
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

  /**
   * May it show another view? Whether it is so, time will tell. It may as long as nobody knows: until a reference of an earlier day was
   * found, and while most of the view is hidden.
   */
  get seemsMoved(): boolean {
    return this.#place !== 'same' && this.#place !== 'beside'
  }

  /** Has it shown its reference for a while? */
  get isKnown(): boolean {
    return this.#known.lasts
  }

  /** What keeps anybody from telling what the newest picture shows. */
  get hidden(): ViewFault | undefined {
    return this.#hidden
  }

  /** Its reference, to be kept; another object whenever it has changed. */
  get outline(): Outline | undefined {
    return this.#reference?.outline
  }

  /** Is there enough in its reference to know it by? */
  get isTelling(): boolean {
    const edges = this.outline?.edges.length ?? this.#kept?.edges.length ?? 0
    return edges >= 3 * leastEdges
  }

  /** How much of its reference is in its place in a picture, as a share of what usually is; 0 where there is too little to tell. */
  resemblance(luma: Luma): number {
    if (!this.isTelling) return 0
    if (!this.#isStarted(luma)) this.#start(luma)
    const reference = this.#reference
    if (!reference?.landmarks || !reference.fits(luma) || isShift(reference.crept, luma)) return 0
    return reference.landmarks.inPlace(luma).agreeing / reference.agreeing
  }

  /** What it shows from now on is the reference. */
  confirm(): void {
    this.#kept = undefined
    this.#reference = undefined
    this.#moved = new Lasting(movedAfterMs)
    this.#elsewhere = new Lasting(elsewhereAfterMs)
    this.#known = new Lasting(knownAfterMs)
    this.#shifts = new Shifts()
    this.#place = 'same'
  }

  /** The stream begins anew: its times have nothing to do with those before. The reference stays. */
  begin(): void {
    this.#jumped = true
  }

  /**
   * Looks at a picture, also one that is older than the newest. Is it corrupted, so that nobody should believe it?
   *
   * @param mayLearn false for one on which its masks are not painted
   */
  see(luma: Luma, timeMs: number, mayLearn = true): boolean {
    if (Math.min(luma.width, luma.height) < leastSide) {
      if (this.outline ?? this.#kept) this.#place = 'unknown'
      return false
    }
    if (!this.#isStarted(luma)) this.#start(luma)
    if (timeMs < this.#examinedMs - burstMs) this.#jumped = true
    const texture = this.#texture as Texture
    const reference = this.#reference as Reference
    texture.measure(luma)
    const corrupted = isCorrupted(texture, reference.fits(luma) ? reference.usual : undefined)
    if (this.#jumped) this.#jump(timeMs)
    if (timeMs - this.#examinedMs >= everyMs) {
      this.#examinedMs = timeMs
      this.#lasting.corrupted.note(corrupted, timeMs)
      if (corrupted) this.#hidden = 'corrupted'
      else if (this.#examine(luma, texture, reference, timeMs) && mayLearn)
        reference.learn(luma, texture, this.#shifts.agreeing, timeMs)
    }
    return corrupted
  }

  #isStarted({ width, height }: Luma): boolean {
    return this.#reference !== undefined && this.#size?.width === width && this.#size.height === height
  }

  /** With the first picture of a size. A reference stays, also where no picture of this size can show it. */
  #start(luma: Luma): void {
    const outline = this.outline ?? this.#kept
    const { width, height } = luma
    this.#size = { width, height }
    this.#texture = new Texture(luma)
    this.#reference = outline ? new Reference(fitted(outline, luma)) : new Reference(luma)
    this.#kept = undefined
    this.#stillness = new Stillness(luma)
    this.#jumped = true
  }

  #jump(timeMs: number): void {
    this.#jumped = false
    this.#examinedMs = timeMs - everyMs
    for (const lasting of [...Object.values(this.#lasting), this.#moved, this.#elsewhere, this.#known])
      lasting.jump()
    this.#stillness?.jump()
    this.#reference?.jump(timeMs)
  }

  #notePlace(place: Place, timeMs: number): void {
    this.#moved.note(place === 'shifted', timeMs)
    this.#elsewhere.note(place === 'elsewhere' || (place === 'shifted' && this.#elsewhere.lasts), timeMs)
  }

  /** Is all well with it, so that it may be learned from? */
  #examine(luma: Luma, texture: Texture, reference: Reference, timeMs: number): boolean {
    const still = this.#stillness?.see(luma, timeMs) ?? false
    const fits = reference.fits(luma)
    const landmarks = fits ? reference.landmarks : undefined
    const usual = fits ? reference.usual : undefined
    const light = judgeLight(texture, usual)
    this.#hidden = light ?? (still ? 'frozen' : undefined)
    for (const fault of ['dark', 'bright', 'covered'] as const)
      this.#lasting[fault].note(light === fault, timeMs)
    // In the dark nobody knows what the view is; behind a hand, or a wall, it may be another one.
    if (light === 'covered') this.#place = 'unknown'
    if (light) return false
    const unseen = fits ? 'same' : 'elsewhere'
    const { agreeing, crept } = reference
    const place = landmarks ? this.#shifts.judge(luma, landmarks, agreeing, crept) : unseen
    this.#place = place
    if (place !== 'unknown' && place !== 'beside') this.#notePlace(place, timeMs)
    if (landmarks && landmarks.count >= leastEdges) this.#known.note(place === 'same', timeMs)
    const blurred = !isMoved(place) && usual !== undefined && judgeSharpness(texture, usual)
    // What is blurred has neither noise nor a clock that ticks.
    this.#frozen = still && !blurred && !this.#lasting.blurred.lasts
    if (isMoved(place)) return false
    this.#lasting.blurred.note(blurred, timeMs)
    return !blurred && !still && place === 'same'
  }
}

function isMoved(place: Place): boolean {
  return place === 'shifted' || place === 'elsewhere'
}
