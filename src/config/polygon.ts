/** Polygons as they are written in a file: the area they enclose, and whether their edges meet. */
import { type Point, side } from '../domain/geometry.ts'

/** `[x, y]`, 0..1 of the picture. */
export type Corner = readonly [number, number]

type Edge = readonly [Point, Point]

/** Twice the area, as a share of the picture, below which three points count as lying on one line. */
const flat = 1e-12

/** Shoelace formula, as a share of the picture. */
export function polygonArea(polygon: readonly Corner[]): number {
  const twice = polygon.reduce((sum, [x, y], i) => {
    const [nextX, nextY] = polygon[(i + 1) % polygon.length]
    return sum + x * nextY - nextX * y
  }, 0)
  return Math.abs(twice) / 2
}

/**
 * Do two edges that are no neighbours cross or touch? Then parts of what the corners surround count as outside (even-odd
 * rule): a bow tie, a shape that is drawn twice. A corner that is repeated at once, or closes the ring, does no harm.
 */
export function meetsItself(polygon: readonly Corner[]): boolean {
  const corners = polygon
    .filter(([x, y], i) => {
      const [nextX, nextY] = polygon[(i + 1) % polygon.length]
      return x !== nextX || y !== nextY
    })
    .map(([x, y]): Point => ({ x, y }))
  const edges = corners.map((corner, i): Edge => [corner, corners[(i + 1) % corners.length]])
  return edges.some((edge, i) =>
    edges.slice(i + 2, i === 0 ? -1 : undefined).some((other) => edgesMeet(edge, other)),
  )
}

function edgesMeet([p, q]: Edge, [a, b]: Edge): boolean {
  const [ofP, ofQ] = [turn(a, b, p), turn(a, b, q)]
  const [ofA, ofB] = [turn(p, q, a), turn(p, q, b)]
  if (ofP !== ofQ && ofA !== ofB) return true
  // On one line: they meet where their shadows on both axes do.
  const onOneLine = ofP === 0 && ofQ === 0
  return onOneLine && spansMeet(p.x, q.x, a.x, b.x) && spansMeet(p.y, q.y, a.y, b.y)
}

/** -1 on the left, 1 on the right, 0 on the line. */
function turn(a: Point, b: Point, point: Point): number {
  const area = side(a, b, point)
  return Math.abs(area) < flat ? 0 : Math.sign(area)
}

function spansMeet(p: number, q: number, a: number, b: number): boolean {
  return Math.max(p, q) >= Math.min(a, b) && Math.max(a, b) >= Math.min(p, q)
}
