/** Plane geometry in normalised image space: x to the right, y down, both 0..1 of the picture. */

/** A point, 0..1 in both axes. */
export interface Point {
  readonly x: number
  readonly y: number
}

/** An axis-aligned box, 0..1, x1 <= x2 and y1 <= y2. */
export interface Box {
  readonly x1: number
  readonly y1: number
  readonly x2: number
  readonly y2: number
}

/** The whole picture. */
export const wholePicture: Box = { x1: 0, y1: 0, x2: 1, y2: 1 }

/** Area of a box as a share of the picture, 0..1; 0 for a degenerate box. */
export function area(box: Box): number {
  return Math.max(0, box.x2 - box.x1) * Math.max(0, box.y2 - box.y1)
}

/** Area that two boxes share, 0..1 of the picture. */
export function overlap(a: Box, b: Box): number {
  const width = Math.min(a.x2, b.x2) - Math.max(a.x1, b.x1)
  const height = Math.min(a.y2, b.y2) - Math.max(a.y1, b.y1)
  return width > 0 && height > 0 ? width * height : 0
}

/** Intersection over union, 0..1; 0 where both boxes are empty. */
export function iou(a: Box, b: Box): number {
  const shared = overlap(a, b)
  const union = area(a) + area(b) - shared
  return union > 0 ? shared / union : 0
}

/** Centre of a box. */
export function centre(box: Box): Point {
  return { x: (box.x1 + box.x2) / 2, y: (box.y1 + box.y2) / 2 }
}

/** The tested point of an object: the bottom centre, where it touches the ground. */
export function foot(box: Box): Point {
  return { x: (box.x1 + box.x2) / 2, y: box.y2 }
}

/** Is the point inside the box, edges included? */
export function boxContains(box: Box, point: Point): boolean {
  return point.x >= box.x1 && point.x <= box.x2 && point.y >= box.y1 && point.y <= box.y2
}

/** The part of the box that lies in the picture. */
export function clip(box: Box): Box {
  const unit = (value: number) => Math.min(1, Math.max(0, value))
  return { x1: unit(box.x1), y1: unit(box.y1), x2: unit(box.x2), y2: unit(box.y2) }
}

/** Is the point inside the polygon (even-odd rule)? A point on an edge may fall on either side. */
export function polygonContains(polygon: readonly Point[], point: Point): boolean {
  let inside = false
  for (let i = 0, j = polygon.length - 1; i < polygon.length; j = i++) {
    const a = polygon[i]
    const b = polygon[j]
    if (a.y > point.y !== b.y > point.y && point.x < ((b.x - a.x) * (point.y - a.y)) / (b.y - a.y) + a.x) {
      inside = !inside
    }
  }
  return inside
}

/**
 * On which side of the directed line a -> b the point lies: negative on the left of someone who walks
 * from a to b (y points down), positive on the right, 0 on the line.
 */
export function side(a: Point, b: Point, point: Point): number {
  return (b.x - a.x) * (point.y - a.y) - (b.y - a.y) * (point.x - a.x)
}

/** Do the segments p -> q and a -> b properly cross? Touching end points do not count. */
export function segmentsCross(p: Point, q: Point, a: Point, b: Point): boolean {
  return side(a, b, p) * side(a, b, q) < 0 && side(p, q, a) * side(p, q, b) < 0
}

/** Distance of two points in units of the picture's width and height. */
export function distance(a: Point, b: Point): number {
  return Math.hypot(a.x - b.x, a.y - b.y)
}
