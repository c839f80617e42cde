import { describe, expect, it } from 'vitest'
import {
  averagePrecision,
  bestBalance,
  judge,
  labelFigures,
  operatingAt,
  recallAtFalse,
  type Seen,
  type Truth,
} from '../../scripts/eval/metrics.ts'
import type { Detection, Label } from '../../src/domain/detection.ts'
import type { Box } from '../../src/domain/geometry.ts'

/** A box 0.1 wide and high at the left and top given. */
const at = (x: number, y: number, side = 0.1): Box => ({ x1: x, y1: y, x2: x + side, y2: y + side })

const there = (box: Box, label: Label = 'person', ignore = false): Truth => ({ box, label, ignore })

const found = (box: Box, confidence: number, label: Label = 'person'): Detection => ({
  box,
  confidence,
  label,
})

/** Moved to the right so that the overlap of two boxes of 0.1 gives this IoU: (0.1 - d) / (0.1 + d). */
function shifted({ x1, x2, ...rest }: Box, iou: number): Box {
  const by = (0.1 * (1 - iou)) / (1 + iou)
  return { ...rest, x1: x1 + by, x2: x2 + by }
}

const picture = (truths: Truth[], detections: Detection[], more: Partial<Seen> = {}): Seen => ({
  ...{ labelled: ['person'], truths, found: detections, inputHeight: 400 },
  ...more,
})

describe('judging the detections of a picture', () => {
  it('gives each detection the free truth that it fits best, the strongest first', () => {
    const [left, right] = [there(at(0.1, 0.1)), there(at(0.14, 0.1))]
    // The weak one fits the left best, but the strong one takes that; what is left for it is the right, IoU 0.06 / 0.14.
    const marks = judge([found(at(0.1, 0.1), 0.4), found(at(0.1, 0.1), 0.9)], [left, right], 0.4)
    expect(marks).toEqual([
      { confidence: 0.9, truth: left },
      { confidence: 0.4, truth: right },
    ])
  })

  it('counts a second detection of the same thing as false', () => {
    const one = there(at(0.1, 0.1))
    const marks = judge([found(at(0.1, 0.1), 0.9), found(at(0.1, 0.1), 0.8)], [one], 0.5)
    expect(marks.map(({ truth }) => truth)).toEqual([one, undefined])
  })

  it('counts a box that fits just so, and none that fits less', () => {
    // Halves that a float has exactly: IoU 0.5.
    const whole = there({ x1: 0, y1: 0, x2: 0.5, y2: 0.5 })
    const half = { x1: 0, y1: 0, x2: 0.5, y2: 0.25 }
    expect(judge([found(half, 0.9)], [whole], 0.5)[0].truth).toBe(whole)
    expect(judge([found(half, 0.9)], [whole], 0.51)[0].truth).toBeUndefined()
  })

  it('leaves out what lies for the most part on an ignored truth, however often, but not what only touches it', () => {
    const crowd = there(at(0.5, 0.5, 0.4), 'person', true)
    const within = [found(at(0.5, 0.5), 0.9), found(at(0.6, 0.6), 0.8)]
    expect(judge(within, [crowd], 0.5)).toEqual([])
    // 0.02 of 0.1 is in it.
    expect(judge([found(at(0.42, 0.5), 0.7)], [crowd], 0.5)).toEqual([{ confidence: 0.7, truth: undefined }])
  })

  it('prefers a truth that counts to an ignored one at the same place', () => {
    const real = there(at(0.1, 0.1))
    const marks = judge([found(at(0.1, 0.1), 0.9)], [there(at(0.1, 0.1), 'person', true), real], 0.5)
    expect(marks).toEqual([{ confidence: 0.9, truth: real }])
  })

  it('leaves out a box around an ignored truth that fits it as well as a truth would have to be fitted', () => {
    const small = there(at(0.1, 0.1, 0.1), 'person', true)
    const around = { x1: 0.1, y1: 0.1, x2: 0.2, y2: 0.32 }
    // 0.01 of 0.022: 0.45 of the box lies in it, IoU 0.45.
    expect(judge([found(around, 0.9)], [small], 0.4)).toEqual([])
    expect(judge([found(around, 0.9)], [small], 0.5)).toHaveLength(1)
  })
})

