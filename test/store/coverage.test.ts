/** Minutes of coverage in the store: saved for all cameras at once, read by hour and by day, gone after their days. */
import { expect, it } from 'vitest'
import type { CoverageMinute } from '../../src/domain/coverage.ts'
import { openRecords, startStore, temporaryFolder } from './opened.ts'
import { dayMs } from './samples.ts'

const minuteMs = 60_000
/** Not older than the days that are kept: the store cleans up when it opens. */
const noon = Math.floor(Date.now() / minuteMs - 60) * minuteMs

function minuteOf(camera: string, index: number, change: Partial<CoverageMinute> = {}): CoverageMinute {
  return { camera, minute: noon + index * minuteMs, coverage: 1, fps: 2.5, gaps: {}, ...change }
}

it('keeps the minutes of all cameras over a restart, and gives those of the time that is asked for', async () => {
  const dir = temporaryFolder()
  const { store } = await startStore(dir)
  const minutes = [0, 1, 2].flatMap((index) => [
    minuteOf('gate', index),
    minuteOf('yard', index, { coverage: 0.5, gaps: { offline: 20_000, overload: 10_000 } }),
  ])
  await store.saveCoverage(minutes)
  await store.stop()
  const again = (await startStore(dir)).store
  expect(await again.coverageBetween(noon, noon + 3 * minuteMs)).toEqual(minutes)
  expect(await again.coverageBetween(noon + minuteMs, noon + 2 * minuteMs)).toEqual(minutes.slice(2, 4))
})

it('gives the gaps of one camera in a day and leaves out what was whole', async () => {
  const { store } = await startStore(temporaryFolder())
  const gap = { coverage: 0, gaps: { stalled: minuteMs } }
  await store.saveCoverage([
    minuteOf('yard', -1, gap),
    minuteOf('yard', 0),
    minuteOf('yard', 1, gap),
    minuteOf('gate', 1, gap),
  ])
  expect(await store.coverageGaps('yard', noon, noon + dayMs)).toEqual([minuteOf('yard', 1, gap)])
})

it('replaces a minute that is lived through twice', async () => {
  const { store } = await startStore(temporaryFolder())
  await store.saveCoverage([minuteOf('yard', 0, { coverage: 0.1, gaps: { silent: 54_000 } })])
  await store.saveCoverage([minuteOf('yard', 0)])
  expect(await store.coverageBetween(noon, noon + 1)).toEqual([minuteOf('yard', 0)])
})

it('deletes minutes after their days, an hour a step', () => {
  const { records, clock } = openRecords(temporaryFolder())
  const minutes = Array.from({ length: 150 }, (_, index) => minuteOf('yard', index))
  records.saveCoverage(minutes)
  clock.now = noon + 7 * dayMs + 140 * minuteMs
  const steps = [...records.retention.run(clock.now)].length
  expect(records.coverageBetween(0, clock.now)).toEqual(minutes.slice(140))
  expect(steps).toBe(3)
})
