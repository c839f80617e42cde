/** The models look at few crops, and everything that deserves a look is well inside one of them. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Regions } from '../../src/attention/regions.ts'
import { area, type Box, wholePicture } from '../../src/domain/geometry.ts'

const aspect = 16 / 9
const at = (x: number, y: number, w = 0.04, h = 0.1): Box => ({ x1: x, y1: y, x2: x + w, y2: y + h })

describe('regions', () => {
  it('are none where nothing deserves a look', () => {
    expect(new Regions().around([], aspect)).toEqual([])
    expect(new Regions().around([at(0.5, 0.5, 0, 0)], aspect)).toEqual([])
  })

  it('are one square with room around one small thing', () => {
    const [crop, ...more] = new Regions().around([at(0.5, 0.5)], aspect)
    expect(more).toEqual([])
    const [w, h] = [crop.x2 - crop.x1, (crop.y2 - crop.y1) / aspect]
    expect(w).toBeGreaterThanOrEqual(1 / 3)
    expect(w).toBeLessThan(0.45)
    expect(Math.abs(w - h)).toBeLessThan(2 / 24)
    expect(0.5 - crop.x1).toBeGreaterThan(0.05)
    expect(crop.x2 - 0.54).toBeGreaterThan(0.05)
  })

  it('join neighbours and keep far ones apart, never more than two', () => {
    expect(new Regions().around([at(0.4, 0.4), at(0.5, 0.5)], aspect)).toHaveLength(1)
    expect(new Regions().around([at(0.02, 0.1), at(0.9, 0.8)], aspect)).toHaveLength(2)
    expect(new Regions().around([at(0.02, 0.1), at(0.9, 0.8)], aspect, 1)).toEqual([wholePicture])
  })

  it('are the whole picture where most of it deserves a look', () => {
    expect(new Regions().around([at(0.1, 0.1, 0.7, 0.8)], aspect)).toEqual([wholePicture])
    const everywhere = [at(0.05, 0.1), at(0.9, 0.1), at(0.05, 0.8), at(0.9, 0.8), at(0.5, 0.5)]
    expect(new Regions().around(everywhere, aspect)).toEqual([wholePicture])
  })

  it('stay where they are while what they show moves little', () => {
    const regions = new Regions()
    const crops = Array.from({ length: 8 }, (_, step) =>
      regions.around([at(0.5 + step * 0.005, 0.5)], aspect),
    )
    expect(new Set(crops.map((crop) => JSON.stringify(crop))).size).toBe(1)
  })

  it('shrink again when the large thing has gone', () => {
    const regions = new Regions()
    expect(regions.around([at(0.2, 0.2, 0.35, 0.6)], aspect)).toEqual([wholePicture])
    const [crop] = regions.around([at(0.4, 0.5)], aspect)
    expect(crop.x2 - crop.x1).toBeLessThan(0.45)
  })

  it('hold every thing, whatever its place and the shape of the picture', () => {
    const unit = fc.double({ min: 0, max: 1, noNaN: true })
    const box = fc.tuple(unit, unit, unit, unit).map(([a, b, c, d]) => ({
      x1: Math.min(a, b),
      x2: Math.max(a, b),
      y1: Math.min(c, d),
      y2: Math.max(c, d),
    }))
    const rounds = fc.array(fc.array(box, { maxLength: 60 }), { minLength: 1, maxLength: 5 })
    fc.assert(
      fc.property(
        rounds,
        fc.double({ min: 0.3, max: 4, noNaN: true }),
        fc.constantFrom(1, 2),
        (sets, shape, most) => {
          const regions = new Regions()
          for (const things of sets) {
            const crops = regions.around(things, shape, most)
            expect(crops.length).toBeLessThanOrEqual(most)
            for (const { x1, y1, x2, y2 } of crops) {
              expect(x1 >= 0 && y1 >= 0 && x2 <= 1 && y2 <= 1 && x1 < x2 && y1 < y2).toBe(true)
            }
            for (const thing of things.filter((one) => area(one) > 0)) {
              const isHeld = crops.some(
                (crop) =>
                  crop.x1 <= thing.x1 + 1e-6 &&
                  crop.y1 <= thing.y1 + 1e-6 &&
                  crop.x2 >= thing.x2 - 1e-6 &&
                  crop.y2 >= thing.y2 - 1e-6,
              )
              expect(isHeld).toBe(true)
            }
          }
        },
      ),
      { numRuns: 300, seed: 11 },
    )
  })
})
