/** Many are inside the zone. */
import { polygonContains } from '../../domain/geometry.ts'
import type { CrowdingRule } from '../../domain/rule.ts'
import type { Zone } from '../../domain/zone.ts'
import type { Judge } from '../judge.ts'

/** Those not seen for longer than this are not counted, ms: in a crowd somebody is always hidden for a moment. */
const hiddenMs = 1_000

/**
 * Holds while at least `count` are inside the zone, and goes on until fewer than `count - hysteresis` are. Raising `count`
 * asks for a bigger crowd; raising `hysteresis` keeps a number that hovers from raising alert after alert.
 */
export function crowding(
  { count, hysteresis }: Pick<CrowdingRule, 'count' | 'hysteresis'>,
  zone: Zone,
): Judge {
  const fewest = Math.max(1, count - hysteresis)
  return {
    judge(tracks, time) {
      const inside = tracks.filter(
        ({ anchor, lastSeen }) => time - lastSeen <= hiddenMs && polygonContains(zone.polygon, anchor),
      )
      if (inside.length < fewest) return []
      const strength = inside.length >= count ? 'begin' : 'keep'
      return [{ subject: 'zone', strength, tracks: inside, count: inside.length }]
    },
  }
}
