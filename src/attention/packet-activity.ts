/**
 * Tells from the sizes of coded pictures alone that something begins to move.
 *
 * What a picture cost is its bytes times 2^(quantiser / 6): a step of six halves the precision and about the bytes, so this undoes
 * what rate control does to the bytes (at a constant rate the bytes say nothing, the quantiser nearly all). It is taken as a share
 * of what a key picture costs: about the share of the view that the encoder could not foresee, whatever the size of the picture and
 * the codec. That share, smoothed, is compared with where it lies while nothing moves.
 */
import type { Activity, CodedFacts } from './coded-facts.ts'
import { FadingHistogram } from './fading-histogram.ts'

/** Raising it lets through only movement that lasts: fewer false signals, later true ones. */
const smoothMs = 400
/** Raising it follows a change of light or noise later (by about 1.4 times this), and forgets long movement less of the still scene. */
const memoryMs = 60_000
/** Shares well below this are one to it. Raising it makes calm streams less jumpy and small movement less visible. */
const calmShare = 0.1
/** A signal is at least this much above the still level, octaves. Raising it: fewer signals where the stream is very even. */
const leastMargin = 0.25
/** The still level, and how it spreads downwards and upwards. Where half of the time something moves unheard, it is still one. */
const still = 0.25
const low = 0.05
const high = 0.5
/** Signals are above the still level by this many times the spread below and above it. Raising them: fewer signals, true and false. */
const lowFactor = 2
const highFactor = 2.5
/** Blind is who would need this share of the view to be new. Raising it: fewer glances, later finds in noisy and constant-rate streams. */
const blindShare = 0.08
/** Until so much of the stream was heard everything counts as movement. */
const learnMs = 3_000
/** Levels are read off this often. */
const readMs = 500
/** No one picture counts for more octaves than this: a lone large one (a scene refreshed by the encoder) is not movement. */
const mostOctaves = 1.5
/**
 * So many pictures after a key picture have a usual excess of their own: they mend what the key picture left coarse, and cost up to
 * twice the others (H.264, 0.8 Mb/s, noise), moving or not. Raising it hears short groups of pictures less well.
 */
const mending = 8
/** Weight of the newest excess in the usual one. */
const mendWeight = 1 / 8
/** Time stamps further apart than this are a jump, not a frame rate. */
const longestStepMs = 2_000
/** Weight of the newest key picture, and of the newest step between two pictures. */
const keyWeight = 1 / 4
const stepWeight = 1 / 16
const cell = 1 / 16
const cells = 128

/** Shares of one kind of picture, as octaves. */
class Level {
  readonly #shares = new FadingHistogram(Math.log2(calmShare), cell, cells, memoryMs)
  octaves = Number.NaN

  add(share: number, spanMs: number): void {
    this.#shares.add(share, spanMs)
    if (Number.isNaN(this.octaves)) this.octaves = share
  }

  read(): void {
    this.octaves = this.#shares.quantile(still)
  }
}

/**
 * One per camera. Bytes lost on the way do not matter to it: what the encoder spent goes on whether or not a packet was lost, and one
 * picture that came short is one picture. Nor does a jump of the stream's time: only the steps between pictures are used.
 */
export class PacketActivity {
  /** Pictures that others need, and those that none does: the latter are coded more coarsely. */
  readonly #levels = { reference: new Level(), other: new Level() }
  /** Usual excess of the first, second … picture after a key picture, octaves. */
  readonly #mends = new Float64Array(mending)
  #sinceKey = 0
  readonly #excess = new FadingHistogram((-cells / 2) * cell, cell, cells, memoryMs)
  #keyOctaves = Number.NaN
  #lastMs = Number.NaN
  #stepMs = 40
  #smooth = 0
  #heardMs = 0
  #unreadMs = 0
  #calm = 0
  #margin = leastMargin
  #blind = true

  /**
   * Hears a coded picture, in the order of arrival.
   *
   * @param moving decoded pictures have just shown movement: nothing is learned from this one. Without it a still level is found as
   *   long as nothing moves for a quarter of the time, but it is less sharp
   * @returns `score`: 1 is the threshold, 0 the still level; `active`: score ≥ 1, and always in the first seconds; `blind`: sizes say
   *   too little here to rely on them (noise or a constant rate drown what movement adds)
   */
  add(facts: CodedFacts, moving = false): Activity {
    const spanMs = this.#span(facts.timeMs)
    const octaves = Math.log2(Math.max(1, facts.sliceBytes)) + (facts.qp ?? 0) / 6
    if (facts.key) this.#weighKey(octaves)
    else if (!Number.isNaN(this.#keyOctaves)) this.#weigh(octaves, facts.reference, spanMs, moving)
    const score = Math.max(0, (this.#smooth - this.#calm) / this.#margin)
    const learning = this.#heardMs < learnMs
    return { active: learning || score >= 1, score, blind: learning || this.#blind }
  }

  /** How long a picture lasts, ms: of the newest ones together, because they may come in another order than they are shown in. */
  #span(timeMs: number): number {
    const step = timeMs - this.#lastMs
    if (Math.abs(step) < longestStepMs) this.#stepMs += (step - this.#stepMs) * stepWeight
    this.#lastMs = timeMs
    return Math.max(1, this.#stepMs)
  }

  #weighKey(octaves: number): void {
    this.#sinceKey = 0
    if (Number.isNaN(this.#keyOctaves)) this.#keyOctaves = octaves
    this.#keyOctaves += (octaves - this.#keyOctaves) * keyWeight
  }

  #weigh(octaves: number, reference: boolean, spanMs: number, moving: boolean): void {
    const level = reference ? this.#levels.reference : this.#levels.other
    const share = Math.log2(2 ** (octaves - this.#keyOctaves) + calmShare)
    if (!moving || Number.isNaN(level.octaves)) level.add(share, spanMs)
    const place = this.#sinceKey++
    const usual = place < mending ? this.#mends[place] : 0
    const excess = Math.max(-mostOctaves, Math.min(mostOctaves, share - level.octaves - usual))
    if (place < mending && !moving) this.#mends[place] += excess * mendWeight
    this.#smooth += (excess - this.#smooth) * (1 - Math.exp(-spanMs / smoothMs))
    if (!moving) this.#excess.add(this.#smooth, spanMs)
    this.#heardMs += spanMs
    this.#unreadMs += spanMs
    if (this.#unreadMs < readMs) return
    this.#unreadMs = 0
    this.#read()
  }

  #read(): void {
    const { reference, other } = this.#levels
    reference.read()
    other.read()
    const calm = this.#excess.quantile(still)
    if (Number.isNaN(calm)) return
    const below = calm - this.#excess.quantile(low)
    const above = this.#excess.quantile(high) - calm
    this.#calm = calm
    this.#margin = Math.max(leastMargin, lowFactor * below, highFactor * above)
    const known = [reference.octaves, other.octaves].filter((octaves) => !Number.isNaN(octaves))
    this.#blind = 2 ** (Math.max(...known) + calm) * (2 ** this.#margin - 1) > blindShare
  }
}
