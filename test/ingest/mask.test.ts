/** Masks hide all that a polygon touches, in luma and in chroma, and nothing far from it. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { distance, type Point, polygonContains } from '../../src/domain/geometry.ts'
import { Mask } from '../../src/ingest/mask.ts'

const width = 48
const height = 32

/** Which pixels are black; fails where chroma tells another story. */
function painted(polygons: readonly (readonly Point[])[]): (x: number, y: number) => boolean {
  const pixels = new Uint8Array((width * height * 3) / 2).fill(200)
  new Mask(polygons).paint(pixels, width, height)
  const black = (x: number, y: number) => pixels[y * width + x] === 16
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const u = width * height + (y >> 1) * (width / 2) + (x >> 1)
      const wanted = black(x, y) ? 128 : 200
      expect([pixels[u], pixels[u + (width * height) / 4]]).toEqual([wanted, wanted])
    }
  }
  return black
}

const rectangle = (x1: number, y1: number, x2: number, y2: number): Point[] => [
  { x: x1, y: y1 },
  { x: x2, y: y1 },
  { x: x2, y: y2 },
  { x: x1, y: y2 },
]

/** Shortest distance to a polygon's edges, in pixels. */
function distanceTo(polygon: readonly Point[], point: Point): number {
  const scaled = polygon.map(({ x, y }) => ({ x: x * width, y: y * height }))
  const distances = scaled.map((a, i) => {
    const b = scaled[(i + 1) % scaled.length]
    const length2 = (b.x - a.x) ** 2 + (b.y - a.y) ** 2 || 1
    const along = ((point.x - a.x) * (b.x - a.x) + (point.y - a.y) * (b.y - a.y)) / length2
    const t = Math.min(1, Math.max(0, along))
    return distance(point, { x: a.x + t * (b.x - a.x), y: a.y + t * (b.y - a.y) })
  })
  return Math.min(...distances)
}

const anyPoint = fc.record({
  x: fc.double({ min: -0.3, max: 1.3, noNaN: true }),
  y: fc.double({ min: -0.3, max: 1.3, noNaN: true }),
})

test('every pixel that a polygon touches is black, and none that is further away than a block', () => {
  fc.assert(
    fc.property(fc.array(anyPoint, { minLength: 3, maxLength: 6 }), (polygon) => {
      const black = painted([polygon])
      for (let y = 0; y < height; y++) {
        for (let x = 0; x < width; x++) {
          const corners = [0.01, 0.5, 0.99].flatMap((dx) =>
            [0.01, 0.5, 0.99].map((dy) => ({ x: x + dx, y: y + dy })),
          )
          const inside = corners.some((corner) =>
            polygonContains(polygon, { x: corner.x / width, y: corner.y / height }),
          )
          if (inside) expect(black(x, y), `pixel ${x},${y}`).toBe(true)
          // What a crossing polygon encloses is hidden too, so only simple ones can be told to leave a pixel alone.
          else if (polygon.length === 3 && distanceTo(polygon, corners[4]) > 4)
            expect(black(x, y)).toBe(false)
        }
      }
    }),
    { numRuns: 150 },
  )
})

test('a polygon that crosses itself hides all it encloses', () => {
  const star = Array.from({ length: 5 }, (_, i) => ({
    x: 0.5 + 0.45 * Math.sin((i * 4 * Math.PI) / 5),
    y: 0.5 - 0.45 * Math.cos((i * 4 * Math.PI) / 5),
  }))
  expect(painted([star])(width / 2, height / 2)).toBe(true)
})

test('the whole picture, an empty list and a sliver thinner than a pixel', () => {
  const all = painted([rectangle(0, 0, 1, 1)])
  expect([all(0, 0), all(width - 1, height - 1)]).toEqual([true, true])
  expect(painted([])(5, 5)).toBe(false)
  const sliver = painted([rectangle(0.501, 0, 0.5011, 1)])
  expect(Array.from({ length: height }, (_, y) => sliver(24, y)).every(Boolean)).toBe(true)
})

test('another picture size is compiled anew', () => {
  const mask = new Mask([rectangle(0.5, 0.5, 1, 1)])
  for (const [w, h] of [
    [64, 48],
    [16, 16],
    [64, 48],
  ]) {
    const pixels = new Uint8Array((w * h * 3) / 2).fill(200)
    mask.paint(pixels, w, h)
    expect([pixels[0], pixels[w * h - 1]]).toEqual([200, 16])
  }
})
