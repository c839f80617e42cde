/** Something crosses the line. */
import { distance, type Point, side } from '../../domain/geometry.ts'
import type { LineCrossingRule } from '../../domain/rule.ts'
import type { Track } from '../../domain/track.ts'
import type { Line } from '../../domain/zone.ts'
import { type Claim, type Judge, subjectOf } from '../judge.ts'
import { TrackMemory } from '../track-memory.ts'

/** Nearer to the line than this part of its own height (and this share of the picture) a thing is on neither side. */
const nearness = { ofHeight: 0.05, ofPicture: 0.002 }

/**
 * A moment at which a track's anchor has gone from clearly on one side to clearly on the other, through the segment between
 * the line's ends. Sides are those of someone who walks from a to b: `left` means it went to their left. Trembling on the line is
 * no crossing, and a track that is only expected (`seen: false`) crosses when it is seen again. `direction` other than `any`
 * ignores those who go the other way.
 */
export function lineCrossing({ direction }: Pick<LineCrossingRule, 'direction'>, line: Line): Judge {
  const clearPoints = new TrackMemory<Point>()
  return {
    judge(tracks) {
      clearPoints.keepOnly(tracks)
      const claims: Claim[] = []
      for (const track of tracks) {
        if (!track.seen || isNear(track, line)) continue
        const from = clearPoints.get(track)
        const to = track.anchor
        clearPoints.set(track, to)
        if (!from || !crosses(from, to, line)) continue
        const towards = side(line.a, line.b, to) < 0 ? 'left' : 'right'
        if (direction !== 'any' && direction !== towards) continue
        claims.push({ subject: subjectOf(track), strength: 'moment', tracks: [track], direction: towards })
      }
      return claims
    },
  }
}

function isNear({ anchor, box }: Track, { a, b }: Line): boolean {
  const away = Math.abs(side(a, b, anchor)) / distance(a, b)
  return !(away > nearness.ofPicture + nearness.ofHeight * (box.y2 - box.y1))
}

/** Does the way between two points off the line lead through the segment, its ends included? */
function crosses(from: Point, to: Point, { a, b }: Line): boolean {
  if (side(a, b, from) * side(a, b, to) >= 0) return false
  return side(from, to, a) * side(from, to, b) <= 0
}
