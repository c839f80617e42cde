/** The main path of one camera: each stage in its turn, every frame let go, an alert saved with or without its picture. */
import { expect, it } from 'vitest'
import type { RuleEvent } from '../src/domain/alert.ts'
import type { Frame } from '../src/domain/frame.ts'
import { pipeline, type Stages } from '../src/pipeline.ts'
import { sampleAlert } from './support/alert-samples.ts'

const event = (phase: RuleEvent['phase']): RuleEvent => ({
  ...{ rule: 'night', kind: 'intrusion', subject: 'track 7', phase, time: 0, objects: [] },
})

async function* framesAt(...times: number[]): AsyncGenerator<Frame> {
  for (const [index, frameTime] of times.entries()) {
    const picture = { width: 4, height: 2, pixels: new Uint8Array(12) }
    yield { camera: 'yard', generation: 1, index, ...picture, frameTime, arrivedAt: frameTime }
  }
}

/** Stages that write down what is asked of them; each frame raises the alerts of these phases. */
function noted(phases: RuleEvent['phase'][], change: Partial<Stages['vision']> = {}) {
  const calls: string[] = []
  let handle = 0
  const stages: Stages = {
    vision: {
      async detect({ frameTime }) {
        calls.push(`detect ${frameTime}`)
        return { handle: ++handle, detections: [], looked: [] }
      },
      async snapshot(of, objects) {
        calls.push(`snapshot ${of} of ${objects.length}`)
        return { jpeg: new Uint8Array(3), width: 2, height: 2, faces: 0 }
      },
      release(of) {
        calls.push(`release ${of}`)
      },
      ...change,
    },
    tracker: {
      update(_detections, _looked, time, aspect) {
        calls.push(`track ${time} of ${aspect}:1`)
        return []
      },
    },
    attention: {
      follow(_tracks, time) {
        calls.push(`attention ${time}`)
      },
    },
    rules: {
      evaluate(_tracks, time) {
        calls.push(`rules ${time}`)
        return phases.map(event)
      },
      end: () => [],
    },
    alerts: { raise: (events) => events.map(({ phase }) => sampleAlert({ phase })) },
    async save({ phase }, picture) {
      const shown = picture && ('jpeg' in picture ? 'a picture' : picture.missing)
      calls.push(`save ${phase} with ${shown ?? 'nothing'}`)
    },
  }
  return { calls, stages }
}

it('hands each frame from stage to stage in order, and lets go of it before the next', async () => {
  const { calls, stages } = noted(['began'])
  await pipeline(framesAt(100, 200), stages)
  const path = (time: number, handle: number) => [
    `detect ${time}`,
    `track ${time} of 2:1`,
    `attention ${time}`,
    `rules ${time}`,
    `snapshot ${handle} of 1`,
    'save began with a picture',
    `release ${handle}`,
  ]
  expect(calls).toEqual([...path(100, 1), ...path(200, 2)])
})

it('takes a picture of what began, and of nothing else', async () => {
  const { calls, stages } = noted(['updated', 'ended', 'began'])
  await pipeline(framesAt(100), stages)
  expect(calls.slice(4, -1)).toEqual([
    'save updated with nothing',
    'save ended with nothing',
    'snapshot 1 of 1',
    'save began with a picture',
  ])
})

it('saves an alert whose picture is missing, with the reason', async () => {
  const { calls, stages } = noted(['began'], { snapshot: async () => ({ missing: 'redaction-failed' }) })
  await pipeline(framesAt(100), stages)
  expect(calls).toContain('save began with redaction-failed')
})

it.each(['tracker', 'rules', 'alerts', 'save'] as const)(
  'lets go of the frame when %s fails',
  async (part) => {
    const { calls, stages } = noted(['began'])
    const fail = () => {
      throw new Error('broken')
    }
    const broken = {
      tracker: { tracker: { update: fail } },
      rules: { rules: { ...stages.rules, evaluate: fail } },
      alerts: { alerts: { raise: fail } },
      save: { save: async () => fail() },
    }[part]
    await expect(pipeline(framesAt(100, 200), { ...stages, ...broken })).rejects.toThrow('broken')
    expect(calls.filter((call) => call.startsWith('detect'))).toEqual(['detect 100'])
    expect(calls.at(-1)).toBe('release 1')
  },
)

it('has nothing to let go of where the frame could not be analysed', async () => {
  const { calls, stages } = noted([], { detect: () => Promise.reject(new Error('no worker')) })
  await expect(pipeline(framesAt(100), stages)).rejects.toThrow('no worker')
  expect(calls).toEqual([])
})
