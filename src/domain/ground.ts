/** The ground that a camera looks at: from the picture to metres, by four points of which both are known. */
import { type Point, side } from './geometry.ts'

/** A point of flat ground: where it is in the picture, and where on the ground in metres from any origin, in any two directions at right angles. */
export interface GroundMark {
  readonly at: Point
  readonly metres: Point
}

/** Four of them. */
export type Calibration = readonly GroundMark[]

/** Beyond so many times the distance of the farthest mark nothing is known: there a pixel is many metres. */
const farthest = 4
/** Twice the area of three points over the square of their greatest distance; below it they are as good as on one line. */
const flattest = 0.01

/** Three rows of three. */
type Matrix = readonly number[]

/** What keeps the four points from telling where the ground is, as the end of a sentence; undefined where nothing does. */
export function calibrationFault(marks: Calibration): string | undefined {
  for (const [where, points] of [
    ['in the picture', marks.map(({ at }) => at)],
    ['on the ground', marks.map(({ metres }) => metres)],
  ] as const) {
    const flat = threeInLine(points)
    if (flat) return `points ${flat[0]}, ${flat[1]} and ${flat[2]} lie on one line ${where}`
  }
  // Only what lies before the camera is in its picture.
  if (marks.every(({ at }) => dot(homography(marks).slice(6), at) > 0)) return undefined
  return 'the points go round in another order in the picture than on the ground, or surround each other'
}

/** Numbers (from 1) of three points that are nearly on one line. */
function threeInLine(points: readonly Point[]): number[] | undefined {
  return points
    .map((_, left) => [0, 1, 2, 3].filter((index) => index !== left))
    .reverse()
    .find((three) => {
      const [a, b, c] = three.map((index) => points[index])
      const longest = Math.max(...[squared(a, b), squared(b, c), squared(c, a)])
      return !(Math.abs(side(a, b, c)) > flattest * longest)
    })
    ?.map((index) => index + 1)
}

export class Ground {
  readonly #toMetres: Matrix
  readonly #leastNearness: number

  /** Throws RangeError where the marks have a `calibrationFault`. */
  constructor(marks: Calibration) {
    const fault = calibrationFault(marks)
    if (fault) throw new RangeError(`calibration: ${fault}`)
    this.#toMetres = homography(marks)
    this.#leastNearness = Math.min(...marks.map(({ at }) => this.#nearness(at))) / farthest
  }

  /** Where on the ground a point of the picture is, metres; undefined at the horizon, above it, and too far away to say. */
  at(point: Point): Point | undefined {
    const near = this.#nearness(point)
    if (!(near >= this.#leastNearness)) return undefined
    const h = this.#toMetres
    return { x: dot(h, point) / near, y: dot(h.slice(3), point) / near }
  }

  /** Area of a polygon of the picture, m². Straight lines stay straight, so that its corners are all that is needed. */
  squareMetres(polygon: readonly Point[]): number | undefined {
    const corners = polygon.flatMap((corner) => this.at(corner) ?? [])
    if (corners.length < polygon.length) return undefined
    const twice = corners.reduce((sum, { x, y }, i) => {
      const next = corners[(i + 1) % corners.length]
      return sum + x * next.y - next.x * y
    }, 0)
    return Math.abs(twice) / 2
  }

  /** Metres per second of what is at `point` and moves by `velocity` in the picture (widths and heights per second). */
  speed(point: Point, velocity: Point): number | undefined {
    const there = this.at(point)
    if (!there) return undefined
    const h = this.#toMetres
    // Derivative of the quotients in `at`.
    const along = (row: number) => h[row] * velocity.x + h[row + 1] * velocity.y
    const nearer = along(6)
    return (
      Math.hypot(along(0) - there.x * nearer, along(3) - there.y * nearer) / Math.abs(this.#nearness(point))
    )
  }

  /** In proportion to one over the distance from the camera; 0 at the horizon. */
  #nearness(point: Point): number {
    return dot(this.#toMetres.slice(6), point)
  }
}

/**
 * The one projective map that takes the four points of the picture to those of the ground, positive at the fourth: R. Hartley and
 * A. Zisserman, "Multiple View Geometry in Computer Vision", 2nd ed. 2004, §2.3 and §4.1. With exactly four points it needs no
 * least squares: both quadrangles are images of the same projective frame, and the map goes from the one to it and on to the other.
 */
function homography(marks: Calibration): Matrix {
  const fromFrame = frameTo(marks.map(({ metres }) => metres))
  return times(fromFrame, inverse(frameTo(marks.map(({ at }) => at))))
}

/** Takes (1,0,0), (0,1,0), (0,0,1) and (1,1,1) to the four points. */
function frameTo([a, b, c, d]: readonly Point[]): Matrix {
  const all = side(a, b, c)
  const [u, v, w] = [side(d, b, c) / all, side(a, d, c) / all, side(a, b, d) / all]
  return [u * a.x, v * b.x, w * c.x, u * a.y, v * b.y, w * c.y, u, v, w]
}

function inverse(m: Matrix): Matrix {
  const minor = (i: number, j: number, k: number, l: number) => m[i] * m[l] - m[j] * m[k]
  const adjugate = [
    ...[minor(4, 5, 7, 8), minor(2, 1, 8, 7), minor(1, 2, 4, 5)],
    ...[minor(5, 3, 8, 6), minor(0, 2, 6, 8), minor(2, 0, 5, 3)],
    ...[minor(3, 4, 6, 7), minor(1, 0, 7, 6), minor(0, 1, 3, 4)],
  ]
  const determinant = m[0] * adjugate[0] + m[1] * adjugate[3] + m[2] * adjugate[6]
  return adjugate.map((value) => value / determinant)
}

function times(a: Matrix, b: Matrix): Matrix {
  return Array.from({ length: 9 }, (_, at) => {
    const [row, column] = [3 * Math.floor(at / 3), at % 3]
    return a[row] * b[column] + a[row + 1] * b[column + 3] + a[row + 2] * b[column + 6]
  })
}

/** With (x, y, 1). */
function dot(row: Matrix, { x, y }: Point): number {
  return row[0] * x + row[1] * y + row[2]
}

function squared(a: Point, b: Point): number {
  return (a.x - b.x) ** 2 + (a.y - b.y) ** 2
}
