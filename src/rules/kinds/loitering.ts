/** Something stays inside the zone. */
import { polygonContains } from '../../domain/geometry.ts'
import type { LoiteringRule } from '../../domain/rule.ts'
import type { Zone } from '../../domain/zone.ts'
import { Dwell } from '../dwell.ts'
import { type Claim, insideSince, type Judge, subjectOf } from '../judge.ts'

/**
 * Holds for each track that has been inside the zone for `dwellMs` and still is. Raising `dwellMs` lets people wait and talk.
 * A step outside of up to 2 s does not begin the dwell anew; time before the rule was armed does not count.
 */
export function loitering({ dwellMs }: Pick<LoiteringRule, 'dwellMs'>, zone: Zone): Judge {
  const dwell = new Dwell()
  return {
    judge(tracks, time) {
      dwell.keepOnly(tracks)
      const claims: Claim[] = []
      for (const track of tracks) {
        const inside = polygonContains(zone.polygon, track.anchor)
        const stayedMs = dwell.note(track, inside, time, insideSince(track, zone, time))
        if (!inside || stayedMs < dwellMs) continue
        claims.push({ subject: subjectOf(track), strength: track.seen ? 'begin' : 'keep', tracks: [track] })
      }
      return claims
    },
  }
}
