/**
 * A way in few points. Between two of them the thing is taken to have gone straight and at even pace; no point that was seen lies
 * further from that than the tolerance, at its own time (N. Meratnia and R. de By, "Spatiotemporal Compression Techniques
 * for Moving Point Objects", EDBT 2004: opening window with synchronised distance).
 */
import type { PathPoint } from '../domain/structure.ts'

/** Share of the picture's width and height. */
const tolerance = 0.01
/** Points that wait between two that are kept: what stands for an hour must not be kept in full until it moves. */
const longestWindow = 64
/** Points of one path. Beyond them the tolerance doubles and the path is thinned, so that memory is bounded. */
const mostPoints = 256

export class Path {
  #kept: PathPoint[] = []
  #window: PathPoint[] = []
  #tolerance = tolerance

  /** Times grow; one that does not is ignored. */
  add(point: PathPoint): void {
    const last = this.#window.at(-1) ?? this.#kept.at(-1)
    if (last && point.time <= last.time) return
    if (this.#kept.length === 0) {
      this.#kept.push(point)
      return
    }
    const isFull = this.#window.length >= longestWindow
    if (last && this.#window.length > 0 && (isFull || !this.#isStraightTo(point))) this.#keep(last)
    this.#window.push(point)
  }

  /** First and last point, and what is needed between them. */
  points(): PathPoint[] {
    const last = this.#window.at(-1)
    return last ? [...this.#kept, last] : [...this.#kept]
  }

  #isStraightTo(end: PathPoint): boolean {
    const start = this.#kept.at(-1)!
    return this.#window.every((point) => isBetween(start, end, point, this.#tolerance))
  }

  #keep(point: PathPoint): void {
    this.#kept.push(point)
    this.#window = []
    if (this.#kept.length < mostPoints) return
    this.#tolerance *= 2
    this.#kept = thinned(this.#kept, this.#tolerance)
  }
}

function thinned(points: readonly PathPoint[], within: number): PathPoint[] {
  const kept = [points[0]]
  let skipped: PathPoint[] = []
  for (const [i, point] of points.slice(1).entries()) {
    const next = points[i + 2]
    const stays = !next || ![...skipped, point].every((one) => isBetween(kept.at(-1)!, next, one, within))
    if (stays) {
      kept.push(point)
      skipped = []
    } else skipped.push(point)
  }
  return kept
}

function isBetween(start: PathPoint, end: PathPoint, point: PathPoint, within: number): boolean {
  const share = (point.time - start.time) / (end.time - start.time)
  const x = start.x + share * (end.x - start.x)
  const y = start.y + share * (end.y - start.y)
  return Math.abs(point.x - x) <= within && Math.abs(point.y - y) <= within
}
