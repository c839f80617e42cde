/** A rule is armed by the calendar of its own time zone. */
import { expect, it } from 'vitest'
import { armedAt, dayAt, oncePerMinute, type Weekday, weekdays } from '../../src/domain/schedule.ts'

const nights = (days: readonly Weekday[], timeZone = 'Asia/Shanghai') =>
  armedAt({ timeZone, days, hours: [{ from: 22 * 60, to: 6 * 60 }] })

/** Shanghai is eight hours ahead of UTC all year. */
const shanghai = (iso: string) => Date.parse(`${iso}+08:00`)

it('is always armed without a schedule', () => {
  expect(armedAt(undefined)(0)).toBe(true)
})

it('lets a night that begins on Friday end on Saturday morning', () => {
  const armed = nights(['fri'])
  expect(armed(shanghai('2026-11-20T21:59:59'))).toBe(false)
  expect(armed(shanghai('2026-11-20T22:00:00'))).toBe(true)
  expect(armed(shanghai('2026-11-21T05:59:59'))).toBe(true)
  expect(armed(shanghai('2026-11-21T06:00:00'))).toBe(false)
  expect(armed(shanghai('2026-11-21T23:00:00'))).toBe(false)
})

it('lets the night of Sunday run into Monday', () => {
  expect(nights(['sun'])(shanghai('2026-11-23T03:00:00'))).toBe(true)
  expect(nights(['mon'])(shanghai('2026-11-23T03:00:00'))).toBe(false)
})

it('is armed all day from 00:00 to 24:00', () => {
  const armed = armedAt({ timeZone: 'Asia/Shanghai', days: ['mon'], hours: [{ from: 0, to: 1_440 }] })
  expect(armed(shanghai('2026-11-23T00:00:00'))).toBe(true)
  expect(armed(shanghai('2026-11-23T23:59:59'))).toBe(true)
  expect(armed(shanghai('2026-11-24T00:00:00'))).toBe(false)
})

it('follows the wall clock where it is put forward', () => {
  const armed = nights([...weekdays], 'Europe/Berlin')
  // 29 March 2026: 02:00 becomes 03:00, so that six o'clock comes at 04:00 UTC instead of 05:00.
  expect(armed(Date.parse('2026-03-28T04:59:00Z'))).toBe(true)
  expect(armed(Date.parse('2026-03-29T03:59:00Z'))).toBe(true)
  expect(armed(Date.parse('2026-03-29T04:00:00Z'))).toBe(false)
})

it('refuses a time zone that does not exist', () => {
  expect(() => nights(['mon'], 'Asia/Atlantis')).toThrow(RangeError)
})

it('tells days apart at the hour at which they begin, by the clock of the zone', () => {
  const day = dayAt('Asia/Shanghai', 4 * 60)
  const monday = day(shanghai('2026-11-23T04:00:00'))
  expect(day(shanghai('2026-11-24T03:59:59'))).toBe(monday)
  expect(day(shanghai('2026-11-23T03:59:59'))).toBe(monday - 1)
  expect(day(shanghai('2026-11-24T04:00:00'))).toBe(monday + 1)
  expect(day(shanghai('2026-12-01T03:00:00'))).toBe(monday + 7)
  // 29 March 2026 has 23 hours: four o'clock comes three hours after midnight.
  const berlin = dayAt('Europe/Berlin', 4 * 60)
  expect(berlin(Date.parse('2026-03-29T01:59:00Z')) + 1).toBe(berlin(Date.parse('2026-03-29T02:00:00Z')))
})

it('asks once a minute, also where time goes back', () => {
  const asked: number[] = []
  const answer = oncePerMinute((time) => asked.push(time))
  expect([60_000, 119_999, 120_000, 60_001].map(answer)).toEqual([1, 1, 2, 3])
  expect(asked).toEqual([60_000, 120_000, 60_001])
})
