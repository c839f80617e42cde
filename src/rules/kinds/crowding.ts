/** Many are inside the zone. */
import { polygonContains } from '../../domain/geometry.ts'
import { type CrowdingRule, crowdOf } from '../../domain/rule.ts'
import type { Zone } from '../../domain/zone.ts'
import type { Judge } from '../judge.ts'

/** Those not seen for longer than this are not counted, ms: in a crowd somebody is always hidden for a moment. */
const hiddenMs = 1_000

/**
 * Holds while as many are inside the zone as the rule asks for, and goes on until they are more than `hysteresis` fewer.
 * Raising `count` asks for a bigger crowd; raising `density` for a closer one, as so many for each of the zone's square metres;
 * of both the greater number counts. Raising `hysteresis` keeps a number that hovers from raising alert after alert.
 *
 * @param squareMetres of the zone, where they are known
 */
export function crowding(
  rule: Pick<CrowdingRule, 'count' | 'density' | 'hysteresis'>,
  zone: Zone,
  squareMetres?: number,
): Judge {
  const many = crowdOf(rule, squareMetres)
  const fewest = Math.max(1, many - rule.hysteresis)
  return {
    judge(tracks, time) {
      const inside = tracks.filter(
        ({ anchor, lastSeen }) => time - lastSeen <= hiddenMs && polygonContains(zone.polygon, anchor),
      )
      if (inside.length < fewest) return []
      const strength = inside.length >= many ? 'begin' : 'keep'
      return [{ subject: 'zone', strength, tracks: inside, count: inside.length, squareMetres }]
    },
  }
}
