/** The edges of a picture that are worth remembering: the strongest of each cell, apart from each other. */
import type { Luma } from '../domain/luma.ts'
import { cellSide } from './texture.ts'

/** An edge is the difference of the pixels so far to both sides: that forgives a pixel of error. */
export const edgeReach = 2
/** Squared strength from which on it is worth remembering, grey levels. */
const strong = 18 ** 2
const perCell = 3
/** Those of one cell are so far apart, pixels. */
const apart = 4
/** What a mask has painted is no edge of the view. */
const masked = 16

export interface Landmark {
  readonly x: number
  readonly y: number
  /** The direction in which it becomes lighter, a unit vector. */
  readonly ux: number
  readonly uy: number
}

/** The picture is a mean of some, in which what moves is blurred away. */
export function strongestEdges(picture: Luma): Landmark[] {
  const { width, height } = picture
  const found: Landmark[] = []
  for (let top = edgeReach; top < height - edgeReach; top += cellSide) {
    for (let left = edgeReach; left < width - edgeReach; left += cellSide)
      found.push(...ofCell(picture, left, top))
  }
  return found
}

function ofCell(picture: Luma, left: number, top: number): Landmark[] {
  const right = Math.min(left + cellSide, picture.width - edgeReach)
  const bottom = Math.min(top + cellSide, picture.height - edgeReach)
  const edges: { x: number; y: number; gx: number; gy: number; strength: number }[] = []
  for (let y = top; y < bottom; y++) {
    for (let x = left; x < right; x++) {
      const { gx, gy } = edgeAt(picture, x, y)
      const strength = gx * gx + gy * gy
      if (strength > strong) edges.push({ x, y, gx, gy, strength })
    }
  }
  edges.sort((a, b) => b.strength - a.strength)
  const chosen: Landmark[] = []
  for (const { x, y, gx, gy, strength } of edges) {
    if (chosen.length === perCell) break
    if (chosen.some((one) => Math.max(Math.abs(one.x - x), Math.abs(one.y - y)) < apart)) continue
    const length = Math.sqrt(strength)
    chosen.push({ x, y, ux: gx / length, uy: gy / length })
  }
  return chosen
}

/** None where a mask begins. */
function edgeAt({ width, pixels }: Luma, x: number, y: number): { gx: number; gy: number } {
  const at = y * width + x
  const [right, left] = [pixels[at + edgeReach], pixels[at - edgeReach]]
  const [below, above] = [pixels[at + edgeReach * width], pixels[at - edgeReach * width]]
  if (Math.min(right, left, below, above) === masked) return { gx: 0, gy: 0 }
  return { gx: right - left, gy: below - above }
}
