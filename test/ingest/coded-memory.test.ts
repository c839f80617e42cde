/** Slabs that are used again: what is kept is never written over, and memory does not grow with the stream. */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { CodedMemory, type Kept } from '../../src/ingest/coded-memory.ts'

const kilobyte = 1_024
const filled = (bytes: number, value: number) => new Uint8Array(bytes).fill(value)

it('keeps a copy of whatever size, untouched until it is given back', () => {
  const sizes = fc.oneof(
    fc.integer({ min: 0, max: 3_000 }),
    fc.integer({ min: 30 * kilobyte, max: 400 * kilobyte }),
  )
  const step = fc.record({ bytes: sizes, gives: fc.integer({ min: 0, max: 4 }) })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 150 }), (steps) => {
      const memory = new CodedMemory()
      const held: { kept: Kept; bytes: number; value: number }[] = []
      for (const [n, { bytes, gives }] of steps.entries()) {
        const value = (n % 250) + 1
        held.push({ kept: memory.keep(filled(bytes, value)), bytes, value })
        for (const { kept } of held.splice(0, Math.min(gives, held.length - 1))) memory.give(kept)
      }
      for (const { kept, bytes, value } of held) {
        expect(kept.bytes.length).toBe(bytes)
        expect(kept.bytes.every((byte) => byte === value)).toBe(true)
      }
    }),
    { numRuns: 60 },
  )
})

it('takes the memory of pictures that are gone for those that come', () => {
  const memory = new CodedMemory()
  const held: Kept[] = []
  const taken = new Set<ArrayBufferLike>()
  for (let n = 0; n < 5_000; n++) {
    const kept = memory.keep(filled(n % 50 === 0 ? 50 * kilobyte : 3 * kilobyte, n % 250))
    taken.add(kept.bytes.buffer)
    held.push(kept)
    if (held.length > 100) memory.give(held.shift()!)
  }
  // Two groups of pictures are 400 kB, in slabs of 128 kB.
  expect(memory.bytes).toBeLessThan(1_000 * kilobyte)
  expect(taken.size).toBeLessThan(10)
})

it('writes over nothing that somebody may still be sending, and over it afterwards', () => {
  let idle = false
  const memory = new CodedMemory(() => idle)
  const sent = memory.keep(filled(40 * kilobyte, 1))
  memory.give(sent)
  for (let n = 0; n < 10; n++) memory.give(memory.keep(filled(40 * kilobyte, 2)))
  expect(sent.bytes.every((byte) => byte === 1)).toBe(true)
  idle = true
  for (let n = 0; n < 10; n++) memory.keep(filled(40 * kilobyte, 3))
  expect(sent.bytes.every((byte) => byte === 1)).toBe(false)
})

it('lets slabs go that are too small for what the camera sends by now, and those that are too many', () => {
  const memory = new CodedMemory()
  const first = Array.from({ length: 20 }, () => memory.keep(filled(30 * kilobyte, 1)))
  memory.give(memory.keep(filled(300 * kilobyte, 2)))
  for (const kept of first) memory.give(kept)
  memory.give(memory.keep(filled(300 * kilobyte, 2)))
  expect(memory.bytes).toBeLessThanOrEqual(3 * 1_024 * kilobyte)
  const many = Array.from({ length: 30 }, () => memory.keep(filled(300 * kilobyte, 3)))
  const most = memory.bytes
  for (const kept of many) memory.give(kept)
  expect(memory.bytes).toBeLessThan(most / 3)
})

it('finds room for a picture larger than any before, whatever slabs wait to be used again', () => {
  const memory = new CodedMemory()
  const small = Array.from({ length: 3 }, () => memory.keep(filled(30 * kilobyte, 1)))
  for (const one of small.slice(0, 2)) memory.give(one)
  expect(memory.keep(filled(65 * kilobyte, 7)).bytes).toEqual(filled(65 * kilobyte, 7))
})
