/** Places in a picture that rules speak of. */
import type { Point } from './geometry.ts'

/** A polygon, at least three points, 0..1. */
export interface Zone {
  readonly name: string
  readonly polygon: readonly Point[]
}

/** A directed line a -> b. Left and right are those of someone who walks from a to b. */
export interface Line {
  readonly name: string
  readonly a: Point
  readonly b: Point
}
