/** Something is inside the zone. */
import { polygonContains } from '../../domain/geometry.ts'
import type { Zone } from '../../domain/zone.ts'
import { insideSince, type Judge, subjectOf } from '../judge.ts'

/**
 * Holds for each track whose anchor is inside the zone. One that is only expected there (`seen: false`) keeps an alert
 * open but begins none. It has no parameter of its own; raising the rule's `inertiaMs` forgives those who only cut a corner.
 */
export function intrusion(zone: Zone): Judge {
  return {
    judge: (tracks, time) =>
      tracks
        .filter((track) => polygonContains(zone.polygon, track.anchor))
        .map((track) => ({
          subject: subjectOf(track),
          strength: track.seen ? 'begin' : 'keep',
          since: insideSince(track, zone, time),
          tracks: [track],
        })),
  }
}
