/** What is wrong with a box is told once it lasts, is over once it is well, and does not flap in between. */
import { expect, it } from 'vitest'
import type { BoxReadings } from '../../src/domain/degradation.ts'
import { DegradationCourse } from '../../src/health/degradation.ts'

const well: BoxReadings = { temperatureC: 50, freeBytes: 50 * 2 ** 30, synchronised: true, strain: 0.1 }

/** Seconds and reasons where these changed, at a reading every ten seconds. */
function course(seconds: number, show: (second: number) => Partial<BoxReadings>): string[] {
  const noted = new DegradationCourse()
  const told: string[] = []
  let last = ''
  for (let second = 0; second <= seconds; second += 10) {
    const now = noted.note({ ...well, ...show(second) }, second * 1_000).join(' ')
    if (now !== last) told.push(`${second} ${now}`)
    last = now
  }
  return told
}

it('says nothing of a box that is well, or of what it does not know', () => {
  expect(course(1_200, () => ({}))).toEqual([])
  const silent = new DegradationCourse()
  for (let n = 0; n < 200; n++) expect(silent.note({ strain: 0 }, n * 10_000)).toEqual([])
})

it.each([
  ['hot', { temperatureC: 85 }, 60, 120],
  ['disk', { freeBytes: 2 ** 30 - 1 }, 30, 60],
  ['clock', { steppedMs: -5_000 }, 0, 60],
  ['overload', { strain: 0.95 }, 180, 120],
] as const)('tells %s after its time, and that it is over after another', (reason, bad, afterS, overS) => {
  const told = course(1_200, (second) => (second >= 100 && second < 600 ? bad : {}))
  expect(told).toEqual([`${100 + afterS} ${reason}`, `${600 + overS} `])
})

it('does not flap where it hovers, nor tells what passes', () => {
  const hover = (second: number) => ({ temperatureC: second < 200 || second % 20 ? 86 : 79 })
  expect(course(1_200, hover)).toEqual(['60 hot'])
  expect(course(1_200, (second) => ({ temperatureC: second % 60 < 40 ? 90 : 84 }))).toEqual([])
  expect(course(1_200, (second) => ({ strain: second % 180 < 170 ? 1 : 0.8 }))).toEqual([])
})

it('waits ten minutes for a clock that is not yet right', () => {
  expect(course(1_200, () => ({ synchronised: false }))).toEqual(['600 clock'])
  expect(course(1_200, (second) => ({ synchronised: second % 300 === 0 }))).toEqual([])
})

it('tells several at once, in one order', () => {
  expect(course(300, () => ({ strain: 1, temperatureC: 99, freeBytes: 0 }))).toEqual([
    '30 disk',
    '60 hot disk',
    '180 hot disk overload',
  ])
})

it('keeps what it told while nothing is known any more', () => {
  const lost = course(
    600,
    (second) => ({ temperatureC: second < 100 ? 90 : undefined }) as Partial<BoxReadings>,
  )
  expect(lost).toEqual(['60 hot'])
})
