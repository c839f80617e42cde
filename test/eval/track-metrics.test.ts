/** The scores of tracking, beside cases worked out by hand. */
import { describe, expect, it } from 'vitest'
import { trackScores, withoutIgnored } from '../../scripts/eval/track-metrics.ts'
import type { Placed, TrackedFrame } from '../../scripts/eval/tracked-frame.ts'

const left = { x1: 0, y1: 0, x2: 0.2, y2: 0.2 }
const right = { x1: 0.6, y1: 0, x2: 0.8, y2: 0.2 }
/** Half of `left`. */
const narrow = { x1: 0, y1: 0, x2: 0.1, y2: 0.2 }

const at = (id: number, box = left): Placed => ({ id, box })
const frame = (truths: readonly Placed[], found: readonly Placed[]): TrackedFrame => ({ truths, found })
/** One thing in as many frames, found under these ids. */
const under = (...ids: readonly number[]) => ids.map((id) => frame([at(1)], [at(id)]))

describe('the scores of tracks', () => {
  it('are 1 where everything is found under one id', () => {
    const nothingWrong = { misses: 0, falseBoxes: 0, switches: 0 }
    expect(trackScores(under(9, 9))).toEqual({
      ...{ hota: 1, detA: 1, assA: 1, mota: 1, idf1: 1 },
      ...nothingWrong,
    })
  })

  it('are 0 where nothing is found, and where all is found elsewhere', () => {
    const missed = [frame([at(1)], [])]
    expect(trackScores(missed)).toMatchObject({ hota: 0, detA: 0, assA: 0, mota: 0, idf1: 0, misses: 1 })
    const elsewhere = [frame([at(1)], [at(5, right)])]
    expect(trackScores(elsewhere)).toMatchObject({ hota: 0, detA: 0, assA: 0, mota: -1, idf1: 0 })
  })

  it('see an id that changes after three of four frames', () => {
    const scores = trackScores(under(5, 5, 5, 6))
    // Three pairs are together in 3 of 4 frames and one in 1 of 4: (3 · 3/4 + 1/4) / 4.
    expect(scores.assA).toBeCloseTo(0.625)
    expect(scores).toMatchObject({ detA: 1, switches: 1, mota: 0.75, idf1: 0.75 })
    expect(scores.hota).toBeCloseTo(Math.sqrt(0.625))
  })

  it('see two things found as one: their boxes are right and the association is half', () => {
    const scores = trackScores([...under(5, 5), frame([at(2)], [at(5)]), frame([at(2)], [at(5)])])
    expect(scores).toMatchObject({ detA: 1, assA: 0.5, switches: 0, mota: 1, idf1: 0.5 })
  })

  it('count a miss, a false box and a switch of four truths', () => {
    const frames = [
      frame([at(1)], [at(5)]),
      frame([at(1)], []),
      frame([at(1)], [at(6), at(7, right)]),
      frame([at(1)], [at(6)]),
    ]
    const scores = trackScores(frames)
    // MOTA 1 - 3/4. IDF1: under the best naming (1 = 6) two agree, of four true and four found.
    expect(scores).toMatchObject({ mota: 0.25, idf1: 0.5, misses: 1, falseBoxes: 1, switches: 1 })
    // Three pairs, a miss, a false box; 5 is with 1 in 1 of 4 frames, 6 twice in 2 of 4.
    expect(scores.detA).toBeCloseTo(3 / 5)
    expect(scores.assA).toBeCloseTo((1 / 4 + 2 * (2 / 4)) / 3)
  })

  it('see two ids that swap as two switches', () => {
    const frames = [0, 1, 2].map((index) => {
      const [one, other] = index < 2 ? [5, 6] : [6, 5]
      return frame([at(1), at(2, right)], [at(one), at(other, right)])
    })
    const scores = trackScores(frames)
    expect(scores).toMatchObject({ switches: 2, mota: 1 - 2 / 6, idf1: (2 * 4) / 12, detA: 1 })
    // Four pairs are together in 2 of 4 frames that either has, two in 1 of 5.
    expect(scores.assA).toBeCloseTo((4 * (2 / 4) + 2 * (1 / 5)) / 6)
  })

  it('take half a box for found at an IoU of one half and less: ten of the nineteen thresholds of HOTA', () => {
    const scores = trackScores([frame([at(1)], [at(5, narrow)])])
    expect(scores).toMatchObject({ mota: 1, idf1: 1 })
    for (const score of [scores.hota, scores.detA, scores.assA]) expect(score).toBeCloseTo(10 / 19)
  })

  it('let a pair stay a pair where another box fits better in one frame', () => {
    const frames = [frame([at(1)], [at(5)]), frame([at(1)], [at(5, narrow), at(6)])]
    expect(trackScores(frames)).toMatchObject({ switches: 0, falseBoxes: 1, idf1: 2 * (2 / 5) })
  })
})

describe('what is to be ignored', () => {
  it('takes along what was found on it, except what a truth has the first claim to', () => {
    expect(withoutIgnored([at(5), at(6, right)], [], [right])).toEqual([at(5)])
    expect(withoutIgnored([at(5)], [at(1, narrow)], [left])).toEqual([at(5)])
    expect(withoutIgnored([at(5), at(6)], [at(1)], [left])).toHaveLength(1)
    expect(withoutIgnored([at(5, right)], [at(1)], [left])).toEqual([at(5, right)])
  })
})
