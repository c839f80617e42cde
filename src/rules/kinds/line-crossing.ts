/** Something crosses the line. */
import type { LineCrossingRule } from '../../domain/rule.ts'
import type { Line } from '../../domain/zone.ts'
import { Crossings } from '../crossings.ts'
import { type Judge, subjectOf } from '../judge.ts'

/**
 * A moment at which a track goes over the line. Sides are those of someone who walks from a to b: `left` means it went to
 * their left. `direction` other than `any` ignores those who go the other way, so the wrong way is a rule with the direction
 * that nobody may go. It has no parameter to raise; what counts as a crossing is said in domain/crossing.ts.
 */
export function lineCrossing({ direction }: Pick<LineCrossingRule, 'direction'>, line: Line): Judge {
  const crossings = new Crossings(line)
  return {
    judge: (tracks) =>
      crossings
        .note(tracks)
        .filter(({ towards }) => direction === 'any' || direction === towards)
        .map(({ track, towards }) => ({
          subject: subjectOf(track),
          strength: 'moment',
          tracks: [track],
          direction: towards,
        })),
  }
}
