/** Edges that stay where they are: they tell whether a camera still shows the same view, and by how much it shifted. */
import type { Luma } from '../domain/luma.ts'
import type { ViewShift } from '../domain/view.ts'
import { edgeReach, type Landmark } from './edges.ts'

/** Squared strength of an edge that counts as seen, grey levels. */
const visible = 9 ** 2
/** Edges agree within this squared cosine: 32 degrees. */
const cosine2 = 0.72
/** A mast sways, pixels. */
const wind = 2
/** With so many of the landmarks in their place nothing is searched. */
const surely = 0.75
/** Shifts are searched up to this share of the width and height; an edge is seen from a pixel beside it, so each third does. */
const searched = 0.2
const step = 3
/** Between two renewals a view creeps by so many pixels at most, and it did where so many more of the landmarks are found. */
const followed = 3
const clearly = 0.04
/** So many of the best are looked at pixel by pixel: where all is fine the right one may look poor from a pixel beside it. */
const closer = 8
/** So many landmarks do for the search. */
const searchers = 48
/** A shift that leaves fewer of the landmarks than this in the picture cannot be judged. */
const leastInside = 0.5

type Size = Pick<Luma, 'width' | 'height'>

/** How well the landmarks are found at a shift. */
export interface Match {
  /** Share of the landmarks at whose place there is an edge in the same direction, 0..1. */
  readonly agreeing: number
  /** Share at whose place there is any edge. */
  readonly visible: number
}

/** A shift, and how well the landmarks are found there. */
export interface Placed {
  readonly shift: ViewShift
  readonly match: Match
}

/** Pixels. */
interface Point {
  readonly x: number
  readonly y: number
}

interface Found extends Point {
  readonly agreeing: number
}

const centre: Point = { x: 0, y: 0 }

export class Landmarks {
  readonly #size: Size
  readonly #landmarks: readonly Landmark[]
  readonly #all: Constellation
  readonly #some: Constellation

