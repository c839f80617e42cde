/** Detections made from the annotated boxes with seeded faults: 10 % misses, 5 % false boxes, 3 px of noise on place and size. */
import type { Detection } from '../../src/domain/detection.ts'
import type { Box } from '../../src/domain/geometry.ts'

export const planted = { misses: 0.1, falseBoxes: 0.05, noisePx: 3 }
/** No box gets smaller than this, px. */
const leastSide = 4
const confidence = 0.9

/** Small seeded generator (mulberry32): the same faults in every run. */
export function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** What a detector with these faults would see of a frame. A false box is as large as one of the true ones, anywhere, and as sure. */
export function spoil(
  truths: readonly Box[],
  { width, height }: { readonly width: number; readonly height: number },
  random: () => number,
): Detection[] {
  const noise = (side: number) =>
    (planted.noisePx * Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())) / side
  const seen = truths.filter(() => random() >= planted.misses)
  const boxes = seen.map((box) => {
    const x1 = box.x1 + noise(width)
    const y1 = box.y1 + noise(height)
    const x2 = x1 + Math.max(box.x2 - box.x1 + noise(width), leastSide / width)
    return { x1, y1, x2, y2: y1 + Math.max(box.y2 - box.y1 + noise(height), leastSide / height) }
  })
  for (const { x1, y1, x2, y2 } of truths.filter(() => random() < planted.falseBoxes)) {
    const left = random() * (1 - (x2 - x1))
    const top = random() * (1 - (y2 - y1))
    boxes.push({ x1: left, y1: top, x2: left + x2 - x1, y2: top + y2 - y1 })
  }
  return boxes.map((box) => ({ label: 'person', confidence, box }))
}
