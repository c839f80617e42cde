/** Many have gone over the line, or are behind it. */
import type { CountingRule } from '../../domain/rule.ts'
import { dayAt, oncePerMinute } from '../../domain/schedule.ts'
import type { Line } from '../../domain/zone.ts'
import { Crossings } from '../crossings.ts'
import type { Claim, Judge } from '../judge.ts'

type Parameters = Pick<CountingRule, 'inside' | 'what' | 'count' | 'hysteresis' | 'resetAt' | 'timeZone'>

/**
 * `in` and `out`: the moment in which the number of those who went over the line that way since the reset reaches `count`,
 * once a day. `occupancy`: holds while at least `count` more came in than went out, and goes on until they are fewer than
 * `count - hysteresis`. Raising `count` allows more; raising `hysteresis` keeps a number that hovers from raising alert
 * after alert; a later `resetAt` begins the day later. Numbers go on after a gap in the pictures, without what happened
 * meanwhile. How many are in view in a zone is `crowding`.
 */
export function counting(rule: Parameters, line: Line): Judge {
  const dayOf = oncePerMinute(dayAt(rule.timeZone, rule.resetAt))
  let day: number | undefined
  let total = 0
  let crossings = new Crossings(line)
  return {
    judge(tracks, time) {
      if (dayOf(time) !== day) total = 0
      day = dayOf(time)
      const before = total
      const crossed = crossings.note(tracks)
      for (const { towards } of crossed) total = counted(rule, total, towards === rule.inside)
      const strength = strengthOf(rule, before, total)
      return strength
        ? [{ subject: 'line', strength, tracks: crossed.map(({ track }) => track), count: total }]
        : []
    },
    afterGap() {
      crossings = new Crossings(line)
      return this
    },
  }
}

function counted({ what }: Parameters, total: number, isIn: boolean): number {
  if (what !== 'occupancy') return isIn === (what === 'in') ? total + 1 : total
  return Math.max(0, total + (isIn ? 1 : -1))
}

function strengthOf(
  { what, count, hysteresis }: Parameters,
  before: number,
  total: number,
): Claim['strength'] | undefined {
  if (what !== 'occupancy') return before < count && total >= count ? 'moment' : undefined
  if (total >= count) return 'begin'
  return total >= Math.max(1, count - hysteresis) ? 'keep' : undefined
}
