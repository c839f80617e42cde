/**
 * Did something come into a region that has changed, or is something gone from it?
 *
 * A thing has edges where it ends, and its place has none once it is gone; so the picture that has more of them along the border of the
 * region shows the thing: what most detectors of abandoned and removed objects go by (survey: E. Luna et al., "Abandoned Object
 * Detection in Video-Surveillance: Survey and Comparison", Sensors 18(12), 2018; contours compared: "Patch-based local histograms and
 * contour estimation for static foreground classification", EURASIP Journal on Image and Video Processing 2015:6).
 */
import type { Luma } from '../domain/luma.ts'
import { type Background, cellSide } from './background.ts'
import type { Blob } from './blobs.ts'

/** Where texture goes on under a change, so much alike, only the light on it has changed. Raising it takes more shadows for things. */
const sameTexture = 0.7
/** Edges below these are noise, squared grey levels per pixel: of texture, and along the border. */
const leastTexture = 30
const leastBorder = 30

interface Sums {
  /** Squared edges along the border of the region, in the picture and in the background, and the pixels there. */
  now: number
  before: number
  border: number
  /** The same inside, and what of them is alike. */
  insideNow: number
  insideBefore: number
  alike: number
  inside: number
}

/**
 * From 1, something came, to -1, something is gone; 0 where no thing is to be seen.
 *
 * @param region per cell: is it part of the region?
 */
export function cameOrWent(luma: Luma, background: Background, region: Uint8Array, blob: Blob): number {
  const { columns, rows } = background
  const sums = { now: 0, before: 0, border: 0, insideNow: 0, insideBefore: 0, alike: 0, inside: 0 }
  const is = (column: number, row: number) =>
    column >= 0 && row >= 0 && column < columns && row < rows && region[row * columns + column] > 0
  for (let row = Math.max(0, blob.top - 1); row < Math.min(rows, blob.bottom + 1); row++) {
    for (let column = Math.max(0, blob.left - 1); column < Math.min(columns, blob.right + 1); column++) {
      const isIn = is(column, row)
      const near = [is(column - 1, row), is(column + 1, row), is(column, row - 1), is(column, row + 1)]
      const isBorder = near.includes(!isIn)
      if (isIn || isBorder) add(sums, luma, background, column, row, isBorder)
    }
  }
  const { now, before, border, insideNow, insideBefore, alike, inside } = sums
  const isTextured = inside > 0 && Math.min(insideNow, insideBefore) > leastTexture * inside
  if (isTextured && alike > sameTexture * Math.sqrt(insideNow * insideBefore)) return 0
  return (now - before) / (now + before + leastBorder * border)
}

function add(
  sums: Sums,
  { pixels, width, height }: Luma,
  background: Background,
  column: number,
  row: number,
  isBorder: boolean,
): void {
  const bottom = Math.min(height - 1, (row + 1) * cellSide)
  const right = Math.min(width - 1, (column + 1) * cellSide)
  for (let y = Math.max(1, row * cellSide); y < bottom; y++) {
    for (let x = Math.max(1, column * cellSide); x < right; x++) {
      const at = y * width + x
      const nowX = pixels[at + 1] - pixels[at - 1]
      const nowY = pixels[at + width] - pixels[at - width]
      const beforeX = background.levelAt(at + 1) - background.levelAt(at - 1)
      const beforeY = background.levelAt(at + width) - background.levelAt(at - width)
      const [now, before] = [nowX * nowX + nowY * nowY, beforeX * beforeX + beforeY * beforeY]
      if (isBorder) {
        sums.now += now
        sums.before += before
        sums.border++
      } else {
        sums.insideNow += now
        sums.insideBefore += before
        sums.alike += nowX * beforeX + nowY * beforeY
        sums.inside++
      }
    }
  }
}
