/** Where what is followed stands, goes by, and has left: what changes under it is it, and no thing that was left or taken. */
import { area, type Box, clip, iou, overlap } from '../domain/geometry.ts'
import type { Track } from '../domain/track.ts'

/** Room around what stands (its shadow), and around what goes by, in its own sizes. */
const room = { standing: 0.2, passing: 0.1 }
/** What stood has left once no more of its place is covered by it. */
const leftShare = 0.3
/** A thing that begins to be followed there began here, so much alike. */
const alike = 0.3
/** Beginnings remembered, and for how many looks at the view. */
const mostBeginnings = 32
const beginningLooks = 30

/** Somebody or something that stands there and was just seen. */
export interface Standing {
  readonly own: Box
  /** The same with room around it. */
  readonly box: Box
  /** People move on, or move; what else stands is there until it is seen to leave. */
  readonly isParked: boolean
}

export class Covers {
  /** Boxes with room around them, 0..1: of what goes by, or is only expected there. */
  passing: readonly Box[] = []
  standing: readonly Standing[] = []
  #left: Box[] = []
  #stood = new Map<number, Box>()
  #known: ReadonlySet<number> = new Set()
  #beginnings: { readonly box: Box; looks: number }[] = []

  follow(tracks: readonly Track[]): void {
    const stands = ({ standingSince }: Track) => standingSince !== undefined
    this.standing = tracks
      .filter((track) => track.seen && stands(track))
      .map(({ box, label }) => ({ own: box, box: grown(box, room.standing), isParked: label !== 'person' }))
    this.passing = tracks
      .filter((track) => !track.seen || !stands(track))
      .map((track) => grown(track.box, stands(track) ? room.standing : room.passing))
    const began = tracks.filter(({ id }) => !this.#known.has(id)).map(({ box }) => ({ box, looks: 0 }))
    this.#beginnings = [...this.#beginnings, ...began].slice(-mostBeginnings)
    this.#known = new Set(tracks.map(({ id }) => id))
    this.#stood = new Map(
      tracks.flatMap((track) => {
        const { id, box, seen } = track
        const place = stands(track) ? box : this.#stood.get(id)
        if (!place) return []
        const hasLeft = seen && overlap(place, box) < leftShare * area(place)
        if (hasLeft) this.#left.push(grown(place, room.standing))
        return hasLeft ? [] : [[id, place] as const]
      }),
    )
  }

  /** Places that were left since this was asked last. What merely is not followed any more has left nothing. */
  takeLeft(): Box[] {
    this.#beginnings = this.#beginnings.filter((one) => ++one.looks <= beginningLooks)
    const left = this.#left
    this.#left = []
    return left
  }

  /** Was something that is like the box in place and size first seen there lately? */
  beganAt(box: Box): boolean {
    return this.#beginnings.some((one) => iou(one.box, box) >= alike)
  }
}

function grown({ x1, y1, x2, y2 }: Box, share: number): Box {
  const [x, y] = [(x2 - x1) * share, (y2 - y1) * share]
  return clip({ x1: x1 - x, y1: y1 - y, x2: x2 + x, y2: y2 + y })
}
