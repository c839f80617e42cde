/** Who went over a line in this frame, and which way. */
import { crossing, isNear, type Towards } from '../domain/crossing.ts'
import { type Point, side } from '../domain/geometry.ts'
import type { Track } from '../domain/track.ts'
import type { Line } from '../domain/zone.ts'
import { TrackMemory } from './track-memory.ts'

export interface Crossed {
  readonly track: Track
  readonly towards: Towards
}

/** Who is over the line and at this pace clear of it so soon has crossed already, seconds: waiting for it would tell a frame later. */
const soonS = 0.15

/** Where it is clear of the line soon, on the other side than `from`, where it is already. */
function clearSoon({ anchor, velocity, box }: Track, from: Point, line: Line): Point | undefined {
  const { a, b } = line
  const soon = { x: anchor.x + soonS * velocity.x, y: anchor.y + soonS * velocity.y }
  const isOver = side(a, b, anchor) * side(a, b, from) < 0 && side(a, b, anchor) * side(a, b, soon) > 0
  return isOver && !isNear({ anchor: soon, box }, line) ? soon : undefined
}

export class Crossings {
  readonly #line: Line
  readonly #clearPoints = new TrackMemory<Point>()

  constructor(line: Line) {
    this.#line = line
  }

  /**
   * A crossing is the moment at which an anchor has gone from clearly on one side to clearly on the other, through the
   * segment; it counts from where it was first detected. Trembling on the line is none, and a track that is only expected
   * (`seen: false`) crosses when it is seen again.
   */
  note(tracks: readonly Track[]): Crossed[] {
    this.#clearPoints.keepOnly(tracks)
    return tracks.flatMap((track) => {
      const towards = this.#towards(track)
      return towards ? [{ track, towards }] : []
    })
  }

  #towards(track: Track): Towards | undefined {
    const { cameFrom, box } = track
    if (cameFrom && !isNear({ anchor: cameFrom, box }, this.#line)) this.#clearPoints.set(track, cameFrom)
    if (!track.seen) return undefined
    const from = this.#clearPoints.get(track)
    const to = isNear(track, this.#line) ? from && clearSoon(track, from, this.#line) : track.anchor
    if (!to) return undefined
    this.#clearPoints.set(track, to)
    return from && crossing(from, to, this.#line)
  }
}
