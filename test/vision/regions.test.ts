import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Detection } from '../../src/domain/detection.ts'
import { type Box, wholePicture } from '../../src/domain/geometry.ts'
import { type Crop, cropAround, fitPicture } from '../../src/vision/fit.ts'
import { cropsFor, faceRegion, soundRegions, unite } from '../../src/vision/regions.ts'

const square = { width: 416, height: 416 }
const free = { multiple: 32, longSide: 640 }
const hd = { width: 1280, height: 720 }

const box = (x1: number, y1: number, x2: number, y2: number): Box => ({ x1, y1, x2, y2 })
const person = (where: Box, confidence = 0.8): Detection => ({ label: 'person', confidence, box: where })

const anyBox = fc
  .tuple(...Array.from({ length: 4 }, () => fc.double({ min: 0, max: 1, noNaN: true })))
  .map(([a, b, c, d]) => box(Math.min(a, b), Math.min(c, d), Math.max(a, b), Math.max(c, d)))
  .filter(({ x1, y1, x2, y2 }) => x2 - x1 > 0.001 && y2 - y1 > 0.001)

describe('crops', () => {
  it('are the whole picture where the whole picture is asked for', () => {
    expect(cropsFor(square, hd, [wholePicture])).toEqual([{ left: 0, top: 0, ...hd }])
  })

  it('show a small region at twice its size with as much around it as a fixed input has room for', () => {
    const [crop] = cropsFor(square, hd, [box(0.5, 0.5, 0.55, 0.6)])
    expect(crop).toMatchObject({ width: 208, height: 208 })
    expect(fitPicture(square, hd, { crop })).toMatchObject({ scale: 2, usedWidth: 416, usedHeight: 416 })
  })

  it('never enlarge for an input of any size, and fill its tensor', () => {
    const crop = cropAround(free, hd, box(0.4, 0.1, 0.55, 0.3))
    const fit = fitPicture(free, hd, { crop })
    expect(fit.scale).toBe(1)
    expect(fit.width * fit.height - fit.usedWidth * fit.usedHeight).toBe(0)
    expect(fit.width).toBe(192)
  })

  it('hold their region, lie in the picture on even pixels, and enlarge to twice at most', () => {
    const sides = fc.integer({ min: 105, max: 960 }).map((half) => half * 2)
    fc.assert(
      fc.property(anyBox, sides, sides, fc.constantFrom(square, free), (region, width, height, size) => {
        const picture = { width, height }
        const crop = cropAround(size, picture, region)
        for (const value of Object.values(crop)) expect(value % 2).toBe(0)
        expect(crop.left).toBeGreaterThanOrEqual(0)
        expect(crop.top).toBeGreaterThanOrEqual(0)
        expect(crop.left + crop.width).toBeLessThanOrEqual(width)
        expect(crop.top + crop.height).toBeLessThanOrEqual(height)
        // Even pixels may cost the region up to two at an edge.
        expect(crop.left).toBeLessThanOrEqual(region.x1 * width + 2)
        expect(crop.top).toBeLessThanOrEqual(region.y1 * height + 2)
        expect(crop.left + crop.width).toBeGreaterThanOrEqual(region.x2 * width - 2)
        expect(crop.top + crop.height).toBeGreaterThanOrEqual(region.y2 * height - 2)
        expect(fitPicture(size, picture, { crop }).scale).toBeLessThanOrEqual(2.05)
      }),
    )
  })

  it('are as few as show every region, and one for all where there would be too many', () => {
    expect(cropsFor(square, hd, [box(0.4, 0.4, 0.42, 0.45), box(0.44, 0.42, 0.46, 0.47)])).toHaveLength(1)
    expect(cropsFor(square, hd, [box(0, 0, 0.1, 0.1), box(0.8, 0.8, 0.9, 0.9)])).toHaveLength(2)
    // The whole picture shows the small one too, but three times smaller than it deserves.
    expect(cropsFor(square, hd, [wholePicture, box(0.4, 0.4, 0.5, 0.5)])).toHaveLength(2)
    const many = [0, 0.2, 0.4, 0.6, 0.8].map((x) => box(x, x, x + 0.05, x + 0.05))
    expect(cropsFor(square, hd, many)).toHaveLength(1)
    expect(cropsFor(square, hd, many)[0].width).toBeGreaterThan(1_000)
  })

  it('are not made for regions that are empty, outside or no numbers', () => {
    const bad = [
      box(0.5, 0.5, 0.5, 0.9),
      box(1.2, 0, 1.4, 1),
      box(Number.NaN, 0, 1, 1),
      box(0.6, 0.6, 0.5, 0.7),
    ]
    expect(soundRegions(bad)).toEqual([])
    expect(soundRegions([box(-1, 0.5, 0.5, 2)])).toEqual([box(0, 0.5, 0.5, 1)])
  })
})

describe('what several looks found', () => {
  const left: Crop = { left: 0, top: 0, width: 640, height: 720 }
  const right: Crop = { left: 560, top: 0, width: 720, height: 720 }
  const regions = [box(0, 0, 0.5, 1), box(0.44, 0, 1, 1)]
  const of = (...findings: [Crop, Detection[]][]) =>
    unite(
      findings.map(([crop, detections]) => ({ crop, detections })),
      regions,
      hd,
      0.45,
    )

  it('is one list, the same thing once', () => {
    const seen = of(
      [left, [person(box(0.45, 0.3, 0.48, 0.6), 0.7)]],
      [right, [person(box(0.451, 0.3, 0.48, 0.6), 0.9)]],
    )
    expect(seen).toEqual([person(box(0.451, 0.3, 0.48, 0.6), 0.9)])
  })

  it('has no piece of what another look saw whole', () => {
    const seen = of(
      [left, [person(box(0.46, 0.3, 0.5, 0.6), 0.9)]],
      [right, [person(box(0.46, 0.3, 0.54, 0.6), 0.6)]],
    )
    expect(seen).toEqual([person(box(0.46, 0.3, 0.54, 0.6), 0.6)])
  })

  it('has at half its confidence what was cut and nobody saw whole', () => {
    const seen = of([left, [person(box(0.44, 0.3, 0.5, 0.6), 0.9)]], [right, []])
    expect(seen).toEqual([person(box(0.44, 0.3, 0.5, 0.6), 0.45)])
  })

  it('has nothing that was cut outside the regions', () => {
    const crop = { left: 200, top: 0, width: 440, height: 720 }
    const found = [{ crop, detections: [person(box(0.157, 0.3, 0.18, 0.6))] }]
    expect(unite(found, [box(0.25, 0, 0.4, 1)], hd, 0.45)).toEqual([])
    expect(unite(found, [box(0.16, 0, 0.4, 1)], hd, 0.45)).toHaveLength(1)
  })

  it('is not cut by the edges of the picture', () => {
    expect(of([left, [person(box(0, 0.7, 0.1, 1))]])[0].confidence).toBe(0.8)
  })
})

describe('the region of faces', () => {
  it('is around the upper parts of all people, and nowhere without any', () => {
    expect(faceRegion([])).toBeUndefined()
    const region = faceRegion([person(box(0.1, 0.2, 0.2, 0.8)), person(box(0.5, 0.4, 0.6, 0.9))])
    expect(region!.x1).toBeLessThan(0.1)
    expect(region!.y1).toBeLessThan(0.2)
    expect(region!.x2).toBeGreaterThan(0.6)
    expect(region!.y2).toBeGreaterThan(0.6)
    expect(region!.y2).toBeLessThan(0.75)
  })
})
