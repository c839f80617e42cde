import { describe, expect, it } from 'vitest'
import { cctvFaces, evalPresent, leaks, openDetector, personAp50 } from '../../scripts/eval-detect.ts'

describe.skipIf(!evalPresent)('the detectors on ../shared/eval (skipped where it is absent)', () => {
  it('find people on every 16th MOT16-09 frame with AP50 of 0.80 or more', { timeout: 60_000 }, async () => {
    const detector = await openDetector('yolox-nano')
    expect(await personAp50(detector, 'MOT16-09', 16)).toBeGreaterThanOrEqual(0.8)
    await detector.close()
  })

  it('find people on every 16th PETS frame with AP50 of 0.88 or more', { timeout: 60_000 }, async () => {
    const detector = await openDetector('yolox-nano')
    expect(await personAp50(detector, 'PETS09-S2L1', 16)).toBeGreaterThanOrEqual(0.88)
    await detector.close()
  })

  it('find at least 24 of the 32 CCTV faces at 960×544', { timeout: 60_000 }, async () => {
    const faces = await openDetector('yunet-n')
    const { found, total } = await cctvFaces(faces)
    expect(total).toBe(32)
    expect(found).toBeGreaterThanOrEqual(24)
    await faces.close()
  })

  it('leave no CCTV face of 16 px or more visible in a snapshot', { timeout: 60_000 }, async () => {
    const objects = await openDetector('yolox-nano')
    const faces = await openDetector('yunet-n')
    const { leaked, total } = await leaks(objects, faces, 'faces_cctv', 2)
    expect(total).toBeGreaterThan(10)
    expect(leaked).toBe(0)
    await objects.close()
    await faces.close()
  })
})
