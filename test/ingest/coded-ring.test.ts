import { expect, it } from 'vitest'
import type { CodedPicture } from '../../src/domain/coded-picture.ts'
import { CodedRing } from '../../src/ingest/coded-ring.ts'

/** One picture each 100 ms, a key picture each `gop`. */
function fill(ring: CodedRing, count: number, gop: number, bytes = 1_000): void {
  for (let i = 0; i < count; i++) {
    const picture: CodedPicture = {
      ...{ codec: 'h264', key: i % gop === 0, reference: true, sliceBytes: bytes, qp: undefined },
      ...{ bytes: new Uint8Array(bytes), timeMs: i * 100, arrivedAt: i * 100, afterLoss: false },
    }
    ring.add(picture, i * 100)
  }
}

const numbers = (ring: CodedRing, from: number, to: number) =>
  [...ring.between(from, to)].map(({ number }) => number)

it('finds pictures by their number and the key picture each depends on', () => {
  const ring = new CodedRing()
  fill(ring, 25, 10)
  expect(ring.at(13)?.picture.timeMs).toBe(1_300)
  expect(ring.keyBefore(19)?.number).toBe(10)
  expect(ring.keyBefore(20)?.number).toBe(20)
  expect(ring.keyBefore(999)?.number).toBe(20)
  expect(numbers(ring, 18, 21)).toEqual([18, 19, 20, 21])
  expect(ring.newest?.number).toBe(24)
})

it('forgets whole groups of pictures only', () => {
  const ring = new CodedRing()
  fill(ring, 25, 10)
  ring.forgetBefore(19)
  expect(ring.at(9)).toBeUndefined()
  expect(ring.at(10)?.number).toBe(10)
  expect(ring.bytes).toBe(15_000)
  expect(numbers(ring, 0, 999)).toHaveLength(15)
})

it('stays within its bytes by dropping the oldest groups', () => {
  const ring = new CodedRing({ bytes: 22_000, seconds: 60, pictures: 4_096 })
  fill(ring, 1_000, 10)
  expect(ring.bytes).toBeLessThanOrEqual(22_000)
  expect(ring.oldestKey()?.number).toBe(980)
  expect(ring.overflows).toBeGreaterThan(0)
})

it('stays within its number, also of pictures that weigh nothing', () => {
  const ring = new CodedRing({ bytes: 10 ** 9, seconds: 10 ** 6, pictures: 25 })
  fill(ring, 1_000, 10, 0)
  expect(numbers(ring, 0, 999)).toHaveLength(20)
  expect(ring.oldestKey()?.number).toBe(980)
})

it('stays within its seconds', () => {
  const ring = new CodedRing({ bytes: 10 ** 9, seconds: 3, pictures: 4_096 })
  fill(ring, 1_000, 10)
  expect(ring.oldestKey()?.picture.timeMs).toBe(97_000)
})

it('holds but the newest of a group that alone is too large, and takes the next group', () => {
  const ring = new CodedRing({ bytes: 5_000, seconds: 60, pictures: 4_096 })
  fill(ring, 8, 100)
  expect(ring.bytes).toBeLessThanOrEqual(5_000)
  expect(ring.keyBefore(7)).toBeUndefined()
  expect(ring.newest?.number).toBe(7)
  expect(ring.at(7)?.number).toBe(7)
  fill(ring, 3, 100)
  expect(ring.keyBefore(10)?.number).toBe(8)
  expect(numbers(ring, 8, 10)).toEqual([8, 9, 10])
})

it('is empty after a jump and keeps counting', () => {
  const ring = new CodedRing()
  fill(ring, 5, 5)
  ring.clear()
  expect(ring.newest).toBeUndefined()
  expect(ring.bytes).toBe(0)
  fill(ring, 2, 5)
  expect(ring.newest?.number).toBe(6)
})
