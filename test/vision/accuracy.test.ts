import { describe, expect, it, onTestFinished } from 'vitest'
import { seenIn } from '../../scripts/eval/detect-figures.ts'
import { faceIou } from '../../scripts/eval/figures.ts'
import { leaksOf } from '../../scripts/eval/leaks.ts'
import { labelFigures, operatingAt } from '../../scripts/eval/metrics.ts'
import { openModel } from '../../scripts/eval/models.ts'
import { evalSets, missing, setCalled } from '../../scripts/eval/sets.ts'
import { builtIn } from '../../scripts/eval/targets.ts'
import type { Label } from '../../src/domain/detection.ts'
import type { Detector } from '../../src/vision/detector.ts'

const [absent] = evalSets.flatMap((set) => missing(set) ?? [])
const where = absent ? `, skipped as ${absent} is not there` : ''

describe.skipIf(absent)(`the detectors on ../shared/eval${where}`, () => {
  async function open(name: string): Promise<Detector> {
    const detector = await openModel(name)
    onTestFinished(() => detector.close())
    return detector
  }

  async function ap50(name: string, label: Label, set: string, step = 16): Promise<number | null> {
    const detector = await open(name)
    const size = name === builtIn ? ({ width: 640, height: 384 } as const) : 'own'
    const [seen] = await seenIn(detector, setCalled(set), { sizes: [size], step, say: () => {} })
    return labelFigures(seen, label, detector.manifest.score).ap50
  }

  it('find people on every 16th MOT16-09 frame with AP50 of 0.80 or more', { timeout: 60_000 }, async () => {
    expect(await ap50('yolox-nano', 'person', 'MOT16-09')).toBeGreaterThanOrEqual(0.8)
  })

  it('find people on every 16th PETS frame with AP50 of 0.88 or more', { timeout: 60_000 }, async () => {
    expect(await ap50('yolox-nano', 'person', 'PETS09-S2L1')).toBeGreaterThanOrEqual(0.88)
  })

  it('that are built in do at 640×384 what they were measured to do', { timeout: 90_000 }, async () => {
    expect(await ap50(builtIn, 'person', 'PETS09-S2L1')).toBeGreaterThanOrEqual(0.85)
    expect(await ap50(builtIn, 'person', 'MOT16-09')).toBeGreaterThanOrEqual(0.75)
    expect(await ap50(builtIn, 'vehicle', 'traffic', 4)).toBeGreaterThanOrEqual(0.75)
  })

  it('find at least 24 of the 32 CCTV faces at 960×544', { timeout: 60_000 }, async () => {
    const faces = await open('yunet-n')
    const evaluation = { sizes: [{ width: 960, height: 544 }], step: 1, say: () => {} }
    const [seen] = await seenIn(faces, setCalled('faces_cctv'), evaluation)
    const { recall, truths } = operatingAt(seen, 'face', faceIou, 0.5)
    expect(truths).toBe(32)
    expect((recall ?? 0) * truths).toBeGreaterThanOrEqual(24)
  })

  it.each([
    ['yolox-nano', 'yunet-n'],
    [builtIn, builtIn],
  ])(
    'leave no CCTV face of 16 px or more visible in a snapshot (%s and %s)',
    { timeout: 60_000 },
    async (...names) => {
      const [objects, faces] = [await open(names[0]), await open(names[1])]
      const { leaked, faces: total } = await leaksOf(objects, faces, setCalled('faces_cctv'), 2)
      expect(total).toBeGreaterThan(10)
      expect(leaked).toBe(0)
    },
  )
})
