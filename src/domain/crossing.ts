/** Going over a line: what counts as clearly on one side of it, and which way somebody went. */
import { distance, type Point, side } from './geometry.ts'
import type { Track } from './track.ts'
import type { Line } from './zone.ts'

/** Nearer to the line than this part of its own height (and this share of the picture) a thing is on neither side. */
const nearness = { ofHeight: 0.05, ofPicture: 0.002 }

export type Towards = 'left' | 'right'

/** Is it so near that it is on neither side? Trembling on a line is no crossing. */
export function isNear({ anchor, box }: Pick<Track, 'anchor' | 'box'>, { a, b }: Line): boolean {
  const away = Math.abs(side(a, b, anchor)) / distance(a, b)
  return !(away > nearness.ofPicture + nearness.ofHeight * (box.y2 - box.y1))
}

/**
 * The side to which the way between two points off the line leads through the segment, its ends included; undefined where it
 * does not. Sides are those of someone who walks from a to b.
 */
export function crossing(from: Point, to: Point, { a, b }: Line): Towards | undefined {
  if (side(a, b, from) * side(a, b, to) >= 0) return undefined
  if (side(from, to, a) * side(from, to, b) > 0) return undefined
  return side(a, b, to) < 0 ? 'left' : 'right'
}
