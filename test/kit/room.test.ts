import { expect, it } from 'vitest'
import { Room } from '../../src/kit/room.ts'

it('lets in what fits, and changes nothing for what does not', () => {
  const room = new Room(10)
  expect(room.enter(6)).toBe(true)
  expect(room.enter(5)).toBe(false)
  expect(room.used).toBe(6)
  expect(room.enter(4)).toBe(true)
  room.leave(6)
  expect(room.enter(5)).toBe(true)
  expect(room.used).toBe(9)
})

it('is never emptier than empty', () => {
  const room = new Room(10)
  room.leave(5)
  expect(room.used).toBe(0)
})
