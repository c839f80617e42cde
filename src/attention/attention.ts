/** What of one camera deserves a look: which coded pictures are decoded, how often one is shown, which regions the models see. */
import { type Box, wholePicture } from '../domain/geometry.ts'
import type { Luma } from '../domain/luma.ts'
import type { Rule } from '../domain/rule.ts'
import type { Track } from '../domain/track.ts'
import { Armed } from './armed.ts'
import type { Choice, CodedFacts, Packets } from './coded-facts.ts'
import { Damage } from './damage.ts'
import { Followed } from './followed.ts'
import { Gate } from './gate.ts'
import { Motion, type Movement } from './motion.ts'
import { type AttentionOptions, attentionDefaults } from './options.ts'
import { Pace } from './pace.ts'
import { Regions } from './regions.ts'
import { StaticObjects, type StaticView, wantsObjects } from './static-objects.ts'

/** What became of a picture that was shown. */
export interface Verdict {
  /** Something moved since the picture shown before: what lies between them is wanted too. */
  readonly open: boolean
  /** Regions that deserve a look by the models, 0..1; none where nothing moved. */
  readonly look: readonly Box[]
  /** A decoder made it up from what was lost: nobody is to see it, and nobody has watched. */
  readonly worthless?: boolean
}

/** After everything changed the whole is looked at once more after this long: one sight alone makes no track. */
const secondLookMs = 400
/** People who stand are looked at this often. */
const standingEveryMs = 1_000
/** What moves within this share of somebody's longer side around them belongs to them. */
const stirring = 0.1
/** Damaged pictures are looked at this often at least: a key picture that ends the damage may be far. */
const damagedEveryMs = 1_000
/** How much rarer full looks get on an overloaded box. */
const rarest = 3
/** Beyond this strain two regions are looked at as one. */
const oneRegionStrain = 0.7
const unheard = { active: false, score: 0, blind: false } as const

/** One camera's attention. Pure: all times are the stream's own, ms, and only compared with each other. */
export class Attention {
  /** How overloaded the box is: 0 idle .. 1 overloaded. To be set from outside, any time. */
  strain = 0
  /** How many people watch the camera live: while any does, the gate stays open. To be set from outside. */
  viewers = 0
  readonly #options: AttentionOptions
  readonly #packets: Packets | undefined
  readonly #armed: Armed
  readonly #gate: Gate
  readonly #damage = new Damage()
  readonly #motion = new Motion()
  readonly #followed = new Followed()
  readonly #regions = new Regions()
  readonly #standing = new Pace()
  readonly #damaged = new Pace()
  /** Where a rule wants things that were left or taken. */
  readonly #objects: StaticObjects | undefined
  #isCoded = false
  #nextFullMs = Number.NEGATIVE_INFINITY
  #newestShownMs = Number.NEGATIVE_INFINITY

  /**
   * @param rules the camera's rules: where none is armed less is analysed, where a critical one is, more under strain
   * @param packets what hears the sizes of coded pictures; without it key pictures alone tell that something moves
   */
  constructor(rules: readonly Rule[], options: Partial<AttentionOptions> = {}, packets?: Packets) {
    this.#options = { ...attentionDefaults, ...options }
    this.#armed = new Armed(rules)
    this.#gate = new Gate(this.#options)
    this.#packets = packets
    this.#objects = wantsObjects(rules) ? new StaticObjects() : undefined
  }

  /** Things that were left or taken, as of the newest picture; undefined where no rule wants them. */
  get objects(): StaticView | undefined {
    return this.#objects?.view
  }

  /** The view is another one: what it has long looked like is learned anew. */
  forgetObjects(): void {
    this.#objects?.forget()
  }

  /** Is everything decoded, because something moves or did so lately? */
  get isOpen(): boolean {
    return this.#gate.isOpen
  }

  /** Pictures per second that are analysed while something moves. */
  get fps(): number {
    const { fps, unarmedFps, floorFps, urgentFps } = this.#options
    const wanted = this.#armed.any || this.viewers > 0 ? fps : Math.min(fps, unarmedFps)
    const urgent = this.#armed.critical || this.#followed.anyMoving
    const floor = Math.min(wanted, urgent ? urgentFps : floorFps)
    return wanted - (wanted - floor) * this.#strain
  }

