/** What the tracks that are followed ask for: a look at those that move, now and then one at those that stand. */
import type { Label } from '../domain/detection.ts'
import { area, type Box, clip, type Point } from '../domain/geometry.ts'
import type { Track } from '../domain/track.ts'

/** Who stays within these shares of its own width and height for this long (ms) stands. */
const rest = { acrossShare: 0.5, upShare: 0.2, afterMs: 3_000 }
/** Who was not seen for longer than this (ms) is not waited for. */
const unseenMs = 3_000
/** How far ahead a moving track is looked for, seconds: about one picture and the time its analysis takes. */
const aheadSeconds = 0.3
/** A velocity says no more than this, sizes of the thing per second. */
const fastest = 4
/** Of what stands, these may start or fall any time; the others are parked. */
const restless: ReadonlySet<Label> = new Set<Label>(['person'])

interface Rest extends Point {
  readonly since: number
  /** Has it ever left a place? */
  readonly moved: boolean
}

/** One camera's tracks as they were last told. */
export class Followed {
  #rests = new Map<number, Rest>()
  #moving: readonly Track[] = []
  #standing: readonly Track[] = []

  /** Boxes of the tracks that move, and where they will be next; 0..1. */
  get moving(): readonly Box[] {
    return this.#moving.map(reach)
  }

  /** Boxes of people who stand. */
  get standing(): readonly Box[] {
    return this.#standing.map((track) => track.box)
  }

  /** Boxes of those that were seen to change their place lately; what was found but has not moved yet is none of them. */
  get walking(): readonly Box[] {
    return this.#moving.filter(({ id }) => this.#rests.get(id)?.moved).map((track) => track.box)
  }

  get anyMoving(): boolean {
    return this.#moving.length > 0
  }

  /**
   * @param tracks all that are believed now
   * @param time epoch ms of their frame; a time before the last one's forgets who stood
   */
  update(tracks: readonly Track[], time: number): void {
    const rests = new Map<number, Rest>()
    const moving: Track[] = []
    const standing: Track[] = []
    for (const track of tracks) {
      if (!isUsable(track)) continue
      const rested = restOf(track, this.#rests.get(track.id), time)
      rests.set(track.id, rested)
      if (time - rested.since >= rest.afterMs) {
        if (restless.has(track.label)) standing.push(track)
      } else if (time - track.lastSeen <= unseenMs) moving.push(track)
    }
    this.#rests = rests
    this.#moving = moving
    this.#standing = standing
  }
}

/** By where it was seen: while nobody looks it is taken to stay. */
function restOf(track: Track, before: Rest | undefined, time: number): Rest {
  const { x, y } = track.anchor
  if (!before || before.since > time) return { x, y, since: time, moved: false }
  if (!track.seen) return before
  const { x1, y1, x2, y2 } = track.box
  const across = (x - before.x) / (x2 - x1) / rest.acrossShare
  const up = (y - before.y) / (y2 - y1) / rest.upShare
  return Math.hypot(across, up) > 1 ? { x, y, since: time, moved: true } : before
}

/** The track's box together with where it is going. */
function reach({ box, velocity }: Track): Box {
  const { x1, y1, x2, y2 } = box
  const dx = limited(velocity.x, x2 - x1) * aheadSeconds
  const dy = limited(velocity.y, y2 - y1) * aheadSeconds
  return clip({
    x1: x1 + Math.min(0, dx),
    y1: y1 + Math.min(0, dy),
    x2: x2 + Math.max(0, dx),
    y2: y2 + Math.max(0, dy),
  })
}

function limited(velocity: number, size: number): number {
  if (!Number.isFinite(velocity)) return 0
  return Math.min(fastest * size, Math.max(-fastest * size, velocity))
}

function isUsable({ box, anchor }: Track): boolean {
  const sum = box.x1 + box.y1 + box.x2 + box.y2 + anchor.x + anchor.y
  return Number.isFinite(sum) && area(clip(box)) > 0
}
