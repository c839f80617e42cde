/** How long each track has kept a condition, with patience for a short lapse. */
import type { Track } from '../domain/track.ts'
import { TrackMemory } from './track-memory.ts'

/** A lapse up to here does not begin the dwell anew, ms: anchors tremble, and a passer-by cuts a box in two. */
const graceMs = 2_000

interface Stay {
  readonly since: number
  /** When it was first seen not to hold, unless it holds. */
  readonly lapsedAt?: number
}

export class Dwell {
  readonly #stays = new TrackMemory<Stay>()

  /** Notes whether the condition holds for the track at `time` and returns for how long it has, ms; 0 where it does not. `heldSince`: of one that is new. */
  note(track: Track, holds: boolean, time: number, heldSince = time): number {
    const stay = this.#stays.get(track)
    if (holds) {
      const since = stay?.since ?? heldSince
      this.#stays.set(track, { since })
      return time - since
    }
    if (stay) this.#lapse(track, stay, time)
    return 0
  }

  /** Has the track kept it, or lapsed only for a moment? */
  isKept(track: Track): boolean {
    return this.#stays.get(track) !== undefined
  }

  keepOnly(tracks: readonly Track[]): void {
    this.#stays.keepOnly(tracks)
  }

  #lapse(track: Track, { since, lapsedAt = Number.POSITIVE_INFINITY }: Stay, time: number): void {
    if (time - lapsedAt > graceMs) this.#stays.delete(track)
    else this.#stays.set(track, { since, lapsedAt: Math.min(lapsedAt, time) })
  }
}