  /** This camera's share of the workers beside the others': more where a critical rule is armed, or something is being followed. */
  get weight(): number {
    return (this.#armed.critical ? 2 : 1) * (this.#followed.anyMoving ? 2 : 1)
  }

  /** Another stream of the camera begins, coded or not; what is known of the view stays. */
  begin(): void {
    this.#isCoded = false
    this.#gate.begin()
    this.#jump()
  }

  /** Judges each coded picture, in the order in which they came. */
  coded(facts: CodedFacts): Choice {
    if (!this.#isCoded || this.#gate.jumps(facts)) this.#jump()
    this.#isCoded = true
    this.#damage.note(facts)
    const activity = this.#packets?.add(facts, this.#gate.moves) ?? unheard
    const isDoubtful = this.#doubtful.length > 0
    const wary = this.#armed.critical || this.#followed.standing.length > 0 || isDoubtful
    return this.#gate.coded(facts, activity, { periodMs: 1_000 / this.fps, held: this.viewers > 0, wary })
  }

  /** Judges each decoded picture; those of a burst may be older than what was shown before. Sources without coded pictures use only this. */
  shown(luma: Luma, timeMs: number): Verdict {
    if (this.#isCoded && this.#gate.isStale(timeMs)) return { open: false, look: [wholePicture] }
    if (this.#damage.has(timeMs)) return this.#judgeDamaged(timeMs)
    if (!this.#isCoded && timeMs < this.#newestShownMs - secondLookMs) this.#jump()
    this.#newestShownMs = Math.max(this.#newestShownMs, timeMs)
    const movement = this.#motion.see(luma, timeMs)
    this.#objects?.see(luma, timeMs)
    const held = this.viewers > 0 || this.#followed.anyMoving
    const open = this.#gate.saw(movement.stirs, timeMs, held)
    const fullLookMs = this.#nextFullMs
    const look = this.#look(movement, luma.width / luma.height, timeMs)
    // The decoder goes back, and nobody looks at this picture before it comes once more.
    if (open) this.#nextFullMs = fullLookMs
    return { open, look }
  }

  /**
   * Hears what is followed, after each frame that was analysed.
   *
   * @param time epoch ms of the frame, only compared with itself
   */
  follow(tracks: readonly Track[], time: number): void {
    this.#armed.at(time)
    this.#objects?.follow(tracks)
    // What lies still needs no second look.
    const others = tracks.filter(({ label }) => label !== 'object')
    this.#followed.update(others, time)
    for (const box of this.#followed.walking) this.#motion.absolve(box)
  }

  #look({ kind, boxes }: Movement, aspect: number, timeMs: number): readonly Box[] {
    if (kind === 'new') {
      this.#nextFullMs = timeMs + secondLookMs
      return [wholePicture]
    }
    if (timeMs >= this.#nextFullMs) {
      this.#nextFullMs = timeMs + this.#options.fullLookEveryMs * (1 + (rarest - 1) * this.#strain)
      return [wholePicture]
    }
    const standing = this.#followed.standing
    const isTurn = standing.length > 0 && this.#standing.due(timeMs, standingEveryMs)
    // Somebody who stands and stirs is looked at in turn; what leaves its place is looked at now.
    const leaving =
      standing.length > 0 ? boxes.filter((box) => !standing.some((one) => holds(one, box))) : boxes
    const things = [...leaving, ...this.#doubtful, ...this.#followed.moving, ...(isTurn ? standing : [])]
    return this.#regions.around(things, aspect, this.#strain > oneRegionStrain ? 1 : 2)
  }

  /** What a decoder made up moves everywhere: nothing is learned, and the whole is looked at now and then. */
  #judgeDamaged(timeMs: number): Verdict {
    const due = this.#damaged.due(timeMs, Math.min(damagedEveryMs, this.#options.idleEveryMs))
    return due ? { open: false, look: [wholePicture] } : { open: false, look: [], worthless: true }
  }

  #jump(): void {
    this.#motion.jump()
    this.#objects?.jump()
    this.#damage.forget()
    this.#nextFullMs = Number.NEGATIVE_INFINITY
    this.#newestShownMs = Number.NEGATIVE_INFINITY
  }

  get #doubtful(): readonly Box[] {
    return this.#objects?.doubtful ?? []
  }

  get #strain(): number {
    return Math.min(1, Math.max(0, this.strain || 0))
  }
}

/** Does the box lie within the other one, or not more than a little outside? */
function holds(outer: Box, inner: Box): boolean {
  const room = stirring * Math.max(outer.x2 - outer.x1, outer.y2 - outer.y1)
  return (
    inner.x1 >= outer.x1 - room &&
    inner.y1 >= outer.y1 - room &&
    inner.x2 <= outer.x2 + room &&
    inner.y2 <= outer.y2 + room
  )
}