describe('average precision', () => {
  const right = there(at(0, 0))
  const marks = (...truths: boolean[]) =>
    truths.map((isRight, i) => ({ confidence: 1 - i / 10, truth: isRight ? right : undefined }))

  it('is the area under the precision that is still reached, over all points', () => {
    // Recall 1/4 at precision 1, 2/4 at 2/3, 3/4 at 3/5; the fourth is never found.
    expect(averagePrecision(marks(true, false, true, false, true), 4)).toBeCloseTo(
      (1 + 2 / 3 + 3 / 5) / 4,
      12,
    )
  })

  it('lifts a dip to the best precision that comes after it', () => {
    // Precision 0, 1/2, 2/3, 3/4 : all three steps of recall count 3/4.
    expect(averagePrecision(marks(false, true, true, true), 3)).toBeCloseTo(3 / 4, 12)
  })

  it('is 0 where nothing is found and null where nothing is there', () => {
    expect(averagePrecision([], 3)).toBe(0)
    expect(averagePrecision(marks(false), 0)).toBeNull()
  })
})

describe('the best balance of precision and recall', () => {
  const right = there(at(0, 0))

  it('is where their harmonic mean is greatest', () => {
    const marks = [
      { confidence: 0.9, truth: right },
      { confidence: 0.8 },
      { confidence: 0.7, truth: right },
      { confidence: 0.6 },
      { confidence: 0.5, truth: right },
    ]
    // F1 of three: 2/4, 2/5, 4/6, 4/7, 6/8.
    expect(bestBalance(marks, 3)).toEqual({ confidence: 0.5, precision: 0.6, recall: 1 })
    // F1 of nine: 2/10, 2/11, 4/12, 4/13, 6/14.
    expect(bestBalance(marks.slice(0, 4), 9)).toEqual({ confidence: 0.7, precision: 2 / 3, recall: 2 / 9 })
  })

  it('does not part detections of one confidence', () => {
    const marks = [{ confidence: 0.9, truth: right }, { confidence: 0.9 }]
    expect(bestBalance(marks, 1)).toEqual({ confidence: 0.9, precision: 0.5, recall: 1 })
  })

  it('is none where nothing right was found', () => {
    expect(bestBalance([{ confidence: 0.9 }], 2)).toBeNull()
    expect(bestBalance([], 0)).toBeNull()
  })
})

describe('figures of a label', () => {
  it('are told at IoU 0.5 and as the mean of ten', () => {
    // One box of IoU 0.72 passes at 0.5, 0.55, 0.6, 0.65 and 0.7: five of ten.
    const seen = [picture([there(at(0.1, 0.1))], [found(shifted(at(0.1, 0.1), 0.72), 0.9)])]
    const { ap50, ap50to95 } = labelFigures(seen, 'person', 0.5)
    expect(ap50).toBe(1)
    expect(ap50to95).toBeCloseTo(0.5, 12)
  })

  it('rank the detections of all pictures together', () => {
    const right = picture([there(at(0.1, 0.1))], [found(at(0.1, 0.1), 0.6)])
    const wrong = picture([], [found(at(0.5, 0.5), 0.8)])
    // The false one is stronger: precision 1/2 at recall 1.
    expect(labelFigures([right, wrong], 'person', 0.5).ap50).toBeCloseTo(0.5, 12)
  })

  it('tell precision, recall and false ones from the confidence on that is asked for', () => {
    const seen = [
      picture(
        [there(at(0.1, 0.1)), there(at(0.3, 0.1))],
        [found(at(0.1, 0.1), 0.9), found(at(0.3, 0.1), 0.2)],
      ),
      picture([], [found(at(0.7, 0.7), 0.5), found(at(0.7, 0.3), 0.1)]),
    ]
    const { precision, recall, falsePerFrame } = labelFigures(seen, 'person', 0.5)
    expect({ precision, recall, falsePerFrame }).toEqual({ precision: 0.5, recall: 0.5, falsePerFrame: 0.5 })
  })

  it('tell recall by height in the pixels of the input', () => {
    // 400 px of input: 0.03 is 12 px, 0.04 is 16, 0.1 is 40, 0.25 is 100.
    const boxes = [at(0, 0, 0.03), at(0.1, 0, 0.04), at(0.2, 0, 0.1), at(0.4, 0, 0.1), at(0.6, 0, 0.25)]
    const detections = [found(boxes[1], 0.9), found(boxes[2], 0.9), found(boxes[4], 0.9)]
    const seen = [
      picture(
        boxes.map((box) => there(box)),
        detections,
      ),
    ]
    expect(labelFigures(seen, 'person', 0.5).byHeight).toEqual([
      { from: 0, to: 16, truths: 1, recall: 0 },
      { from: 16, to: 32, truths: 1, recall: 1 },
      { from: 32, to: 96, truths: 2, recall: 0.5 },
      { from: 96, to: null, truths: 1, recall: 1 },
    ])
    const smaller = labelFigures([{ ...seen[0], inputHeight: 100 }], 'person', 0.5)
    expect(smaller.byHeight.map(({ truths }) => truths)).toEqual([4, 1, 0, 0])
    expect(smaller.byHeight[2].recall).toBeNull()
  })

  it('count a label only in pictures where all of it is annotated', () => {
    const labelled = picture([there(at(0.1, 0.1))], [found(at(0.1, 0.1), 0.6)])
    // Somebody is found where people are not annotated: that proves nothing.
    const unlabelled = picture([], [found(at(0.5, 0.5), 0.9)], { labelled: ['vehicle'] })
    const figures = labelFigures([labelled, unlabelled], 'person', 0.5)
    expect(figures).toMatchObject({ ap50: 1, precision: 1, frames: 1, falsePerFrame: 0 })
    const vehicles = labelFigures([labelled, unlabelled], 'vehicle', 0.5)
    expect(vehicles).toMatchObject({ frames: 1, truths: 0, ap50: null, precision: null })
  })

  it('let no detection of one label take a truth of another', () => {
    const labelled: Label[] = ['person', 'vehicle']
    const seen = [picture([there(at(0.1, 0.1), 'vehicle')], [found(at(0.1, 0.1), 0.9)], { labelled })]
    expect(labelFigures(seen, 'vehicle', 0.5)).toMatchObject({ ap50: 0, recall: 0 })
    expect(labelFigures(seen, 'person', 0.5)).toMatchObject({ truths: 0, precision: 0 })
  })

  it('do not want what is to be ignored', () => {
    const seen = [
      picture([there(at(0.1, 0.1)), there(at(0.5, 0.5), 'person', true)], [found(at(0.1, 0.1), 0.9)]),
    ]
    expect(labelFigures(seen, 'person', 0.5)).toMatchObject({ truths: 1, recall: 1, precision: 1 })
  })
})

