/** Whose head is hidden: every face, and every head that no hidden face covers. */
import { expect, it } from 'vitest'
import type { Detection } from '../../src/domain/detection.ts'
import { type Box, boxContains } from '../../src/domain/geometry.ts'
import { hiddenRegions } from '../../src/vision/redact.ts'

const picture = { width: 1280, height: 720 }
const person = (box: Box): Detection => ({ label: 'person', confidence: 0.8, box })
const face = (box: Box, confidence = 0.8): Detection => ({ label: 'face', confidence, box })
const hides = (regions: readonly Box[], x: number, y: number) =>
  regions.some((box) => boxContains(box, { x, y }))

const tall = person({ x1: 0.4, y1: 0.2, x2: 0.5, y2: 0.8 })

it('hides the head of somebody whose face was not found', () => {
  expect(hides(hiddenRegions([], [tall], picture), 0.45, 0.25)).toBe(true)
})

it('hides a face once where it is the head of its person', () => {
  const own = face({ x1: 0.43, y1: 0.22, x2: 0.47, y2: 0.3 })
  expect(hiddenRegions([own], [tall], picture)).toHaveLength(1)
})

it("hides the head too where the face in its box is a neighbour's", () => {
  const neighbour = face({ x1: 0.48, y1: 0.24, x2: 0.51, y2: 0.31 })
  const regions = hiddenRegions([neighbour], [tall], picture)
  expect(hides(regions, 0.45, 0.25), 'the head of the person').toBe(true)
  expect(hides(regions, 0.495, 0.27), 'the face of the neighbour').toBe(true)
})

it('hides the head too where a badge on the shoulder looks like a face', () => {
  const badge = face({ x1: 0.475, y1: 0.29, x2: 0.495, y2: 0.33 }, 0.13)
  expect(hides(hiddenRegions([badge], [tall], picture), 0.45, 0.25)).toBe(true)
})

it('hides the head too where only something like a face was found on it: it may be an ear', () => {
  const ear = face({ x1: 0.44, y1: 0.21, x2: 0.46, y2: 0.27 }, 0.3)
  const regions = hiddenRegions([ear], [tall], picture)
  expect(hides(regions, 0.49, 0.25), 'the rest of the head').toBe(true)
  expect(regions).toHaveLength(2)
})
