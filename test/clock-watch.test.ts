import { pino } from 'pino'
import { expect, it } from 'vitest'
import { ClockWatch } from '../src/clock-watch.ts'

/** A watch over one camera, all that it tells, and what it logs. */
function watched() {
  const logged: string[] = []
  const told: unknown[] = []
  let offset: number | undefined
  const log = pino({ level: 'info' }, { write: (line: string) => logged.push(JSON.parse(line).msg) })
  const watch = new ClockWatch({
    offsets: () => [['yard', offset]],
    tell: (camera) => told.push(watch.of(camera)),
    log,
  })
  const look = (offsetMs: number | undefined) => {
    offset = offsetMs
    watch.look()
  }
  return { logged, told, look, watch }
}

it('tells of a clock once it is known, and again where it has changed by a second', () => {
  const { told, logged, look } = watched()
  for (const offsetMs of [undefined, 120.4, 900, -700, 1_200, 1_100]) look(offsetMs)
  expect(told).toEqual([{ clockOffsetMs: 120 }, { clockOffsetMs: 1_200 }])
  expect(logged).toEqual([])
})

it('says so where a clock is off by more than 5 s, until it is off by less than 4 s', () => {
  const { told, logged, look } = watched()
  for (const offsetMs of [-4_900, -5_100, -4_500, -3_900]) look(offsetMs)
  expect(told).toEqual([
    { clockOffsetMs: -4_900 },
    { clockOffsetMs: -5_100, clockWrong: true },
    { clockOffsetMs: -3_900 },
  ])
  expect(logged).toEqual(['the clock of this camera is wrong', 'the clock of this camera is right again'])
})

it('knows nothing of a camera that is watched no more, or whose clock says nothing any more, and tells so once', () => {
  const { watch, told, look } = watched()
  look(9_000)
  expect(watch.of('yard')).toEqual({ clockOffsetMs: 9_000, clockWrong: true })
  look(undefined)
  look(undefined)
  expect(watch.of('yard')).toBeUndefined()
  expect(told).toEqual([{ clockOffsetMs: 9_000, clockWrong: true }, undefined])
})
