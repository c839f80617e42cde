/** What a view looks like when all is well: learned from the first pictures, and from then on slowly from those that agree with it. */
import type { Luma } from '../domain/luma.ts'
import type { Outline, ViewShift } from '../domain/view.ts'
import { Creep } from './creep.ts'
import { type Landmark, strongestEdges } from './edges.ts'
import { Landmarks } from './landmarks.ts'
import { Texture } from './texture.ts'

/** From the mean of so many pictures edges are chosen, and so many more tell which of them stay in their place. */
const chosenFrom = 5
const triedIn = 5
const leastFound = 4
/** By chance 0.18 of the landmarks agree with any view: what is usual is never taken for less than this. */
const leastAgreeing = 0.5
/** Landmarks are chosen anew this often, ms: light and parked cars change within the hour. */
const renewEveryMs = 600_000
/** Texture of things that stay: it goes down with each picture that has less, and up slowly, as what passes leaves again. */
const down = 1 / 3
const up = 1 / 48
/** Sides that are whole numbers of pixels differ by so much at most where the shape is the same. */
const sameShape = 0.01
const degree = Math.PI / 180

export class Reference {
  readonly texture: Texture
  readonly #mean: Float32Array
  readonly #size: Pick<Luma, 'width' | 'height'>
  #learned = false
  #averaged = 0
  #landmarks: Landmarks | undefined
  #outline: Outline | undefined
  /** Share of the landmarks that are usually found. */
  #agreeing = 1
  #renewedMs = 0
  #creep: Creep
  #candidates: Landmarks | undefined
  #found = new Map<Landmark, number>()
  #tries = 0

  /** Of pictures of a size of which nothing is known yet, or what was learned before. */
  constructor(from: Pick<Luma, 'width' | 'height'> | Outline) {
    const { width, height } = from
    this.#size = { width, height }
    this.texture = new Texture(this.#size)
    this.#mean = new Float32Array(width * height)
    this.#creep = new Creep('crept' in from ? from.crept : undefined)
    if (!('edges' in from)) return
    this.#landmarks = new Landmarks(this.#size, landmarksOf(from))
    this.#creep.learned(this.#landmarks)
    this.#agreeing = from.agreeing
    this.#outline = from
  }

  /** Undefined while it is being learned. */
  get landmarks(): Landmarks | undefined {
    return this.#landmarks
  }

  /** The same to be kept: another object whenever it is chosen anew. */
  get outline(): Outline | undefined {
    return this.#outline
  }

  /** What its cells usually look like; undefined where that is not known yet. */
  get usual(): Texture | undefined {
    return this.#landmarks && this.#learned ? this.texture : undefined
  }

  /** Never less than what tells it from another view. */
  get agreeing(): number {
    return Math.max(leastAgreeing, this.#agreeing)
  }

  /** How far it has followed its view from where that was confirmed. */
  get crept(): ViewShift {
    return this.#creep.shift
  }

  fits({ width, height }: Luma): boolean {
    return width === this.#size.width && height === this.#size.height
  }

  /** The stream's time jumped. */
  jump(timeMs: number): void {
    this.#renewedMs = timeMs
  }

  /** A picture in which all is well, and the share of the landmarks that was found in it. */
  learn(luma: Luma, now: Texture, agreeing: number, timeMs: number): void {
    this.#learnTexture(now)
    if (this.#landmarks) {
      this.#agreeing += (agreeing - this.#agreeing) / 16
      if (timeMs - this.#renewedMs < renewEveryMs) return
    }
    if (this.#candidates) this.#try(this.#candidates, luma, timeMs)
    else this.#average(luma)
  }

  #average({ pixels }: Luma): void {
    const mean = this.#mean
    const share = 1 / ++this.#averaged
    for (let i = 0; i < mean.length; i++) mean[i] += (pixels[i] - mean[i]) * share
    if (this.#averaged < chosenFrom) return
    this.#averaged = 0
    const picture = { ...this.#size, pixels: Uint8Array.from(mean) }
    this.#candidates = new Landmarks(this.#size, strongestEdges(picture))
    this.#creep.see(picture)
    // At once: of a view that has moved nothing more is learned.
    if (this.#outline) this.#outline = { ...this.#outline, crept: this.crept }
  }

  #try(candidates: Landmarks, luma: Luma, timeMs: number): void {
    for (const one of candidates.found(luma)) this.#found.set(one, (this.#found.get(one) ?? 0) + 1)
    if (++this.#tries < triedIn) return
    const often = [...this.#found].filter(([, times]) => times >= leastFound)
    const stable = often.map(([one]) => one)
    this.#landmarks = new Landmarks(this.#size, stable)
    const found = often.reduce((sum, [, times]) => sum + times, 0)
    this.#agreeing = found / Math.max(1, triedIn * often.length)
    this.#creep.learned(this.#landmarks)
    const edges = edgesOf(stable)
    this.#outline = { ...this.#size, agreeing: this.#agreeing, edges, crept: this.crept }
    this.#renewedMs = timeMs
    this.#candidates = undefined
    this.#found.clear()
    this.#tries = 0
  }

  #learnTexture(now: Texture): void {
    const usual = this.texture
    for (const part of ['across', 'down', 'coarse', 'mean'] as const) {
      const [into, from] = [usual[part], now[part]]
      for (let cell = 0; cell < into.length; cell++) {
        const difference = from[cell] - into[cell]
        into[cell] += difference * (!this.#learned ? 1 : difference < 0 ? down : up)
      }
    }
    this.#learned = true
  }
}

/** The same for pictures of another size, where these are of the same shape. */
export function fitted(outline: Outline, { width, height }: Pick<Luma, 'width' | 'height'>): Outline {
  const [x, y] = [width / outline.width, height / outline.height]
  if ((x === 1 && y === 1) || Math.abs(x / y - 1) > sameShape) return outline
  const edges = outline.edges.map((value, i) => Math.round(value * ([x, y][i % 3] ?? 1)))
  return { ...outline, width, height, edges }
}

function edgesOf(landmarks: readonly Landmark[]): number[] {
  return landmarks.flatMap(({ x, y, ux, uy }) => [x, y, Math.round(Math.atan2(uy, ux) / degree)])
}

function landmarksOf({ edges }: Outline): Landmark[] {
  return Array.from({ length: Math.floor(edges.length / 3) }, (_, i) => {
    const [x, y, degrees] = edges.slice(3 * i)
    return { x, y, ux: Math.cos(degrees * degree), uy: Math.sin(degrees * degree) }
  })
}
