/** Who went over a line in this frame, and which way. */
import { Passage, type Towards } from '../domain/crossing.ts'
import type { Track } from '../domain/track.ts'
import type { Line } from '../domain/zone.ts'
import { TrackMemory } from './track-memory.ts'

export interface Crossed {
  readonly track: Track
  readonly towards: Towards
}

export class Crossings {
  readonly #line: Line
  readonly #passages = new TrackMemory<Passage>()

  constructor(line: Line) {
    this.#line = line
  }

  /** What counts as a crossing is said in domain/crossing.ts. */
  note(tracks: readonly Track[]): Crossed[] {
    this.#passages.keepOnly(tracks)
    return tracks.flatMap((track) => {
      const passage = this.#passages.get(track) ?? new Passage(this.#line)
      this.#passages.set(track, passage)
      const towards = passage.note(track)
      return towards ? [{ track, towards }] : []
    })
  }
}
