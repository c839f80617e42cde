/** Who went over a line in this frame, and which way. */
import { crossing, isNear, type Towards } from '../domain/crossing.ts'
import type { Point } from '../domain/geometry.ts'
import type { Track } from '../domain/track.ts'
import type { Line } from '../domain/zone.ts'
import { TrackMemory } from './track-memory.ts'

export interface Crossed {
  readonly track: Track
  readonly towards: Towards
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
    if (!track.seen || isNear(track, this.#line)) return undefined
    const from = this.#clearPoints.get(track)
    this.#clearPoints.set(track, track.anchor)
    return from && crossing(from, track.anchor, this.#line)
  }
}
