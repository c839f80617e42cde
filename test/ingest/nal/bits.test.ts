/** The bit reader against what a plain writer of the same codes writes, emulation prevention included. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { BitReader } from '../../../src/ingest/nal/bits.ts'

/** Exp-Golomb by its definition: as many zeros as the binary form of value + 1 has bits behind its first. */
function exponential(value: number): string {
  const binary = (value + 1).toString(2)
  return '0'.repeat(binary.length - 1) + binary
}

/** Bytes of a string of bits, a 03 put in wherever two zero bytes are followed by 0..3. */
function escaped(bits: string): Uint8Array {
  const out: number[] = []
  for (let at = 0; at < bits.length; at += 8) {
    const byte = Number.parseInt(bits.slice(at, at + 8).padEnd(8, '1'), 2)
    if (byte <= 3 && out.at(-1) === 0 && out.at(-2) === 0) out.push(3)
    out.push(byte)
  }
  return Uint8Array.from(out)
}

test('numbers come back as they were written, also through runs of zeros that had to be escaped', () => {
  const number = fc.oneof(fc.nat(70), fc.nat(2 ** 31 - 2), fc.constant(2 ** 24 - 1))
  fc.assert(
    fc.property(fc.array(fc.tuple(number, fc.nat(40))), (numbers) => {
      const bits = numbers.map(([value, zeros]) => `${exponential(value)}${'0'.repeat(zeros)}`).join('')
      const reader = new BitReader().begin(escaped(bits), 0)
      for (const [value, zeros] of numbers) {
        expect(reader.unsigned()).toBe(value)
        expect(reader.bits(Math.min(32, zeros))).toBe(0)
        reader.skip(zeros - Math.min(32, zeros))
      }
      expect(reader.ok).toBe(true)
    }),
  )
})

test('signed numbers alternate in sign, the positive first', () => {
  const reader = new BitReader().begin(escaped([0, 1, 2, 3, 4].map(exponential).join('')), 0)
  expect([0, 1, 2, 3, 4].map(() => reader.signed())).toEqual([0, 1, -1, 2, -2])
})

test('what stands behind the end reads as zero, and the reader says so', () => {
  const reader = new BitReader().begin(Uint8Array.of(0xff, 0x80), 1)
  expect(reader.bits(8)).toBe(0x80)
  expect(reader.ok).toBe(true)
  expect(reader.bits(3)).toBe(0)
  expect(reader.ok).toBe(false)
})

test('a number above its bound is refused', () => {
  const reader = new BitReader().begin(escaped(exponential(32)), 0)
  expect(reader.atMost(31)).toBe(0)
  expect(reader.ok).toBe(false)
})

test('more zeros than any number has end the reading', () => {
  const reader = new BitReader().begin(escaped('0'.repeat(80)), 0)
  expect(reader.unsigned()).toBe(0)
  expect(reader.ok).toBe(false)
})