  constructor(size: Size, landmarks: readonly Landmark[]) {
    this.#size = size
    this.#landmarks = landmarks
    this.#all = new Constellation(size, landmarks)
    const every = Math.max(1, landmarks.length / searchers)
    const some = Array.from({ length: Math.min(searchers, landmarks.length) }, (_, i) =>
      Math.floor(i * every),
    )
    this.#some = new Constellation(
      size,
      some.map((at) => landmarks[at]),
    )
  }

  get count(): number {
    return this.#landmarks.length
  }

  /** Those of them that are in their place. */
  found({ pixels }: Luma): Landmark[] {
    const { x, y } = this.#near(pixels)
    return this.#landmarks.filter(
      (one) => new Constellation(this.#size, [one]).match(pixels, x, y).agreeing > 0,
    )
  }

  /** How much of the reference is still where it was, give or take the wind. */
  inPlace({ pixels }: Luma): Match {
    return this.#near(pixels).match
  }

  /** Is most of the reference still at that shift, give or take a pixel? */
  at({ pixels }: Luma, { dx, dy }: ViewShift): Placed {
    const { width, height } = this.#size
    const about = { x: Math.round(dx * width), y: Math.round(dy * height) }
    return this.#match(pixels, best(this.#some, pixels, about, 1))
  }

  /** Where most of the reference is that was at that shift before; there still unless clearly more of it is beside. */
  follow({ pixels }: Luma, { dx, dy }: ViewShift): Placed {
    const { width, height } = this.#size
    const before = { x: Math.round(dx * width), y: Math.round(dy * height) }
    const now = best(this.#all, pixels, before, followed)
    const isThere = now.agreeing < this.#all.agreeing(pixels, before.x, before.y) + clearly
    return this.#match(pixels, isThere ? before : now)
  }

  /** Where most of the reference is now. */
  find({ pixels }: Luma): Placed {
    const { width, height } = this.#size
    const [x, y] = [width, height].map((side) => Math.floor((side * searched) / step) * step)
    const found: Found[] = []
    for (let dy = -y; dy <= y; dy += step) {
      for (let dx = -x; dx <= x; dx += step) {
        const agreeing = this.#some.agreeing(pixels, dx, dy)
        if (found.length === closer && agreeing <= found[closer - 1].agreeing) continue
        found.splice(closer - 1, 1, { x: dx, y: dy, agreeing })
        found.sort((a, b) => b.agreeing - a.agreeing)
      }
    }
    const closest = found.map((place) => best(this.#some, pixels, place, 1))
    return this.#match(
      pixels,
      closest.reduce((a, b) => (b.agreeing > a.agreeing ? b : a)),
    )
  }

  #match(pixels: Uint8Array, { x, y }: Point): Placed {
    const { width, height } = this.#size
    return { shift: { dx: x / width, dy: y / height }, match: this.#all.match(pixels, x, y) }
  }

  /** Where the wind has carried it. */
  #near(pixels: Uint8Array): Point & { readonly match: Match } {
    const here = this.#all.match(pixels, 0, 0)
    if (here.agreeing >= surely) return { ...centre, match: here }
    const { x, y } = best(this.#some, pixels, centre, wind)
    const match = this.#all.match(pixels, x, y)
    return match.agreeing > here.agreeing ? { x, y, match } : { ...centre, match: here }
  }
}

/** The best of the shifts around one, up to so many pixels to each side. */
function best(landmarks: Constellation, pixels: Uint8Array, around: Point, reach: number): Found {
  let found = { x: around.x, y: around.y, agreeing: landmarks.agreeing(pixels, around.x, around.y) }
  for (let y = around.y - reach; y <= around.y + reach; y++) {
    for (let x = around.x - reach; x <= around.x + reach; x++) {
      const agreeing = landmarks.agreeing(pixels, x, y)
      if (agreeing > found.agreeing) found = { x, y, agreeing }
    }
  }
  return found
}

/** Landmarks as columns of numbers: they are compared thousands of times. */
class Constellation {
  readonly #size: Size
  readonly #x: Int16Array
  readonly #y: Int16Array
  readonly #ux: Float32Array
  readonly #uy: Float32Array
  /** Of the newest shift. */
  #visible = 0

  constructor(size: Size, landmarks: readonly Landmark[]) {
    this.#size = size
    this.#x = Int16Array.from(landmarks, ({ x }) => x)
    this.#y = Int16Array.from(landmarks, ({ y }) => y)
    this.#ux = Float32Array.from(landmarks, ({ ux }) => ux)
    this.#uy = Float32Array.from(landmarks, ({ uy }) => uy)
  }

  match(pixels: Uint8Array, shiftX: number, shiftY: number): Match {
    const agreeing = this.agreeing(pixels, shiftX, shiftY)
    return { agreeing, visible: this.#visible }
  }

  /** A number alone: of a search's thousand objects most of its time would go into clearing up. */
  agreeing(pixels: Uint8Array, shiftX: number, shiftY: number): number {
    const { width, height } = this.#size
    const below = edgeReach * width
    const right = width - edgeReach
    const bottom = height - edgeReach
    const [xs, ys, uxs, uys] = [this.#x, this.#y, this.#ux, this.#uy]
    const count = xs.length
    let inside = 0
    let seen = 0
    let agreeing = 0
    for (let i = 0; i < count; i++) {
      const x = xs[i] + shiftX
      const y = ys[i] + shiftY
      if (x < edgeReach || y < edgeReach || x >= right || y >= bottom) continue
      inside++
      const at = y * width + x
      const gx = pixels[at + edgeReach] - pixels[at - edgeReach]
      const gy = pixels[at + below] - pixels[at - below]
      const strength = gx * gx + gy * gy
      if (strength < visible) continue
      seen++
      const along = gx * uxs[i] + gy * uys[i]
      if (along > 0 && along * along >= cosine2 * strength) agreeing++
    }
    const isJudged = inside > 0 && inside >= count * leastInside
    this.#visible = isJudged ? seen / inside : 0
    return isJudged ? agreeing / inside : 0
  }
}
