/** Remembers what each track did, and tells it in one summary when it has ended. */
import { Passage } from '../domain/crossing.ts'
import { type Point, polygonContains } from '../domain/geometry.ts'
import { type Calibration, Ground } from '../domain/ground.ts'
import { type Heading, headingOf, type PaceClass, paceOf } from '../domain/movement.ts'
import type { PathPoint, TrackSummary } from '../domain/structure.ts'
import type { Track } from '../domain/track.ts'
import type { Line, Zone } from '../domain/zone.ts'
import { GroundWay } from './ground-way.ts'
import { Path } from './path.ts'

/** Crossings that one track tells: whoever walks to and fro all day makes no longer message. */
const mostCrossings = 50
/** What took longer between two looks was not watched: nobody knows where it was. */
const longestStepMs = 10_000

/** What of a track changed with a frame, for whoever counts. */
export interface Step {
  readonly track: Track
  readonly isNew: boolean
  /** Zones its anchor is in, and of those the ones it has just come into. */
  readonly zones: readonly string[]
  readonly entered: readonly string[]
  readonly crossed: readonly { readonly line: string; readonly direction: 'left' | 'right' }[]
}

interface Places {
  readonly zones: readonly Zone[]
  readonly lines: readonly Line[]
  readonly calibration?: Calibration
}

export class TrackHistory {
  readonly #places: Places
  readonly #ground: Ground | undefined
  readonly #lives = new Map<number, Life>()

  constructor(places: Places) {
    this.#places = places
    this.#ground = places.calibration && new Ground(places.calibration)
  }

  /** The tracks of one frame at `time` (epoch ms). Returns what each that was seen did, and the summaries of those that are gone. */
  update(tracks: readonly Track[], time: number): { steps: Step[]; ended: TrackSummary[] } {
    const there = new Set(tracks.map(({ id }) => id))
    const ended = this.#end((id) => !there.has(id))
    const steps = tracks.filter(({ seen }) => seen).map((track) => this.#step(track, time))
    return { steps, ended }
  }

  /** Ends all: the camera is not watched any more. */
  end(): TrackSummary[] {
    return this.#end(() => true)
  }

  #step(track: Track, time: number): Step {
    const known = this.#lives.get(track.id)
    const life = known ?? new Life(track, this.#ground)
    if (!known) this.#lives.set(track.id, life)
    return { track, isNew: !known, ...life.live(track, time, this.#places) }
  }

  #end(isGone: (id: number) => boolean): TrackSummary[] {
    const gone = [...this.#lives].filter(([id]) => isGone(id))
    for (const [id] of gone) this.#lives.delete(id)
    return gone.map(([, life]) => life.summary())
  }
}

/** What one track did so far. */
class Life {
  readonly #first: Track
  readonly #path = new Path()
  readonly #ground: GroundWay | undefined
  readonly #dwellMs = new Map<string, number>()
  readonly #passages = new Map<string, Passage>()
  readonly #crossed: { line: string; direction: 'left' | 'right'; time: number }[] = []
  /** The newest, which knows most. */
  #newest: Track
  #in: readonly string[] = []
  #last: PathPoint | undefined
  #confidence = 0
  #looks = 0
  #width = 0
  #height = 0
  #stoodMs = 0
  #movedMs = 0
  #way = 0

  constructor(first: Track, ground: Ground | undefined) {
    this.#first = first
    this.#newest = first
    this.#ground = ground && new GroundWay(ground)
  }

  live(track: Track, time: number, { zones, lines }: Places): Omit<Step, 'track' | 'isNew'> {
    const { anchor, box, confidence, cameFrom, firstSeen } = track
    this.#newest = track
    if (cameFrom && firstSeen < time) this.#come({ x: cameFrom.x, y: cameFrom.y, time: firstSeen })
    this.#looks++
    this.#confidence = Math.max(this.#confidence, confidence)
    this.#width += (box.x2 - box.x1 - this.#width) / this.#looks
    this.#height += (box.y2 - box.y1 - this.#height) / this.#looks
    const stepMs = this.#last ? time - this.#last.time : 0
    if (this.#last && stepMs > 0 && stepMs <= longestStepMs) this.#pass(anchor, this.#last, stepMs)
    const crossed = this.#cross(track, lines, time)
    const now = zones.filter(({ polygon }) => polygonContains(polygon, anchor)).map(({ name }) => name)
    const entered = now.filter((zone) => !this.#in.includes(zone))
    this.#in = now
    this.#path.add({ x: anchor.x, y: anchor.y, time })
    this.#ground?.add(track, time)
    if (!this.#last || stepMs > 0) this.#last = { x: anchor.x, y: anchor.y, time }
    return { zones: now, entered, crossed }
  }

  /** Its way begins where it was first detected, a moment before it was believed. */
  #come(from: PathPoint): void {
    this.#path.add(from)
    this.#last = from
  }

  summary(): TrackSummary {
    const { id, label, change, firstSeen } = this.#first
    const { type, colour, faceSeen } = this.#newest
    const path = this.#path.points()
    const heading = leads(path[0], path.at(-1), this.#height)
    const ground = this.#ground?.end()
    return {
      ...{
        track: id,
        label,
        ...(type && { type }),
        ...(colour && { colour }),
        ...(faceSeen === undefined ? {} : { faceSeen }),
        ...(change && { change }),
        confidence: this.#confidence,
        began: firstSeen,
        ended: this.#last?.time ?? firstSeen,
      },
      ...{ path, width: this.#width, height: this.#height, pace: this.#paceClass(), stoodMs: this.#stoodMs },
      zones: [...this.#dwellMs].map(([zone, dwellMs]) => ({ zone, dwellMs })),
      lines: this.#crossed,
      ...(heading && { heading }),
      ...(ground && { ground }),
    }
  }

  /** The time between two looks counts for where it was at the first of them. */
  #pass(to: Point, from: PathPoint, stepMs: number): void {
    for (const zone of this.#in) this.#dwellMs.set(zone, (this.#dwellMs.get(zone) ?? 0) + stepMs)
    const heights = Math.hypot(to.x - from.x, to.y - from.y) / Math.max(this.#height, 0.001)
    if (paceOf(heights / (stepMs / 1_000)) === 'standing') this.#stoodMs += stepMs
    else {
      this.#movedMs += stepMs
      this.#way += heights
    }
  }

  #paceClass(): PaceClass {
    if (this.#movedMs <= this.#stoodMs / 10) return 'standing'
    return paceOf(this.#way / (this.#movedMs / 1_000))
  }

  #cross(track: Track, lines: readonly Line[], time: number): Step['crossed'] {
    const crossed: { line: string; direction: 'left' | 'right' }[] = []
    for (const line of lines) {
      const passage = this.#passages.get(line.name) ?? new Passage(line)
      this.#passages.set(line.name, passage)
      const direction = passage.note(track)
      if (!direction) continue
      crossed.push({ line: line.name, direction })
      if (this.#crossed.length < mostCrossings) this.#crossed.push({ line: line.name, direction, time })
    }
    return crossed
  }
}

function leads(from: Point | undefined, to: Point | undefined, height: number): Heading | undefined {
  if (!from || !to) return undefined
  const way = { x: to.x - from.x, y: to.y - from.y }
  return Math.hypot(way.x, way.y) < height / 2 ? undefined : headingOf(way)
}
