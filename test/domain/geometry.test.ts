/** Plane geometry as the rules rely on it. */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { clip, foot, iou, polygonContains, segmentsCross, side } from '../../src/domain/geometry.ts'

const square = [
  { x: 0.2, y: 0.2 },
  { x: 0.8, y: 0.2 },
  { x: 0.8, y: 0.8 },
  { x: 0.2, y: 0.8 },
]

it('overlaps half a box by a third of the union', () => {
  expect(iou({ x1: 0, y1: 0, x2: 0.2, y2: 0.2 }, { x1: 0.1, y1: 0, x2: 0.3, y2: 0.2 })).toBeCloseTo(1 / 3)
  expect(iou({ x1: 0, y1: 0, x2: 0, y2: 0 }, { x1: 0, y1: 0, x2: 0, y2: 0 })).toBe(0)
})

it('sees points inside a hollow polygon as outside where it is hollow', () => {
  const hollow = [...square, { x: 0.4, y: 0.6 }, { x: 0.6, y: 0.6 }, { x: 0.5, y: 0.3 }]
  expect(polygonContains(square, { x: 0.5, y: 0.5 })).toBe(true)
  expect(polygonContains(square, { x: 0.9, y: 0.5 })).toBe(false)
  expect(polygonContains(hollow, { x: 0.1, y: 0.5 })).toBe(false)
})

it('gives a point that lies off the edges the same answer whichever corner a polygon begins with', () => {
  const share = fc.integer({ min: 0, max: 1_000 }).map((thousandths) => thousandths / 1_000)
  const point = fc.record({ x: share, y: share })
  fc.assert(
    fc.property(fc.array(point, { minLength: 3, maxLength: 7 }), point, fc.nat(6), (polygon, at, turn) => {
      const off = { x: at.x + 0.000_37, y: at.y + 0.000_53 }
      const turned = [...polygon.slice(turn % polygon.length), ...polygon.slice(0, turn % polygon.length)]
      expect(polygonContains(turned, off)).toBe(polygonContains(polygon, off))
    }),
    { seed: 2 },
  )
})

it('calls left what is on the left of who walks from a to b in a picture', () => {
  const up = [
    { x: 0.5, y: 0.9 },
    { x: 0.5, y: 0.1 },
  ] as const
  expect(side(...up, { x: 0.3, y: 0.5 })).toBeLessThan(0)
  expect(side(...up, { x: 0.7, y: 0.5 })).toBeGreaterThan(0)
  expect(side(...up, { x: 0.5, y: 0.3 })).toBe(0)
})

it('crosses segments that cross, and not those that only touch', () => {
  const [a, b] = [square[0], square[2]]
  expect(segmentsCross(a, b, square[1], square[3])).toBe(true)
  expect(segmentsCross(a, b, b, square[3])).toBe(false)
})

it('keeps a box in the picture and puts its foot at the bottom centre', () => {
  const box = clip({ x1: -0.2, y1: 0.5, x2: 0.4, y2: 1.3 })
  expect(box).toEqual({ x1: 0, y1: 0.5, x2: 0.4, y2: 1 })
  expect(foot(box)).toEqual({ x: 0.2, y: 1 })
})
