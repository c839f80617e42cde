import { expect, it } from 'vitest'
import { Latest } from '../../src/kit/latest.ts'

it('hands over the newest value and counts those that nobody took', async () => {
  const slot = new Latest<number>()
  slot.put(1)
  slot.put(2)
  slot.put(3)
  const reader = slot[Symbol.asyncIterator]()
  expect((await reader.next()).value).toBe(3)
  expect(slot.replaced).toBe(2)
})

it('wakes a reader that waits', async () => {
  const slot = new Latest<string>()
  const next = slot[Symbol.asyncIterator]().next()
  slot.put('frame')
  expect(await next).toEqual({ done: false, value: 'frame' })
})

it('ends the iteration when closed, also for a reader that waits', async () => {
  const slot = new Latest<number>()
  const next = slot[Symbol.asyncIterator]().next()
  slot.close()
  slot.put(1)
  expect((await next).done).toBe(true)
})

it('lets a newer value take over something of the one that it replaces', async () => {
  const slot = new Latest<number>({ succeed: (newer, older) => newer + older })
  for (const value of [1, 10, 100]) slot.put(value)
  const reader = slot[Symbol.asyncIterator]()
  expect((await reader.next()).value).toBe(111)
  slot.put(1_000)
  expect((await reader.next()).value).toBe(1_000)
})

it('gives what was kept first, in order, and then the newest', async () => {
  const dropped: number[] = []
  const slot = new Latest<number>({ maxKept: 2, onDropped: (value) => dropped.push(value) })
  for (const value of [1, 2, 3]) slot.keep(value)
  for (const value of [10, 11]) slot.put(value)
  const reader = slot[Symbol.asyncIterator]()
  const taken = [await reader.next(), await reader.next(), await reader.next()].map(({ value }) => value)
  expect(taken).toEqual([2, 3, 11])
  expect(dropped).toEqual([1, 10])
  expect(slot.replaced).toBe(2)
})

it('keeps the order in which values came where one waits already', () => {
  const dropped: number[] = []
  const slot = new Latest<number>({ maxKept: 3, onDropped: (value) => dropped.push(value) })
  slot.put(1)
  slot.keep(2)
  slot.put(3)
  slot.put(4)
  expect([slot.take(), slot.take(), slot.take(), slot.take()]).toEqual([1, 2, 4, undefined])
  for (const value of [5, 6, 7]) slot.keep(value)
  slot.put(8)
  slot.keep(9)
  expect([slot.take(), slot.take(), slot.take(), slot.take()]).toEqual([7, 8, 9, undefined])
  expect(dropped).toEqual([3, 5, 6])
  expect(slot.replaced).toBe(3)
})

it('drops what waits when it is closed, and what comes afterwards', () => {
  const dropped: number[] = []
  const slot = new Latest<number>({ maxKept: 2, onDropped: (value) => dropped.push(value) })
  slot.keep(1)
  slot.put(2)
  slot.close()
  slot.keep(3)
  slot.put(4)
  expect(dropped).toEqual([1, 2, 3, 4])
})
