import { describe, expect, it } from 'vitest'
import { hiddenPixels, innerHalf, isHidden as isUnder } from '../../scripts/eval/leaks.ts'
import type { Box } from '../../src/domain/geometry.ts'

const picture = { width: 100, height: 100 }
const isHidden = (box: Box, hidden: readonly Box[]) => isUnder(box, hiddenPixels(hidden, picture), picture)

describe('what redaction leaves of a face', () => {
  it('is asked of the half around its middle', () => {
    expect(innerHalf({ x1: 0.25, y1: 0, x2: 0.75, y2: 1 })).toEqual({
      ...{ x1: 0.375, y1: 0.25, x2: 0.625, y2: 0.75 },
    })
  })

  it('is nothing where boxes cover every pixel together', () => {
    const [left, right] = [
      { x1: 0.1, y1: 0.1, x2: 0.3, y2: 0.5 },
      { x1: 0.3, y1: 0.1, x2: 0.5, y2: 0.5 },
    ]
    const face = { x1: 0.2, y1: 0.2, x2: 0.4, y2: 0.4 }
    expect(isHidden(face, [left, right])).toBe(true)
    expect(isHidden(face, [left])).toBe(false)
    expect(isHidden(face, [])).toBe(false)
  })

  it('is told with how much of the picture is hidden, what is hidden twice once', () => {
    const mask = hiddenPixels(
      [
        { x1: 0, y1: 0, x2: 0.5, y2: 0.5 },
        { x1: 0.25, y1: 0, x2: 0.75, y2: 0.5 },
      ],
      picture,
    )
    expect(mask.filter((one) => one === 1)).toHaveLength(75 * 50)
  })

  it('is seen by a single row of pixels', () => {
    const face = { x1: 0.2, y1: 0.2, x2: 0.4, y2: 0.4 }
    expect(isHidden(face, [{ x1: 0.1, y1: 0.1, x2: 0.5, y2: 0.39 }])).toBe(false)
    // The mosaic paints whole pixels, of which the box has only a part.
    expect(isHidden(face, [{ x1: 0.1, y1: 0.1, x2: 0.5, y2: 0.395 }])).toBe(true)
  })
})
