/** What one rule stays silent about after an alert, although a lost thing comes back with another track id. */
import type { Label } from '../domain/detection.ts'
import { distance, type Point } from '../domain/geometry.ts'
import type { Track } from '../domain/track.ts'
import { subjectOf } from './judge.ts'

/** Silences that one rule remembers; beyond it the oldest is forgotten, and at worst an alert is raised once more. */
export const mostSilences = 500
/** Two tracks that were both seen for longer than this are two things; for less, a detector may draw one of them twice, ms. */
const mostTogetherMs = 1_000
/**
 * How far from its way a lost thing's next track may appear, in sizes of the smaller of both boxes (the longer side): so far
 * at once, and farther for each second between. Its way led on from where it was last seen at its pace, or at `slowest` of it. After `lostMs` only
 * one that stood is still expected, where it stood: elsewhere it is somebody else. Chosen with eval:events; more of each
 * silences somebody else at doors and in crowds, less repeats alerts about people whom the detector loses.
 */
const reach = { sizes: 0.4, sizesPerSecond: 0.1, slowest: 0.7, lostMs: 4_000 }
/** Slower than this a thing stands: a box trembles, sizes per second. */
const standing = 0.15

interface Sighting {
  readonly label: Label
  readonly anchor: Point
  /** Shares of the picture per second. */
  readonly velocity: Point
  /** Longer side of the box, share of the picture. */
  readonly size: number
  readonly time: number
}

interface Trace {
  readonly first: Sighting
  /** The newest in which it was detected and not only expected. */
  readonly last: Sighting
}

export class Silences {
  readonly #cooldownMs: number
  /** Until when a subject stays silent. */
  readonly #until = new Map<string, number>()
  /** Of subjects that are present, open or silent. */
  readonly #traces = new Map<string, Trace>()
  readonly #isOpen: (subject: string) => boolean
  /** In this frame: tracked, and detected. */
  #present: ReadonlySet<string> = new Set()
  #seen: ReadonlySet<string> = new Set()

  /** @param isOpen is there an alert about the subject? */
  constructor(cooldownMs: number, isOpen: (subject: string) => boolean) {
    this.#cooldownMs = cooldownMs
    this.#isOpen = isOpen
  }

  /** Subjects that are silent, their tracks lost or not. Never more than `mostSilences`. */
  get count(): number {
    return this.#until.size
  }

  /** Takes a frame's tracks before they are judged. */
  note(tracks: readonly Track[], time: number): void {
    for (const [subject, until] of this.#until) if (time >= until) this.#until.delete(subject)
    for (const track of tracks) this.#trace(track, time)
    this.#seen = new Set(tracks.filter(({ seen }) => seen).map(subjectOf))
    this.#present = new Set(tracks.map(subjectOf))
    for (const subject of this.#traces.keys()) {
      const isWanted = this.#present.has(subject) || this.#until.has(subject) || this.#isOpen(subject)
      if (!isWanted) this.#traces.delete(subject)
    }
  }

  /** Begins the silence about a subject whose alert ended at `time`. */
  begin(subject: string, time: number): void {
    if (this.#cooldownMs > 0) this.#set(subject, time + this.#cooldownMs)
  }

  has(subject: string): boolean {
    return this.#until.has(subject)
  }

  /**
   * Does the subject, which is about to begin, go on where a silent one of its label was lost? Then it takes over that
   * silence and what remains of its time. One silence has one heir: a second one who appears there is somebody else.
   */
  inherit(subject: string): boolean {
    for (const [lost, until] of this.#until) {
      if (this.#present.has(lost) || !this.#mayBe(lost, subject)) continue
      this.#until.delete(lost)
      this.#set(subject, until)
      return true
    }
    return false
  }

  /** May the subject be one that is open or silent, not seen now and not given up yet? Then there may be a silence soon. */
  mayInherit(subject: string): boolean {
    if (this.#cooldownMs === 0) return false
    const isTold = (other: string) => this.#isOpen(other) || this.#until.has(other)
    return [...this.#traces.keys()].some((other) => isTold(other) && this.#mayBe(other, subject))
  }

  /** Forgets everything: these are times of a clock that was set since. */
  forget(): void {
    this.#until.clear()
    this.#traces.clear()
  }

  #set(subject: string, until: number): void {
    this.#until.delete(subject)
    this.#until.set(subject, until)
    const [oldest] = this.#until.keys()
    if (this.#until.size > mostSilences) this.#until.delete(oldest)
  }

  /** May one that is not seen now have gone on as the other? */
  #mayBe(lost: string, heir: string): boolean {
    const last = this.#traces.get(lost)?.last
    const found = this.#traces.get(heir)
    return lost !== heir && !this.#seen.has(lost) && !!last && !!found && mayBeOne(last, found)
  }

  #trace(track: Track, time: number): void {
    const { label, anchor, velocity, box } = track
    const here = { label, anchor, velocity, size: Math.max(box.x2 - box.x1, box.y2 - box.y1), time }
    const trace = this.#traces.get(subjectOf(track))
    const last = trace && !track.seen ? trace.last : here
    this.#traces.set(subjectOf(track), { first: trace?.first ?? here, last })
  }
}

/**
 * May a lost thing have gone on as the heir? Not where it left the picture, nor where the heir goes the other way: at doors
 * and at the edges of pictures some leave just where others come in.
 */
function mayBeOne(lost: Sighting, heir: Trace): boolean {
  const gapMs = heir.first.time - lost.time
  if (lost.label !== heir.first.label || gapMs < -mostTogetherMs) return false
  if (isLeaving(lost) || areOpposed(lost, heir.last)) return false
  const stood = paceOf(lost) < standing
  if (gapMs > reach.lostMs && !stood) return false
  const seconds = gapMs > reach.lostMs ? 0 : Math.max(0, gapMs) / 1_000
  const sizes = reach.sizes + reach.sizesPerSecond * seconds
  const farthest = sizes * Math.min(lost.size, heir.first.size)
  return distanceToWay(lost, stood ? 0 : seconds, heir.first.anchor) <= farthest
}

/** At its pace it is out of the picture within a second. */
function isLeaving({ anchor, velocity, size }: Sighting): boolean {
  const isOut = ({ x, y }: Point) => x < 0 || x > 1 || y < 0 || y > 1
  return (
    paceOf({ velocity, size }) >= standing && isOut({ x: anchor.x + velocity.x, y: anchor.y + velocity.y })
  )
}

function areOpposed(one: Sighting, other: Sighting): boolean {
  const areMoving = paceOf(one) >= standing && paceOf(other) >= standing
  return areMoving && one.velocity.x * other.velocity.x + one.velocity.y * other.velocity.y < 0
}

/** Sizes per second. */
function paceOf({ velocity, size }: Pick<Sighting, 'velocity' | 'size'>): number {
  return Math.hypot(velocity.x, velocity.y) / size
}

/** From the nearest point that it can have reached in that time. */
function distanceToWay({ anchor, velocity }: Sighting, seconds: number, point: Point): number {
  const [dx, dy] = [velocity.x * seconds, velocity.y * seconds]
  const length = dx * dx + dy * dy
  const along = length > 0 ? ((point.x - anchor.x) * dx + (point.y - anchor.y) * dy) / length : 0
  const share = Math.min(1, Math.max(reach.slowest, along))
  return distance({ x: anchor.x + share * dx, y: anchor.y + share * dy }, point)
}