describe('recall at few false detections', () => {
  const face = (x: number) => there(at(x, 0), 'face')
  const seen = (x: number, confidence: number) => found(at(x, 0), confidence, 'face')
  const labelled: Label[] = ['face']
  // Two pictures; confidences of right ones: 0.9, 0.7, 0.3; of false ones: 0.8, 0.6, 0.4.
  const frames = [
    picture([face(0), face(0.2)], [seen(0, 0.9), seen(0.8, 0.8), seen(0.2, 0.3), seen(0.6, 0.4)], {
      labelled,
    }),
    picture([face(0), face(0.2)], [seen(0, 0.7), seen(0.8, 0.6)], { labelled }),
  ]

  it('is told at the lowest confidence with no more of them', () => {
    // One a picture allows two: down to 0.6, the third would come at 0.4.
    expect(recallAtFalse(frames, 'face', 0.4, 1)).toEqual({
      recall: 0.5,
      falsePerFrame: 1,
      confidence: 0.6,
      truths: 4,
    })
    expect(recallAtFalse(frames, 'face', 0.4, 1.5)).toMatchObject({ recall: 0.75, confidence: 0.3 })
    expect(recallAtFalse(frames, 'face', 0.4, 0)).toMatchObject({ recall: 0.25, confidence: 0.9 })
  })

  it('takes detections of one confidence together', () => {
    const equal = [picture([face(0)], [seen(0, 0.9), seen(0.6, 0.9), seen(0.8, 0.9)], { labelled })]
    // A threshold cannot have the right one without the two false ones.
    expect(recallAtFalse(equal, 'face', 0.4, 1)).toEqual({
      recall: 0,
      falsePerFrame: 0,
      confidence: 1,
      truths: 1,
    })
    expect(recallAtFalse(equal, 'face', 0.4, 2)).toMatchObject({ recall: 1, falsePerFrame: 2 })
  })

  it('says null where there is no face to be found', () => {
    expect(recallAtFalse([picture([], [], { labelled })], 'face', 0.4, 1).recall).toBeNull()
  })

  it('is told at a given confidence as well', () => {
    expect(operatingAt(frames, 'face', 0.4, 0.65)).toEqual({
      recall: 0.5,
      falsePerFrame: 0.5,
      confidence: 0.65,
      truths: 4,
    })
  })
})
