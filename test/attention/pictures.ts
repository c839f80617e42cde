/** Small grey pictures drawn for attention's tests. */

import { seeded } from '../../scripts/eval/planted.ts'
import type { Luma } from '../../src/domain/luma.ts'

export const width = 256
export const height = 144

/** A yard: a textured ground, a darker wall, a bright door. `light` is added, the picture shifted by `shake` pixels to the left. */
export function yard({ noise = 0, light = 0, gain = 1, shake = 0, seed = 1 } = {}): Luma {
  const random = seeded(seed)
  const pixels = new Uint8Array(width * height)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const level = yardAt(x + shake, y) * gain + light + (random() - 0.5) * 2 * noise
      pixels[y * width + x] = Math.min(255, Math.max(0, Math.round(level)))
    }
  }
  return { width, height, pixels }
}

function yardAt(x: number, y: number): number {
  if (y < 50) return x > 180 && x < 200 && y > 20 ? 170 : 60 + 10 * Math.sin(x / 9)
  return 110 + 14 * Math.sin(x / 5) * Math.cos(y / 7)
}

/** Draws a filled rectangle, pixels; what lies outside is left out. */
export function draw(
  luma: Luma,
  { x, y, w, h, level = 230 }: { x: number; y: number; w: number; h: number; level?: number },
): Luma {
  for (let row = Math.max(0, y); row < Math.min(luma.height, y + h); row++) {
    for (let column = Math.max(0, x); column < Math.min(luma.width, x + w); column++) {
      luma.pixels[row * luma.width + column] = level
    }
  }
  return luma
}
