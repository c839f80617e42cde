/** One frame that vision cannot analyse costs that frame; everything else is told. */
import { expect, it } from 'vitest'
import type { Camera } from '../src/domain/camera.ts'
import type { Frame } from '../src/domain/frame.ts'
import type { Track } from '../src/domain/track.ts'
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

/** The tracks of three frames in which a bag lies and no model looks; `isSure` of the view from the second one on. */
async function followed(isSure: boolean, burst = false): Promise<string[][]> {
  const box = { x1: 0.4, y1: 0.4, x2: 0.5, y2: 0.5 }
  const bag = { label: 'object', confidence: 0.9, box, change: 'came' } as const
  const vision = {
    detect: async ({ index }: Frame) => ({ handle: index, detections: [], looked: [] }),
    snapshot: async () => ({ missing: 'redaction-failed' as const }),
    release: () => {},
  }
  const labels: string[][] = []
  const attention = {
    follow: (tracks: readonly Track[]) => void labels.push(tracks.map(({ label }) => label)),
  }
  let index = 0
  const objects = () => ({ things: index < 20 ? [bag] : [], isSure })
  async function* frames() {
    for (; index < 90; index++) yield { ...frame(index), burst }
  }
  await pipeline(frames(), stagesOf({ camera, vision, attention, objects, save: async () => {} }))
  return labels
}

it('follows what lies still in frames at which no model looked, until it is seen to be gone', async () => {
  const labels = await followed(true)
  expect(labels.slice(2, 20)).toEqual(Array.from({ length: 18 }, () => ['object']))
  expect(labels.at(-1)).toEqual([])
})

it('keeps it while nobody is sure of the view, and sees nothing of it in frames of before', async () => {
  expect((await followed(false)).at(-1)).toEqual(['object'])
  expect((await followed(true, true)).flat()).toEqual([])
})
