/** What one kind of rule says about one frame; the engine turns it into events. */
import { polygonContains } from '../domain/geometry.ts'
import type { Track } from '../domain/track.ts'
import type { Zone } from '../domain/zone.ts'

/** The rule's condition holds for a subject in this frame. A subject without a claim is one for which it does not. */
export interface Claim {
  /** `track N` for a rule that holds for each thing on its own, else `zone` or `line`. */
  readonly subject: string
  /** `begin`: enough to begin. `keep`: not that, but what has begun goes on. `moment`: begins and ends in this frame. */
  readonly strength: 'begin' | 'keep' | 'moment'
  readonly tracks: readonly Track[]
  /** Since when it holds, where that was before this frame, epoch ms. */
  readonly since?: number
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

/** What a tracker needs to believe counts, but not what came long before: the rule may not have been armed then, ms. */
const mostBeforeMs = 1_000

/** Since when a track that is inside the zone in this frame has surely been there: since its first detection, where that was inside too. */
export function insideSince({ cameFrom, firstSeen }: Track, { polygon }: Zone, time: number): number {
  const cameInside = cameFrom !== undefined && polygonContains(polygon, cameFrom)
  return cameInside ? Math.max(firstSeen, time - mostBeforeMs) : time
}

/** The subject of a rule that holds for each thing on its own. */
export function subjectOf(track: Track): string {
  return `track ${track.id}`
}
