/** Small grey pictures of a furnished room with the noise of a camera, and what can befall them. */
import type { Luma } from '../../src/domain/luma.ts'

export const width = 256
export const height = 144

type Pixel = (x: number, y: number) => number

/** Deterministic, 0..1. */
function chance(...numbers: number[]): number {
  let hash = 0
  for (const number of numbers) {
    hash = Math.imul(hash ^ number ^ 0x9e3779b9, 0x85ebca6b)
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35) ^ (hash >>> 16)
  }
  return ((hash ^ (hash >>> 15)) >>> 0) / 2 ** 32
}

/** Bricks of different greys, none of which is like its neighbours. */
const room: Pixel = (x, y) => {
  const row = Math.floor(y / 9)
  const brick = Math.floor((x + row * 5) / 13)
  return 50 + 140 * chance(brick, row)
}

export function picture(second: number, pixel: Pixel = room, noise = 3): Luma {
  const pixels = new Uint8Array(width * height)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      pixels[y * width + x] = pixel(x, y) + noise * (2 * chance(x, y, second) - 1)
    }
  }
  return { width, height, pixels }
}

export const healthy = (second: number) => picture(second)
export const shifted = (dx: number, dy: number) => (second: number) =>
  picture(second, (x, y) => room(x - dx, y - dy))
export const dark = (second: number) => picture(second, () => 18, 1)
export const bright = (second: number) => picture(second, () => 234, 1)
export const dim = (second: number) => picture(second, (x, y) => 20 + 0.5 * room(x, y))
export const elsewhere = (second: number) => picture(second, (x, y) => room(y * 1.7 + 900, x * 0.9 + 400))
/** A hand over most of it. */
export const covered = (second: number) => picture(second, (x, y) => (x < 0.85 * width ? 70 : room(x, y)), 1)
/** A lorry in front of nearly all of it. */
export const passed = (second: number) => picture(second, (x, y) => (x < 0.95 * width ? 90 : room(x, y)))
/** The camera gives the same picture for ever. */
export const frozen = (_: number) => picture(7)
export const greyBelow = (second: number) => {
  const luma = picture(second)
  luma.pixels.fill(128, (height / 2) * width)
  return luma
}
export const smeared = (second: number) => {
  const luma = picture(second)
  const top = (height / 2) * width
  for (let at = top; at < luma.pixels.length; at++) luma.pixels[at] = luma.pixels[at - width]
  return luma
}
export const blurred = (second: number) => picture(second, blur, 1)
/** With its sharpness all noise is gone. */
export const smooth = (_: number) => picture(0, blur, 0)
/** Somebody walks through the room. */
export const visited = (second: number) =>
  picture(second, (x, y) => (Math.abs(x - ((second * 11) % width)) < 14 && y > 50 ? 30 : room(x, y)))
/** The lower left is masked. */
export const masked = (view: (second: number) => Luma) => (second: number) => {
  const luma = view(second)
  for (let y = 40; y < height; y++) luma.pixels.fill(16, y * width, y * width + 130)
  return luma
}

const blur: Pixel = (x, y) => {
  let sum = 0
  for (let dy = -5; dy <= 5; dy++) for (let dx = -5; dx <= 5; dx++) sum += room(x + dx, y + dy)
  return sum / 121
}
/** Where a camera looks that turned somewhere else altogether. */
export const third = (second: number) => picture(second, (x, y) => room(x + 5_000, y + 3_000))

/**
 * Coded so strongly that noise is left in its key pictures alone, of which there is one in two seconds; but a clock is written into it. From
 * second `stops` on it is frozen, and its coding settles.
 */
export const clocked = (stops: number) => (second: number) => {
  const shown = Math.min(second, stops)
  const luma = picture(Math.floor(Math.min(second, stops + 6) / 2), room, 1)
  for (let y = 3; y < 8; y++)
    for (let x = 20; x < 23; x++) luma.pixels[y * width + x] = 150 * chance(x, y, shown)
  return luma
}
/** A sheet of paper right in front: of all greys around that of a decoder that knows nothing. */
export const paper = (second: number) => picture(second, (x) => 124.5 + (9 * x) / width, 0)
/** All is white; a quarter of it still has noise. */
export const glare = (second: number) => {
  const luma = bright(second)
  const noisy = picture(second, () => 240, 12)
  for (let at = 0; at < luma.pixels.length; at++)
    if (at % width < width / 4) luma.pixels[at] = noisy.pixels[at]
  return luma
}
/** A wall of fine things that drifts: a pixel each four seconds, and no further than five. */
export const drifting = (from: number) => (second: number) => {
  const drift = Math.min(5, Math.max(0, Math.floor((second - from) / 4)))
  return picture(second, (x, y) => room(2.4 * (x + drift), 2.4 * (y + drift / 3)))
}
/** A plain wall with one thing on it. */
export const sparse = (dx: number) => (second: number) =>
  picture(second, (x, y) => (Math.abs(x - dx - 100) < 8 && Math.abs(y - 70) < 8 ? 40 : 180))
