/** Something stands still inside the zone. */
import { distance, type Point, polygonContains } from '../../domain/geometry.ts'
import type { StandingRule } from '../../domain/rule.ts'
import type { Zone } from '../../domain/zone.ts'
import { Dwell } from '../dwell.ts'
import { type Claim, type Judge, subjectOf } from '../judge.ts'
import { TrackMemory } from '../track-memory.ts'

type Parameters = Pick<StandingRule, 'dwellMs' | 'tolerance'>

/**
 * Holds for each track whose anchor has stayed within `tolerance` of where it stopped, inside the zone, for `dwellMs`.
 * Raising `dwellMs` lets people load and drop off; raising `tolerance` forgives unsteady boxes, and slow traffic with them.
 * A box that jumps aside for up to 2 s (somebody walks past) does not begin the dwell anew.
 */
export function stationaryVehicle({ dwellMs, tolerance }: Parameters, zone: Zone): Judge {
  const dwell = new Dwell()
  const stoppedAt = new TrackMemory<Point>()
  return {
    judge(tracks, time) {
      dwell.keepOnly(tracks)
      stoppedAt.keepOnly(tracks)
      const claims: Claim[] = []
      for (const track of tracks) {
        const anchor = track.anchor
        const stop = stoppedAt.get(track)
        const stands = stop !== undefined && distance(stop, anchor) <= tolerance
        const holds = stands && polygonContains(zone.polygon, anchor)
        const stoodMs = dwell.note(track, holds, time)
        if (!stands && !dwell.isKept(track)) stoppedAt.set(track, anchor)
        if (!holds || stoodMs < dwellMs) continue
        claims.push({ subject: subjectOf(track), strength: track.seen ? 'begin' : 'keep', tracks: [track] })
      }
      return claims
    },
  }
}
