/** Days and hours in a time zone: when a rule is armed, and which day it is. */

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

interface LocalTime {
  /** Days since 1970 on the local calendar. */
  readonly date: number
  /** 0 = Monday. */
  readonly day: number
  /** After midnight. */
  readonly minute: number
}

/** Date, weekday and minute of the day in a zone. Throws RangeError for an unknown zone. */
function localClock(timeZone: string): (time: number) => LocalTime {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  })
  return (time) => {
    const parts = new Map(format.formatToParts(time).map((part) => [part.type, part.value]))
    const day = weekdays.indexOf((parts.get('weekday') ?? '').toLowerCase() as Weekday)
    const [year, month, date, hour, minute] = (['year', 'month', 'day', 'hour', 'minute'] as const).map(
      (part) => Number(parts.get(part)),
    )
    return { date: Date.UTC(year, month - 1, date) / 86_400_000, day, minute: hour * 60 + minute }
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

/**
 * Compiles "which day is it at `time` (epoch ms)?", where a day begins `from` minutes after local midnight. The answers are
 * good for comparing. Throws RangeError for an unknown zone.
 */
export function dayAt(timeZone: string, from: number): (time: number) => number {
  const local = localClock(timeZone)
  return (time) => {
    const { date, minute } = local(time)
    return minute < from ? date - 1 : date
  }
}

/** Asks once a minute: the calendar knows nothing finer here, and a rule is asked in every frame. */
export function oncePerMinute<Answer>(ask: (time: number) => Answer): (time: number) => Answer {
  let known: { readonly minute: number; readonly answer: Answer } | undefined
  return (time) => {
    const minute = Math.floor(time / 60_000)
    if (known?.minute !== minute) known = { minute, answer: ask(time) }
    return known.answer
  }
}
