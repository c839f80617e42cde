/** What a rule remembers of each track, forgotten with the track. */
import type { Track } from '../domain/track.ts'

export class TrackMemory<T> {
  readonly #kept = new Map<number, T>()

  get(track: Track): T | undefined {
    return this.#kept.get(track.id)
  }

  set(track: Track, value: T): void {
    this.#kept.set(track.id, value)
  }

  delete(track: Track): void {
    this.#kept.delete(track.id)
  }

  /** Forgets every track that is not among these: memory never outgrows the tracker's own limit. */
  keepOnly(tracks: readonly Track[]): void {
    const present = new Set(tracks.map(({ id }) => id))
    for (const id of this.#kept.keys()) if (!present.has(id)) this.#kept.delete(id)
  }
}
