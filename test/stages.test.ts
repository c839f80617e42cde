/** One frame that vision cannot analyse costs that frame; everything else is told. */
import { expect, it } from 'vitest'
import type { Camera } from '../src/domain/camera.ts'
import type { Frame } from '../src/domain/frame.ts'
import { type ErrorCode, GatewayError } from '../src/kit/errors.ts'
import { pipeline } from '../src/pipeline.ts'
import { stagesOf } from '../src/stages.ts'

const camera: Camera = {
  ...{ id: 'yard', name: 'Yard', tier: 'public', url: 'file:yard.mp4', enabled: true, tags: [], grid: {} },
  ...{ masks: [], zones: [], lines: [], rules: [] },
}
const frame = (index: number): Frame => ({
  ...{ camera: 'yard', generation: 1, index, width: 2, height: 2, pixels: new Uint8Array(6) },
  ...{ frameTime: index * 200, arrivedAt: index * 200 },
})

/** Runs three frames of which the second fails with `code`; resolves with the frames that were let go of. */
async function released(code: ErrorCode): Promise<number[]> {
  const handles: number[] = []
  const vision = {
    async detect({ index }: Frame) {
      if (index === 1) throw new GatewayError(code, 'the worker died')
      return { handle: index, detections: [], looked: [] }
    },
    snapshot: async () => ({ missing: 'redaction-failed' as const }),
    release: (handle: number) => void handles.push(handle),
  }
  async function* frames() {
    for (const index of [0, 1, 2]) yield frame(index)
  }
  await pipeline(frames(), stagesOf({ camera, vision, save: async () => {} }))
  return handles
}

it('skips a frame that could not be analysed and goes on with the next', async () => {
  expect(await released('VISION_FAILED')).toEqual([0, 2])
})

it('ends at any other failure', async () => {
  await expect(released('VISION_STOPPED')).rejects.toMatchObject({ code: 'VISION_STOPPED' })
})
