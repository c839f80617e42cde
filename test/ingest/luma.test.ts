import { expect, it } from 'vitest'
import { LumaShrinker } from '../../src/ingest/luma.ts'

it.each([
  [640, 360, 213, 120],
  [704, 576, 234, 192],
  [1280, 720, 256, 144],
  [178, 100, 178, 100],
  [3840, 2160, 256, 144],
])('shrinks %i×%i to %i×%i by the mean of two lines of each block', (width, height, columns, rows) => {
  const side = Math.ceil(width / 256)
  const pixels = new Uint8Array((width * height * 3) / 2).map((_, i) => (i * 7 + (i >> 8)) & 255)
  const luma = new LumaShrinker().shrink(pixels, width, height)
  expect([luma.width, luma.height]).toEqual([columns, rows])
  for (const [x, y] of [
    [0, 0],
    [columns - 1, rows - 1],
    [columns >> 1, rows >> 2],
  ]) {
    const lines = side === 1 ? [0] : [0, (side + 1) >> 1]
    let sum = 0
    for (const dy of lines)
      for (let dx = 0; dx < side; dx++) sum += pixels[(y * side + dy) * width + x * side + dx]
    expect(Math.abs(luma.pixels[y * columns + x] - sum / (side * lines.length))).toBeLessThanOrEqual(1)
  }
})

it('keeps the extremes', () => {
  const shrinker = new LumaShrinker()
  const white = shrinker.shrink(new Uint8Array(640 * 360 * 1.5).fill(255), 640, 360)
  expect(white.pixels.every((value) => value === 255)).toBe(true)
  const black = shrinker.shrink(new Uint8Array(640 * 360 * 1.5), 640, 360)
  expect(black.pixels.every((value) => value === 0)).toBe(true)
})
