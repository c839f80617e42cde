/** From the picture to metres, by cases worked out by hand. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { calibrationFault, Ground, type GroundMark } from '../../src/domain/ground.ts'

const mark = (x: number, y: number, metresX: number, metresY: number): GroundMark => ({
  at: { x, y },
  metres: { x: metresX, y: metresY },
})

/** Straight down on 10 × 20 m: a plain change of scale. */
const fromAbove = [
  mark(0.25, 0.75, 0, 0),
  mark(0.75, 0.75, 10, 0),
  mark(0.75, 0.25, 10, 20),
  mark(0.25, 0.25, 0, 20),
]

/**
 * A camera over flat ground with its horizon at y = 0.2: what is z metres off and x to the right is at (0.5 + x / z, 0.2 + 4 / z).
 * Marked is the strip from 5 to 10 m, 4 m wide.
 */
const street = [mark(0.1, 1, -2, 5), mark(0.9, 1, 2, 5), mark(0.7, 0.6, 2, 10), mark(0.3, 0.6, -2, 10)]
const seen = (x: number, z: number) => ({ x: 0.5 + x / z, y: 0.2 + 4 / z })

describe('the ground of a calibrated camera', () => {
  it('is a plain change of scale where it is seen straight from above', () => {
    const ground = new Ground(fromAbove)
    expect(ground.at({ x: 0.5, y: 0.5 })).toEqual({ x: expect.closeTo(5), y: expect.closeTo(10) })
    expect(ground.at({ x: 1, y: 1 })).toEqual({ x: expect.closeTo(15), y: expect.closeTo(-10) })
    const corner = { x: 0.25, y: 0.25 }
    expect(ground.squareMetres([corner, { x: 0.75, y: 0.25 }, { x: 0.25, y: 0.75 }])).toBeCloseTo(100)
    expect(ground.speed(corner, { x: 0.15, y: 0.1 })).toBeCloseTo(5)
  })

  it('recedes as perspective has it', () => {
    const ground = new Ground(street)
    expect(ground.at({ x: 0.5, y: 0.4 })).toEqual({ x: expect.closeTo(0), y: expect.closeTo(20) })
    expect(ground.at({ x: 0.5625, y: 0.325 })).toEqual({ x: expect.closeTo(2), y: expect.closeTo(32) })
    // Twice as far is half as wide in the picture, and as large on the ground.
    const strip = [seen(-2, 10), seen(2, 10), seen(2, 20), seen(-2, 20)]
    expect(ground.squareMetres(strip)).toBeCloseTo(40)
    expect(ground.squareMetres(strip.toReversed())).toBeCloseTo(40)
    expect(ground.squareMetres([seen(0, 5), seen(3, 5), seen(0, 9)])).toBeCloseTo(6)
  })

  it('tells how fast something moves on it, across and away', () => {
    const ground = new Ground(street)
    expect(ground.speed(seen(0, 10), { x: 0.15, y: 0 })).toBeCloseTo(1.5)
    expect(ground.speed(seen(0, 10), { x: 0, y: -0.06 })).toBeCloseTo(1.5)
    // At 20 m the same speed is a quarter of it in the picture, and to the side things drift inwards as they go.
    expect(ground.speed(seen(2, 20), { x: -0.0075, y: -0.015 })).toBeCloseTo(1.5)
    expect(ground.speed(seen(2, 20), { x: 0, y: 0 })).toBe(0)
  })

  it('says nothing of the sky, of the horizon, and of what is farther than four times the farthest mark', () => {
    const ground = new Ground(street)
    for (const y of [0, 0.1, 0.2, 0.25, 0.2999]) {
      expect(ground.at({ x: 0.5, y })).toBeUndefined()
      expect(ground.speed({ x: 0.5, y }, { x: 1, y: 1 })).toBeUndefined()
    }
    expect(ground.squareMetres([seen(0, 10), seen(1, 10), { x: 0.5, y: 0.21 }])).toBeUndefined()
    expect(ground.at({ x: Number.NaN, y: 0.5 })).toBeUndefined()
  })

  it('leads each mark to its metres, for any flat ground before any camera', () => {
    const metres = fc.integer({ min: -3_000, max: 3_000 }).map((n) => n / 100)
    const camera = fc.record({ horizon: fc.constantFrom(-2, -0.4, 0.1), height: fc.constantFrom(1, 3, 9) })
    const corners = fc.tuple(...Array.from({ length: 4 }, () => fc.tuple(metres, metres)))
    let sound = 0
    fc.assert(
      fc.property(camera, corners, ({ horizon, height }, places) => {
        const marks = places.map(([x, away]) => {
          const z = away + 35
          return mark(0.5 + x / z, horizon + height / z, x, z)
        })
        if (calibrationFault(marks)) return
        sound++
        const ground = new Ground(marks)
        for (const { at, metres: there } of marks) {
          expect(ground.at(at)?.x).toBeCloseTo(there.x, 4)
          expect(ground.at(at)?.y).toBeCloseTo(there.y, 4)
        }
      }),
      { numRuns: 300, seed: 7 },
    )
    expect(sound).toBeGreaterThan(100)
  })
})

describe('four points that tell nothing', () => {
  const [a, b, c, d] = street

  it.each([
    [
      'three of them on one line in the picture',
      [a, b, { ...c, at: { x: 0.5, y: 0.997 } }, d],
      'points 1, 2 and 3 lie on one line in the picture',
    ],
    [
      'three of them on one line on the ground',
      [a, { ...b, metres: { x: -2, y: 7 } }, c, d],
      'points 1, 2 and 4 lie on one line on the ground',
    ],
    ['two of them the same', [a, b, c, c], 'points 1, 3 and 4 lie on one line in the picture'],
    [
      'two of them swapped on the ground',
      [a, b, { ...c, metres: d.metres }, { ...d, metres: c.metres }],
      'the points go round in another order in the picture than on the ground, or surround each other',
    ],
    [
      'one amid the others in the picture only',
      [a, b, c, { ...d, at: { x: 0.6, y: 0.8 } }],
      'the points go round in another order in the picture than on the ground, or surround each other',
    ],
  ])('are refused: %s', (_, marks, fault) => {
    expect(calibrationFault(marks)).toBe(fault)
    expect(() => new Ground(marks)).toThrow(RangeError)
  })

  it('are not those of a mirrored plan or of a long lane', () => {
    expect(
      calibrationFault(street.map((one) => ({ ...one, metres: { x: -one.metres.x, y: one.metres.y } }))),
    ).toBeUndefined()
    expect(
      calibrationFault([
        mark(0.1, 1, 0, 0),
        mark(0.9, 1, 3.5, 0),
        mark(0.53, 0.3, 3.5, 60),
        mark(0.47, 0.3, 0, 60),
      ]),
    ).toBeUndefined()
  })
})
