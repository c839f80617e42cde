/** The tracker on the annotated boxes of the MOT clips with planted faults, and how clips are taken at lower rates. */
import { describe, expect, it } from 'vitest'
import { seeded, spoil } from '../../scripts/eval/planted.ts'
import { type Sequence, sampled, sequenceOf } from '../../scripts/eval/sequences.ts'
import { missing, sequenceSets } from '../../scripts/eval/sets.ts'
import { detectedFigures, plantedFigures } from '../../scripts/eval/track-figures.ts'
import { trackTable, trackTargets } from '../../scripts/eval/track-sentences.ts'
import { boxAt } from '../support/scene.ts'

/** Somebody walks for two seconds; frame by frame, at 10 a second. */
const walk: Sequence = {
  ...{ name: 'walk', width: 100, height: 100, rate: 10 },
  frames: Array.from({ length: 20 }, (_, index) => {
    const truths = [{ id: 1, box: boxAt(0.2 + 0.02 * index, 0.6) }]
    return { index, timeMs: index * 100, truths, ignored: [], hidden: [] }
  }),
}

describe('a sequence at a lower rate', () => {
  it('has the frames next to its times, each with its own time', () => {
    expect(sampled(walk, 4).map(({ index }) => index)).toEqual([0, 3, 5, 8, 10, 13, 15, 18])
    expect(sampled(walk, 4)[1].timeMs).toBe(300)
    expect(sampled(walk, 25)).toHaveLength(20)
  })
})

describe('planted faults', () => {
  const truths = Array.from({ length: 20_000 }, () => boxAt(0.5, 0.6))
  const size = { width: 1_000, height: 500 }
  const deviation = (values: readonly number[]) => {
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length
    return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length)
  }

  it('are 10 % misses, 5 % false boxes and 3 px of noise', () => {
    const found = spoil(truths, size, seeded(1)).map(({ box }) => box)
    const near = found.slice(0, Math.round(found.length * (0.9 / 0.95)) - 500)
    expect(found.length / truths.length).toBeCloseTo(0.95, 2)
    expect(deviation(near.map(({ x1 }) => x1 * size.width))).toBeCloseTo(3, 0)
    expect(deviation(near.map(({ y2, y1 }) => (y2 - y1) * size.height))).toBeCloseTo(3, 0)
    const far = found.slice(near.length + 1_000)
    expect(deviation(far.map(({ x1 }) => x1 * size.width))).toBeGreaterThan(100)
  })

  it('are the same for the same seed only', () => {
    expect(spoil(truths, size, seeded(2))).toEqual(spoil(truths, size, seeded(2)))
    expect(spoil(truths, size, seeded(2))).not.toEqual(spoil(truths, size, seeded(3)))
  })
})

describe('figures of a sequence', () => {
  it('tell each rate once, as a clip has no more frames than it has', () => {
    const figures = plantedFigures(walk, [25, 10, 5], 2)
    expect(figures.map(({ fps, frames }) => [fps, frames])).toEqual([
      [10, 20],
      [5, 10],
    ])
  })

  it('look at each frame once, at those that some rate needs', async () => {
    const looks: number[] = []
    const pictures = walk.frames.map(({ index }) => ({ width: index, height: 0, pixels: new Uint8Array() }))
    const set = {
      ...{ name: 'walk', labelled: [], needs: [] },
      views: async () => [],
      async *pictures() {
        for (const picture of pictures) yield { view: {} as never, picture }
      },
    }
    const eyes = {
      see: async ({ width: index }: { readonly width: number }) => {
        looks.push(index)
        const detections = walk.frames[index].truths.map(({ box }) => ({
          ...{ label: 'person' as const, confidence: 0.9, box },
        }))
        return { detections, looks: [], whole: true }
      },
    }
    const [five, two] = await detectedFigures(eyes, set, walk, [5, 2])
    expect(looks).toEqual([0, 2, 4, 5, 6, 8, 10, 12, 14, 15, 16, 18])
    // Nobody is believed in the first of ten frames; what is found later is right, under one id.
    expect(five).toMatchObject({ mota: 0.9, switchesPerMinute: 0 })
    expect(two.frames).toBe(4)
    pictures.pop()
    await expect(detectedFigures(eyes, set, walk, [5])).rejects.toThrow('walk gave 19 of its 20 pictures')
  })

  it('become a table, and targets that are met, missed or not measured', () => {
    const figures = {
      ...{ frames: 10, hota: 0.5, detA: 0.5, assA: 0.5, mota: 0.95, idf1: 0.9 },
      switchesPerMinute: 2,
    }
    const planted = { 'PETS09-S2L1': [7, 5].map((fps) => ({ ...figures, fps })) }
    expect(trackTable({ planted })[2]).toMatch(/^planted +PETS09-S2L1 +5 +0\.500 .* 0\.950 +0\.900 +2$/)
    const verdicts = trackTargets({ planted }).map(({ verdict }) => verdict)
    expect(verdicts.slice(0, 3)).toEqual(['missed', 'met', 'not measured'])
  })
})

const [absent] = sequenceSets.flatMap((set) => missing(set) ?? [])

describe.skipIf(absent)(
  `the tracker on planted boxes at 5 fps${absent ? `, skipped as ${absent} is not there` : ''}`,
  () => {
    // The first two are what is asked for, the others a little below what was measured: 0.878 / 0.925 and 0.815 / 0.769.
    it.each([
      ['PETS09-S2L1', 0.93, 0.93],
      ['TUD-Stadtmitte', 0.8, 0.85],
      ['KITTI-17', 0.85, 0.9],
      ['MOT16-09', 0.79, 0.74],
    ])('reaches on %s MOTA %d and IDF1 %d', (name, mota, idf1) => {
      const [set] = sequenceSets.filter((one) => one.name === name)
      const [figures] = plantedFigures(sequenceOf(set), [5], 5)
      expect(figures.mota).toBeGreaterThanOrEqual(mota)
      expect(figures.idf1).toBeGreaterThanOrEqual(idf1)
    })
  },
)
