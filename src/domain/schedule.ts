/** Days and hours, in a time zone, at which a rule is armed. */

export const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const
export type Weekday = (typeof weekdays)[number]

export interface Schedule {
  /** IANA name, `Asia/Shanghai`. */
  readonly timeZone: string
  /** Days on which a span may begin. */
  readonly days: readonly Weekday[]
  /** Minutes after local midnight. A span whose `to` is not after its `from` runs into the next day. */
  readonly hours: readonly { readonly from: number; readonly to: number }[]
}

/** Weekday (0 = Monday) and minute of the day in a zone. Throws RangeError for an unknown zone. */
function localClock(timeZone: string): (time: number) => { day: number; minute: number } {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  })
  return (time) => {
    const parts = new Map(format.formatToParts(time).map((part) => [part.type, part.value]))
    const day = weekdays.indexOf((parts.get('weekday') ?? '').toLowerCase() as Weekday)
    return { day, minute: Number(parts.get('hour')) * 60 + Number(parts.get('minute')) }
  }
}

/**
 * Compiles a schedule to the question "armed at `time` (epoch ms)?". No schedule means always.
 * Compiled once per rule, because building the zone's calendar costs a thousand times more than asking it.
 */
export function armedAt(schedule: Schedule | undefined): (time: number) => boolean {
  if (!schedule) return () => true
  const local = localClock(schedule.timeZone)
  const begins = (day: number) => schedule.days.includes(weekdays[(day + 7) % 7])
  return (time) => {
    const { day, minute } = local(time)
    return schedule.hours.some(({ from, to }) =>
      to > from
        ? begins(day) && minute >= from && minute < to
        : (begins(day) && minute >= from) || (begins(day - 1) && minute < to),
    )
  }
}
