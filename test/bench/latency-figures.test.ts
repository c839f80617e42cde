import { describe, expect, it } from 'vitest'
import { latencyFigures, latencySentences, stepSentence } from '../../scripts/bench/latency-figures.ts'
import type { StepScore } from '../../scripts/bench/latency-score.ts'

const material = {
  file: '',
  codec: 'h264',
  seconds: 10,
  gop: 1,
  active: [],
  activity: 1,
  bitRate: 800_000,
  source: 'a test',
} as const
const floor = { objects: 15, faces: 30, jpeg: 4, commit: 0.5, roundTrip: 0.5, all: 50 }
const machine = { cpu: 'a', cores: 2, memoryGb: 8, node: 'v24', onnxruntime: '1', ffmpeg: '5' }

function step(cameras: number, p95: number | undefined, holds = true): StepScore {
  const rest = { frameTimeOffMs: { median: 0.5, worst: -3 } }
  const latencyMs = p95 === undefined ? { samples: 0 } : { samples: 100, p50: 125, p95, p99: p95, max: p95 }
  const counts = {
    linesPerCamera: 1,
    seconds: 75,
    crossings: 101,
    unchecked: 0,
    withoutPicture: 0,
    othersCores: 0,
  }
  return { cameras, holds, latencyMs, sinceSentMs: latencyMs, fps: { mean: 5, worst: 5 }, ...rest, ...counts }
}
const figures = (...steps: StepScore[]) => latencyFigures('d1', material, steps, floor, machine)

describe('the figures of bench:latency', () => {
  it('judge one camera, and the largest number that the machine holds, each by its own target', () => {
    expect(figures(step(1, 400), step(9, 5_000, false), step(8, 1_000))).toMatchObject({
      met: true,
      targets: { oneCameraP95Ms: 400, heldP95Ms: 1_000 },
      oneCameraP95Ms: 400,
      heldP95Ms: 1_000,
      held: { cameras: 8, atLeast: false },
      ratioToFloor: 2.5,
      steps: [{ cameras: 1 }, { cameras: 8 }, { cameras: 9 }],
    })
    expect(figures(step(1, 400), step(16, 5_000, false)).held).toEqual({ cameras: 1, atLeast: true })
    expect(figures(step(1, 401), step(8, 900)).met).toBe(false)
    expect(figures(step(1, 100), step(8, 1_001)).met).toBe(false)
  })

  it('are not met where nothing is held or no alert came, and ask nothing of one camera that was not measured', () => {
    expect(figures(step(1, 100, false))).toMatchObject({ met: false, held: { cameras: 0, atLeast: false } })
    expect(figures(step(1, undefined)).met).toBe(false)
    expect(figures(step(8, 900))).toMatchObject({
      met: true,
      targets: { heldP95Ms: 1_000 },
      held: { cameras: 8, atLeast: true },
    })
  })

  it('read as sentences', () => {
    const text = latencySentences(figures(step(1, 300), step(8, 900))).join('\n')
    expect(text).toContain(
      '1 active: 125 / 300 / 300 / 300 ms (p50, p95, p99, maximum) of 100 alerts at 101 crossings',
    )
    expect(text).toContain('8 active: 0.5 ms (median), -3 ms (worst)')
    expect(text).toContain('one camera, p95      300 ms (wanted: at most 400 ms)')
    expect(text).toContain('cameras held         at least 8, p95 900 ms (wanted: at most 1000 ms)')
    expect(text).toContain('all targets met')
    expect(text).not.toContain('other programs')
    expect(stepSentence({ ...step(1, 300), othersCores: 1.2 })).toContain('kept 1.2 processors busy')
  })
})
