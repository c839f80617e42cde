import { describe, expect, it } from 'vitest'
import type { NotedAlert } from '../../scripts/bench/centre.ts'
import { scoreStep, spread } from '../../scripts/bench/latency-score.ts'
import type { Reading, Step } from '../../scripts/bench/latency-step.ts'

const start = 10_000
const end = 20_000

/** A reading that takes 10 ms; counters are [frames, replaced] of each camera. */
function reading(askedAt: number, counters: Readonly<Record<string, readonly [number, number]>>): Reading {
  const cameras = Object.entries(counters).map(([camera, [frames, replaced]]) => [
    camera,
    { skyeye_frames_total: frames, skyeye_frames_replaced_total: replaced },
  ])
  return { askedAt, answeredAt: askedAt + 10, cameras: Object.fromEntries(cameras) }
}

function alert(id: string, camera: string, frameTime: number, tookMs: number): NotedAlert {
  const times = { began: frameTime, frameTime, arrivedAt: frameTime + tookMs }
  return { id, camera, phase: 'began', pictured: true, ...times }
}

/** Ten seconds of two cameras. */
const step: Step = {
  cameras: 2,
  lines: 3,
  crossingsPerSecond: 0.4,
  before: reading(start, { a: [100, 0], b: [100, 10] }),
  after: reading(end, { a: [150, 0], b: [150, 20] }),
  alerts: [],
  pictures: new Map(),
  runsSince: new Map([
    ['a', 0],
    ['b', 0],
  ]),
  othersCores: 0.2,
}

describe('the score of a step', () => {
  it('tells how long alerts took, how often cameras were looked at, and how far frame times are off', () => {
    const alerts = [alert('1', 'a', 11_000, 100), alert('2', 'a', 16_000, 300), alert('3', 'b', 12_000, 200)]
    // The first was sent 5 ms before its frame time, the second 7 ms after, and of the third it is not clear.
    const sentAt = new Map([
      ['1', 10_995],
      ['2', 16_007],
    ])
    expect(scoreStep({ ...step, alerts }, sentAt)).toEqual({
      cameras: 2,
      linesPerCamera: 3,
      seconds: 10,
      crossings: 4,
      // a: 50 pictures in 10 s; b: 50, of which 10 were replaced.
      fps: { mean: 4.5, worst: 4 },
      holds: true,
      latencyMs: { samples: 3, p50: 200, p95: 300, p99: 300, max: 300 },
      sinceSentMs: { samples: 2, p50: 105, p95: 293, p99: 293, max: 293 },
      frameTimeOffMs: { median: -1, worst: -7 },
      unchecked: 1,
      withoutPicture: 0,
      othersCores: 0.2,
    })
  })

  it('leaves out what began outside the window and what is no beginning, but not what came late', () => {
    const alerts = [
      alert('early', 'a', start + 9, 200),
      alert('late', 'a', end - 1, 2_500),
      alert('outside', 'a', end, 100),
      { ...alert('ended', 'a', 15_000, 100), phase: 'ended' as const },
      { ...alert('bare', 'a', 15_000, 90), pictured: false },
    ]
    expect(scoreStep({ ...step, alerts }, new Map())).toMatchObject({
      latencyMs: { samples: 2, p50: 90, max: 2_500 },
      frameTimeOffMs: {},
      unchecked: 2,
      withoutPicture: 1,
    })
  })

  it('says that a machine does not hold its cameras where they, or one of them, are looked at too rarely', () => {
    const fps = (...perCamera: readonly number[]) => {
      const at = (seconds: number) =>
        Object.fromEntries(
          perCamera.map((rate, n) => [`camera-${n}`, [rate * seconds, 0] as [number, number]]),
        )
      const runsSince = new Map(perCamera.map((_, n) => [`camera-${n}`, 0]))
      const [before, after] = [reading(0, at(0)), reading(10_000, at(10))]
      return scoreStep({ ...step, cameras: perCamera.length, before, after, runsSince }, new Map())
    }
    expect(fps(5, 4)).toMatchObject({ fps: { mean: 4.5, worst: 4 }, holds: true })
    expect(fps(5, 4.9, 3.9)).toMatchObject({ fps: { mean: 4.6, worst: 3.9 }, holds: false })
    expect(fps(4.4)).toMatchObject({ holds: false, latencyMs: { samples: 0 } })
  })

  it('counts a camera that the gateway does not tell of as never looked at', () => {
    const after = reading(end, { a: [150, 0] })
    expect(scoreStep({ ...step, after, before: reading(start, { a: [100, 0] }) }, new Map())).toMatchObject({
      fps: { mean: 2.5, worst: 0 },
      holds: false,
    })
  })
})

describe('a spread', () => {
  it('is by nearest rank, to a tenth of a millisecond, and is empty where nothing came', () => {
    const hundred = Array.from({ length: 100 }, (_, n) => n + 1.04)
    expect(spread(hundred)).toEqual({ samples: 100, p50: 50, p95: 95, p99: 99, max: 100 })
    expect(spread([1.26])).toEqual({ samples: 1, p50: 1.3, p95: 1.3, p99: 1.3, max: 1.3 })
    expect(spread([])).toEqual({ samples: 0 })
  })
})
