import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { PixelStore } from '../../src/kit/pixel-store.ts'

describe('the pixel store', () => {
  it('hands out the memory that was given back, wiped', () => {
    const store = new PixelStore(1_000)
    const first = store.take(100).fill(7)
    store.give(first)
    const second = store.take(100)
    expect(second.buffer).toBe(first.buffer)
    expect(second.every((value) => value === 0)).toBe(true)
    expect(store.counts()).toEqual({ taken: 2, reused: 1, dropped: 0, bytes: 0 })
  })

  it('never hands out the same memory twice at a time', () => {
    const store = new PixelStore(1_000)
    store.give(new Uint8Array(100))
    expect(store.take(100).buffer).not.toBe(store.take(100).buffer)
  })

  it('gives up the size that was used longest ago when it is full', () => {
    const store = new PixelStore(250)
    const old = store.take(100)
    store.give(old)
    store.give(new Uint8Array(120))
    store.give(new Uint8Array(120))
    expect(store.counts()).toMatchObject({ dropped: 1, bytes: 240 })
    expect(store.take(100).buffer).not.toBe(old.buffer)
  })

  it('takes no part of a larger memory, nothing that was moved away, and nothing larger than itself', () => {
    const store = new PixelStore(100)
    store.give(new Uint8Array(new ArrayBuffer(80), 0, 40))
    const moved = new Uint8Array(40)
    structuredClone(moved, { transfer: [moved.buffer] })
    store.give(moved)
    store.give(new Uint8Array(101))
    expect(store.counts()).toMatchObject({ bytes: 0, dropped: 1 })
  })

  it('keeps to its limit whatever is taken and given', () => {
    const step = fc.record({ bytes: fc.integer({ min: 1, max: 60 }), give: fc.boolean() })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const store = new PixelStore(200)
        const out: Uint8Array[] = []
        for (const { bytes, give } of steps) {
          if (give) store.give(out.pop() ?? new Uint8Array(bytes))
          else out.push(store.take(bytes))
          expect(store.counts().bytes).toBeLessThanOrEqual(200)
          expect(store.counts().bytes).toBeGreaterThanOrEqual(0)
        }
        expect(new Set(out.map(({ buffer }) => buffer)).size).toBe(out.length)
      }),
    )
  })
})
