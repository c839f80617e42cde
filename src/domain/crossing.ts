/** Going over a line: what counts as clearly on one side of it, and which way somebody went. */
import { distance, type Point, side } from './geometry.ts'
import type { Track } from './track.ts'
import type { Line } from './zone.ts'

/** Nearer to the line than this part of its own height (and this share of the picture) a thing is on neither side. */
const nearness = { ofHeight: 0.05, ofPicture: 0.002 }

/** Who is over the line and at this pace clear of it so soon has crossed already, seconds: waiting for it would tell a frame later. */
const soonS = 0.15

export type Towards = 'left' | 'right'

/** One thing on its way over a line. */
export class Passage {
  readonly #line: Line
  /** Where it was clear of the line last. */
  #clear: Point | undefined

  constructor(line: Line) {
    this.#line = line
  }

  /**
   * To which side it has gone over the line in this frame: from clearly on one side to clearly on the other, through the segment,
   * since its first detection. Trembling on the line is no crossing, and what is only expected (`seen: false`) crosses when it is seen again.
   */
  note(track: Track): Towards | undefined {
    const { cameFrom, box } = track
    if (cameFrom && !isNear({ anchor: cameFrom, box }, this.#line)) this.#clear = cameFrom
    if (!track.seen) return undefined
    const from = this.#clear
    const to = isNear(track, this.#line) ? from && clearSoon(track, from, this.#line) : track.anchor
    if (!to) return undefined
    this.#clear = to
    return from && crossing(from, to, this.#line)
  }
}

/** Where it is clear of the line soon, on the other side than `from`, where it is already. */
function clearSoon({ anchor, velocity, box }: Track, from: Point, line: Line): Point | undefined {
  const { a, b } = line
  const soon = { x: anchor.x + soonS * velocity.x, y: anchor.y + soonS * velocity.y }
  const isOver = side(a, b, anchor) * side(a, b, from) < 0 && side(a, b, anchor) * side(a, b, soon) > 0
  return isOver && !isNear({ anchor: soon, box }, line) ? soon : undefined
}

/** Is it so near that it is on neither side? */
function isNear({ anchor, box }: Pick<Track, 'anchor' | 'box'>, { a, b }: Line): boolean {
  const away = Math.abs(side(a, b, anchor)) / distance(a, b)
  return !(away > nearness.ofPicture + nearness.ofHeight * (box.y2 - box.y1))
}

/**
 * The side to which the way between two points off the line leads through the segment, its ends included; undefined where it
 * does not. Sides are those of someone who walks from a to b.
 */
function crossing(from: Point, to: Point, { a, b }: Line): Towards | undefined {
  if (side(a, b, from) * side(a, b, to) >= 0) return undefined
  if (side(from, to, a) * side(from, to, b) > 0) return undefined
  return side(a, b, to) < 0 ? 'left' : 'right'
}
