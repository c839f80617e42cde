/** How the light of the whole picture changed against what was expected: auto exposure, a lamp, infra-red. */

/** A change of the light that is too small to matter, grey levels: the background follows by itself. */
const least = 2
/** A pixel this far from what was expected disagrees, grey levels. */
const disagreement = 8
/** What is left of the contrast, less 1: less than this is no light. */
const leastSlope = -0.8
/** Fewer samples than this say nothing about their half of the brightness. */
const leastSamples = 32

/**
 * Fits `now = a * before + b` robustly: one median of the differences for the dark half of the picture, one for the bright.
 * Things that move do not disturb it while they cover less than half of either.
 */
export class Light {
  /** What a pixel that was 0..255 should be now. */
  readonly expected = new Uint8Array(256)
  /** Is `expected` anything but the identity? */
  changed = false
  readonly #dark = new Uint16Array(511)
  readonly #bright = new Uint16Array(511)

  constructor() {
    this.#identity()
  }

  /** Compares samples, both 0..255; the first `count` of each array are read. */
  fit(before: Uint8Array, now: Uint8Array, count: number): void {
    if (this.changed) this.#identity()
    let sum = 0
    for (let i = 0; i < count; i++) sum += before[i]
    const split = sum / Math.max(1, count)
    const [dark, bright] = [this.#dark, this.#bright]
    dark.fill(0)
    bright.fill(0)
    const size = [0, 0]
    const total = [0, 0]
    for (let i = 0; i < count; i++) {
      const half = before[i] < split ? 0 : 1
      ;(half ? bright : dark)[now[i] - before[i] + 255]++
      size[half]++
      total[half] += before[i]
    }
    if (size[0] < leastSamples || size[1] < leastSamples) return
    const low = median(dark, size[0])
    const high = median(bright, size[1])
    if (Math.max(Math.abs(low), Math.abs(high)) <= least) return
    const [darkMean, brightMean] = [total[0] / size[0], total[1] / size[1]]
    const slope = (high - low) / (brightMean - darkMean)
    // No light turns a picture into its negative: that is another view.
    if (slope <= leastSlope) return
    this.#line(low, slope, darkMean)
    if (!this.#explains(before, now, count)) this.#identity()
  }

  #identity(): void {
    this.changed = false
    for (let level = 0; level < 256; level++) this.expected[level] = level
  }

  #line(shift: number, slope: number, from: number): void {
    this.changed = true
    for (let level = 0; level < 256; level++) {
      this.expected[level] = Math.min(255, Math.max(0, Math.round(level + shift + slope * (level - from))))
    }
  }

  /** Do far more samples agree with it than without it? */
  #explains(before: Uint8Array, now: Uint8Array, count: number): boolean {
    let without = 0
    let within = 0
    for (let i = 0; i < count; i++) {
      if (Math.abs(now[i] - before[i]) > disagreement) without++
      if (Math.abs(now[i] - this.expected[before[i]]) > disagreement) within++
    }
    return within <= without / 2
  }
}

/** The value below which half of the counted differences lie. */
function median(counts: Uint16Array, size: number): number {
  let seen = 0
  let at = 0
  for (; at < counts.length - 1; at++) {
    seen += counts[at]
    if (seen * 2 >= size) break
  }
  return at - 255
}
