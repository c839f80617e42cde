/** Whether a person's face was seen: in the upper part of their box, and of one person only. */
import { describe, expect, it } from 'vitest'
import type { Detection } from '../../src/domain/detection.ts'
import { withSeenFaces } from '../../src/vision/seen-faces.ts'
import { boxAt } from '../support/scene.ts'

const person = (x: number, height = 0.5): Detection => ({
  label: 'person',
  confidence: 0.9,
  box: boxAt(x, 0.9, 0.2, height),
})
/** Around this point. */
const face = (x: number, y: number): Detection => ({
  label: 'face',
  confidence: 0.8,
  box: boxAt(x, y + 0.02, 0.03, 0.04),
})
const seenOf = (...detections: Detection[]) =>
  withSeenFaces(detections, ({ confidence }) => confidence >= 0.5).map(({ faceSeen }) => faceSeen)

describe('the face of a person', () => {
  it('was seen where one is in the upper half of their box', () => {
    expect(seenOf(person(0.5), face(0.5, 0.45))).toEqual([true, undefined])
    expect(seenOf(person(0.5), face(0.5, 0.64))).toEqual([true, undefined])
  })

  it('was not where there is none, or one lower or beside them', () => {
    expect(seenOf(person(0.5))).toEqual([false])
    expect(seenOf(person(0.5), face(0.5, 0.67))).toEqual([false, undefined])
    expect(seenOf(person(0.5), face(0.62, 0.45))).toEqual([false, undefined])
  })

  it('is one person’s: theirs whose head is nearest', () => {
    expect(seenOf(person(0.5), person(0.56), face(0.57, 0.45))).toEqual([false, true, undefined])
    expect(seenOf(person(0.5), person(0.56), face(0.49, 0.45), face(0.57, 0.45))).toEqual([
      ...[true, true],
      ...[undefined, undefined],
    ])
  })

  it('is not spoken of where nobody looked for it, nor of things', () => {
    const doubtful = { ...person(0.5), confidence: 0.2 }
    const car = { ...person(0.5), label: 'vehicle' } as const
    expect(seenOf(doubtful, face(0.5, 0.45))).toEqual([undefined, undefined])
    expect(seenOf(car, face(0.5, 0.45))).toEqual([undefined, undefined])
  })
})
