/** What one kind of rule says about one frame; the engine turns it into events. */
import type { Track } from '../domain/track.ts'

/** The rule's condition holds for a subject in this frame. A subject without a claim is one for which it does not. */
export interface Claim {
  /** `track N` for a rule that holds for each thing on its own, else `zone` or `line`. */
  readonly subject: string
  /** `begin`: enough to begin. `keep`: not that, but what has begun goes on. `moment`: begins and ends in this frame. */
  readonly strength: 'begin' | 'keep' | 'moment'
  readonly tracks: readonly Track[]
  readonly direction?: 'left' | 'right'
  readonly count?: number
  /** Area on which they are counted, where it is known. */
  readonly squareMetres?: number
}

/** Remembers what its kind needs; one per rule, made anew whenever the rule is armed or pictures come again. */
export interface Judge {
  /** @param tracks those with one of the rule's labels, at `time` (epoch ms, growing from call to call) */
  judge(tracks: readonly Track[], time: number): Claim[]
  /** What remains of it after a time in which it was not asked (no pictures, not armed); absent: nothing. */
  afterGap?(): Judge
}

/** The subject of a rule that holds for each thing on its own. */
export function subjectOf(track: Track): string {
  return `track ${track.id}`
}
