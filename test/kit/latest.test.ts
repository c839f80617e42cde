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
