/** Something was left inside the zone. */
import { area, polygonContains } from '../../domain/geometry.ts'
import type { ObjectRule } from '../../domain/rule.ts'
import type { Zone } from '../../domain/zone.ts'
import { Dwell } from '../dwell.ts'
import { type Claim, type Judge, subjectOf } from '../judge.ts'

/**
 * Holds for each thing that came to lie inside the zone and has lain there for `dwellMs`. Raising `dwellMs` lets people put things
 * down for a while; raising `minShare` looks past what is small or far away, and past leaves and litter with it. Time before the
 * thing was noticed (about seven seconds after nobody is in front of it any more) and before the rule was armed does not count.
 */
export function objectLeft(
  { dwellMs, minShare }: Pick<ObjectRule, 'dwellMs' | 'minShare'>,
  zone: Zone,
): Judge {
  const dwell = new Dwell()
  return {
    judge(tracks, time) {
      dwell.keepOnly(tracks)
      const claims: Claim[] = []
      for (const track of tracks) {
        const holds = area(track.box) >= minShare && polygonContains(zone.polygon, track.anchor)
        const lainMs = dwell.note(track, holds, time)
        if (!holds || lainMs < dwellMs) continue
        claims.push({ subject: subjectOf(track), strength: track.seen ? 'begin' : 'keep', tracks: [track] })
      }
      return claims
    },
  }
}
