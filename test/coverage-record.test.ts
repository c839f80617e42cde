/** Each minute from the book to the store and to the centre, with a real store. */
import { afterEach, expect, it, vi } from 'vitest'
import { CoverageBook } from '../src/coverage-book.ts'
import { CoverageRecord, type CoverageRecordOptions } from '../src/coverage-record.ts'
import type { Covered } from '../src/domain/coverage.ts'
import { startStore, temporaryFolder } from './store/opened.ts'
import { readableLog } from './store/samples.ts'

const minuteMs = 60_000
const noon = Date.UTC(2026, 5, 1, 12)

afterEach(() => vi.useRealTimers())

/** A record on a clock that the test moves. */
async function recording(store: CoverageRecordOptions['store'], begin = noon) {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  const clock = { now: begin }
  const told: [string, Covered][] = []
  const book = new CoverageBook()
  const { log, lines } = readableLog()
  const tell = (camera: string, hour: Covered) => told.push([camera, hour])
  const record = new CoverageRecord({ book, store, tell, log, now: () => clock.now })
  await record.start()
  /** So many minutes pass; `live` is looked at. */
  const pass = async (minutes: number, live: readonly string[]) => {
    for (let i = 0; i < minutes * 6; i++) {
      for (const camera of live) book.of(camera, clock.now).watched(clock.now)
      clock.now += 10_000
      await vi.advanceTimersByTimeAsync(10_000)
      // The store answers in its own time: the next minute begins when the record waits for it.
      while (vi.getTimerCount() === 0) await new Promise(setImmediate)
    }
  }
  return { record, book, told, lines, clock, pass }
}

it('writes each minute of each camera down once, and tells how the last hour was', async () => {
  const { store } = await startStore(temporaryFolder())
  const saves = vi.spyOn(store, 'saveCoverage')
  const { record, book, told, pass } = await recording(store)
  book.of('yard', noon).state('live', noon)
  book.of('gate', noon).state('auth_failed', noon)
  await pass(4, ['yard'])
  await record.stop()
  const rows = await store.coverageBetween(noon, noon + 10 * minuteMs)
  expect(rows.map(({ camera, minute, coverage }) => [camera, (minute - noon) / minuteMs, coverage])).toEqual([
    ['gate', 0, 0],
    ['yard', 0, 1],
    ['gate', 1, 0],
    ['yard', 1, 1],
    ['gate', 2, 0],
    ['yard', 2, 1],
  ])
  expect(saves).toHaveBeenCalledTimes(3)
  expect(told.slice(-2)).toEqual([
    ['yard', { coverage: 1, fps: 0, gaps: {} }],
    ['gate', { coverage: 0, fps: 0, gaps: { auth_failed: 3 * minuteMs } }],
  ])
})

it('remembers the last hour over a restart, and what was missed in between', async () => {
  const { store } = await startStore(temporaryFolder())
  const before = { camera: 'yard', coverage: 1, fps: 0, gaps: {} }
  await store.saveCoverage([
    { ...before, minute: noon - 90 * minuteMs },
    { ...before, minute: noon - 10 * minuteMs },
  ])
  const reads = vi.spyOn(store, 'coverageBetween')
  const { record, book, told, pass } = await recording(store)
  expect(reads).toHaveBeenCalledExactlyOnceWith(noon - 60 * minuteMs, noon)
  book.of('yard', noon).state('live', noon)
  await pass(3, ['yard'])
  await record.stop()
  expect(told.at(-1)).toEqual(['yard', { coverage: 3 / 12, fps: 0, gaps: { stopped: 9 * minuteMs } }])
})

it('goes on and says so while the store neither reads nor writes', async () => {
  const broken = () => Promise.reject(new Error('disk I/O error'))
  const { record, book, told, lines, pass } = await recording({
    coverageBetween: broken,
    saveCoverage: broken,
  })
  book.of('yard', noon).state('live', noon)
  await pass(4, ['yard'])
  await record.stop()
  expect(told).toHaveLength(3)
  expect(lines.filter((line) => line.includes('disk I/O error'))).toHaveLength(4)
})

it('stops at once in the middle of a minute', async () => {
  const { store } = await startStore(temporaryFolder())
  const { record } = await recording(store)
  await record.stop()
  expect(vi.getTimerCount()).toBe(0)
})
