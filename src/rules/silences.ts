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
 * How far from where a thing was last seen its next track may appear, in sizes of the smaller of both boxes (the longer
 * side): so far at once, and farther for each second between (people walk at four fifths of their height per second, seldom
 * straight away), but no farther than `most`: that long after, somebody that far away is somebody else.
 */
const reach = { sizes: 0.5, sizesPerSecond: 0.5, most: 2 }

interface Sighting {
  readonly label: Label
  readonly anchor: Point
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
    const first = this.#traces.get(heir)?.first
    return lost !== heir && !this.#seen.has(lost) && !!last && !!first && isReached(last, first)
  }

  #trace(track: Track, time: number): void {
    const { label, anchor, box } = track
    const here = { label, anchor, size: Math.max(box.x2 - box.x1, box.y2 - box.y1), time }
    const trace = this.#traces.get(subjectOf(track))
    const last = trace && !track.seen ? trace.last : here
    this.#traces.set(subjectOf(track), { first: trace?.first ?? here, last })
  }
}

/** May a track that was first seen like `heir` be what was last seen like `lost`? */
function isReached(lost: Sighting, heir: Sighting): boolean {
  const gapMs = heir.time - lost.time
  if (gapMs < -mostTogetherMs) return false
  const seconds = Math.max(0, gapMs) / 1_000
  const sizes = Math.min(reach.most, reach.sizes + reach.sizesPerSecond * seconds)
  const farthest = sizes * Math.min(lost.size, heir.size)
  return lost.label === heir.label && distance(lost.anchor, heir.anchor) <= farthest
}
