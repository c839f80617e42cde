/** What waits for the beat is done together, each once, and what is added meanwhile with the next one. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { atNextBeat, beatMs } from '../../src/kit/beat.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

it('does what waits together, a beat after the first', () => {
  const done: string[] = []
  atNextBeat(() => {
    done.push('a')
    atNextBeat(() => done.push('later'))
  })
  vi.advanceTimersByTime(beatMs - 1)
  atNextBeat(() => done.push('b'))
  expect(done).toEqual([])
  vi.advanceTimersByTime(1)
  expect(done).toEqual(['a', 'b'])
  vi.advanceTimersByTime(beatMs)
  expect(done).toEqual(['a', 'b', 'later'])
  vi.advanceTimersByTime(10 * beatMs)
  expect(done).toHaveLength(3)
})
