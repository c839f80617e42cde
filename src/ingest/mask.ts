/** Privacy masks: compiles polygons to spans of bytes once per picture size and paints them black. */
import type { Point } from '../domain/geometry.ts'

type Span = readonly [from: number, to: number]

/** Byte ranges to fill: pairs of from, to. */
interface Spans {
  readonly size: string
  readonly luma: Uint32Array
  readonly chroma: Uint32Array
}

/** Black in video range. */
const blackLuma = 16
const greyChroma = 128

/** Hides in a picture what nobody is to see. */
export interface Painter {
  /** False where nobody knows what has to be hidden: then nobody is to see it. */
  paint(pixels: Uint8Array, width: number, height: number, timeMs: number): boolean
}

export class Mask implements Painter {
  readonly #polygons: readonly (readonly Point[])[]
  #spans: Spans | undefined

  /** Polygons in 0..1 of the picture, at least three points each; what lies outside the picture is ignored. */
  constructor(polygons: readonly (readonly Point[])[]) {
    this.#polygons = polygons
  }

  /**
   * Paints every 2x2 block of an I420 picture (the reach of one chroma sample) that a polygon touches.
   * A polygon that crosses itself hides all it encloses. Width and height are even.
   */
  paint(pixels: Uint8Array, width: number, height: number): true {
    if (this.#polygons.length === 0) return true
    const size = `${width}x${height}`
    if (this.#spans?.size !== size) this.#spans = compile(this.#polygons, width, height)
    const { luma, chroma } = this.#spans
    for (let i = 0; i < luma.length; i += 2) pixels.fill(blackLuma, luma[i], luma[i + 1])
    for (let i = 0; i < chroma.length; i += 2) pixels.fill(greyChroma, chroma[i], chroma[i + 1])
    return true
  }
}

/** Works on chroma cells: the picture is `width / 2` by `height / 2` of them. */
function compile(polygons: readonly (readonly Point[])[], width: number, height: number): Spans {
  const [columns, rows] = [width / 2, height / 2]
  const luma: number[] = []
  const chroma: number[] = []
  const cells = polygons.map((polygon) => polygon.map(({ x, y }) => ({ x: x * columns, y: y * rows })))
  for (let row = 0; row < rows; row++) {
    const spans = cells.flatMap((polygon) => [...touched(polygon, row), ...enclosed(polygon, row + 0.5)])
    for (const [from, to] of merge(spans, columns)) {
      const u = width * height + row * columns
      chroma.push(u + from, u + to, u + rows * columns + from, u + rows * columns + to)
      for (const y of [2 * row, 2 * row + 1]) luma.push(y * width + 2 * from, y * width + 2 * to)
    }
  }
  return { size: `${width}x${height}`, luma: Uint32Array.from(luma), chroma: Uint32Array.from(chroma) }
}

/** Cells of a row that an edge runs through. */
function* touched(polygon: readonly Point[], row: number): Generator<Span> {
  for (const [a, b] of edges(polygon)) {
    const [low, high] = [Math.min(a.y, b.y), Math.max(a.y, b.y)]
    if (high < row || low > row + 1) continue
    const at = (y: number) => (a.y === b.y ? a.x : a.x + ((b.x - a.x) * (y - a.y)) / (b.y - a.y))
    const ends = a.y === b.y ? [a.x, b.x] : [at(Math.max(low, row)), at(Math.min(high, row + 1))]
    yield [Math.floor(Math.min(...ends)), Math.floor(Math.max(...ends)) + 1]
  }
}

/** Cells whose centre line at `y` lies inside: those without an edge are inside as a whole, or not at all. */
function* enclosed(polygon: readonly Point[], y: number): Generator<Span> {
  const crossings: { x: number; turn: number }[] = []
  for (const [a, b] of edges(polygon)) {
    if (a.y > y === b.y > y) continue
    crossings.push({ x: a.x + ((b.x - a.x) * (y - a.y)) / (b.y - a.y), turn: a.y > y ? 1 : -1 })
  }
  crossings.sort((a, b) => a.x - b.x)
  let winding = 0
  for (let i = 0; i < crossings.length - 1; i++) {
    winding += crossings[i].turn
    if (winding !== 0) yield [Math.floor(crossings[i].x), Math.floor(crossings[i + 1].x) + 1]
  }
}

function* edges(polygon: readonly Point[]): Generator<readonly [Point, Point]> {
  for (let i = 0; i < polygon.length; i++) yield [polygon[i], polygon[(i + 1) % polygon.length]]
}

/** Sorted, within 0..columns, without overlaps. */
function merge(spans: readonly Span[], columns: number): Span[] {
  const merged: [number, number][] = []
  for (const [start, end] of spans.toSorted((a, b) => a[0] - b[0])) {
    const [from, to] = [Math.max(0, start), Math.min(columns, end)]
    if (from >= to) continue
    const last = merged.at(-1)
    if (last && from <= last[1]) last[1] = Math.max(last[1], to)
    else merged.push([from, to])
  }
  return merged
}
