/** Remembers what each track did, and tells it in one summary when it has ended. */
import { crossing, isNear } from '../domain/crossing.ts'
import { type Point, polygonContains } from '../domain/geometry.ts'
import {
  type Heading,
  headings,
  type PaceClass,
  type PathPoint,
  type TrackSummary,
} from '../domain/structure.ts'
import type { Track } from '../domain/track.ts'
import type { Line, Zone } from '../domain/zone.ts'
import { Path } from './path.ts'

/** Crossings that one track tells: whoever walks to and fro all day makes no longer message. */
const mostCrossings = 50
/** Below so many of its own heights per second a thing stands; from `fast` on it hurries. */
const speeds = { standing: 0.1, fast: 1 }
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
}

export class TrackHistory {
  readonly #places: Places
  readonly #lives = new Map<number, Life>()

  constructor(places: Places) {
    this.#places = places
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
    const life = known ?? new Life(track)
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
  readonly #dwellMs = new Map<string, number>()
  readonly #clear = new Map<string, Point>()
  readonly #crossed: { line: string; direction: 'left' | 'right'; time: number }[] = []
  #in: readonly string[] = []
  #last: PathPoint | undefined
  #confidence = 0
  #looks = 0
  #width = 0
  #height = 0
  #stoodMs = 0
  #movedMs = 0
  #way = 0

  constructor(first: Track) {
    this.#first = first
  }

  live(track: Track, time: number, { zones, lines }: Places): Omit<Step, 'track' | 'isNew'> {
    const { anchor, box, confidence, cameFrom, firstSeen } = track
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
    if (!this.#last || stepMs > 0) this.#last = { x: anchor.x, y: anchor.y, time }
    return { zones: now, entered, crossed }
  }

  /** Its way begins where it was first detected, a moment before it was believed. */
  #come(from: PathPoint): void {
    this.#path.add(from)
    this.#last = from
  }

  summary(): TrackSummary {
    const { id, label, firstSeen } = this.#first
    const path = this.#path.points()
    const heading = headingOf(path[0], path.at(-1), this.#height)
    return {
      ...{
        track: id,
        label,
        confidence: this.#confidence,
        began: firstSeen,
        ended: this.#last?.time ?? firstSeen,
      },
      ...{ path, width: this.#width, height: this.#height, pace: this.#paceClass(), stoodMs: this.#stoodMs },
      zones: [...this.#dwellMs].map(([zone, dwellMs]) => ({ zone, dwellMs })),
      lines: this.#crossed,
      ...(heading && { heading }),
    }
  }

  /** The time between two looks counts for where it was at the first of them. */
  #pass(to: Point, from: PathPoint, stepMs: number): void {
    for (const zone of this.#in) this.#dwellMs.set(zone, (this.#dwellMs.get(zone) ?? 0) + stepMs)
    const heights = Math.hypot(to.x - from.x, to.y - from.y) / Math.max(this.#height, 0.001)
    if (heights / (stepMs / 1_000) < speeds.standing) this.#stoodMs += stepMs
    else {
      this.#movedMs += stepMs
      this.#way += heights
    }
  }

  #paceClass(): PaceClass {
    if (this.#movedMs <= this.#stoodMs / 10) return 'standing'
    return this.#way / (this.#movedMs / 1_000) < speeds.fast ? 'slow' : 'fast'
  }

  #cross(track: Track, lines: readonly Line[], time: number): Step['crossed'] {
    const crossed: { line: string; direction: 'left' | 'right' }[] = []
    const { cameFrom, box } = track
    for (const line of lines) {
      if (cameFrom && !isNear({ anchor: cameFrom, box }, line)) this.#clear.set(line.name, cameFrom)
      if (isNear(track, line)) continue
      const from = this.#clear.get(line.name)
      this.#clear.set(line.name, track.anchor)
      const direction = from && crossing(from, track.anchor, line)
      if (!direction) continue
      crossed.push({ line: line.name, direction })
      if (this.#crossed.length < mostCrossings) this.#crossed.push({ line: line.name, direction, time })
    }
    return crossed
  }
}

function headingOf(from: Point | undefined, to: Point | undefined, height: number): Heading | undefined {
  if (!from || !to) return undefined
  const [dx, dy] = [to.x - from.x, to.y - from.y]
  if (Math.hypot(dx, dy) < height / 2) return undefined
  const eighth = Math.round(Math.atan2(dy, dx) / (Math.PI / 4))
  return headings[(eighth + 8) % 8]
}
