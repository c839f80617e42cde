import { describe, expect, it } from 'vitest'
import type { NotedAlert } from '../../scripts/bench/centre.ts'
import { figuresOf, isMet, type Measured } from '../../scripts/bench/overload-figures.ts'
import type { Sample } from '../../scripts/bench/overload-samples.ts'
import { sentences } from '../../scripts/bench/overload-sentences.ts'

const start = 1_000_000
const wish = { stream: 'd1', codec: 'h264', activity: 1, gop: 2, rate: 'vbr' } as const
const material = {
  file: '',
  codec: 'h264',
  seconds: 20,
  gop: 2,
  active: [{ from: 1, to: 13 }],
  activity: 0.6,
  bitRate: 800_000,
  source: 'a test',
} as const
const machine = { cpu: 'a', cores: 2, memoryGb: 8, node: 'v24', onnxruntime: '1', ffmpeg: '5' }

/** Two cameras over a minute: `a` gets 1.2 frames a second, `b` 0.8. */
function sampleAt(second: number, more: Partial<Sample> = {}): Sample {
  const of = (analysed: number) => ({
    skyeye_frames_analysed_total: analysed * second,
    skyeye_camera_coverage: analysed / 2,
  })
  const cameras = { a: of(1.2), b: of(0.8) }
  const sums = {
    skyeye_frames_analysed_total: 2 * second,
    skyeye_frames_total: 10 * second,
    skyeye_frames_replaced_total: 6 * second,
    skyeye_coded_pictures_total: 50 * second,
    skyeye_vision_wait_seconds_total: second,
    skyeye_outbox_pending: 2,
  }
  const rest = { pssBytes: 500e6, processes: 3, unreadBytes: 0, answeredMs: 10 }
  return { at: start + second * 1_000, sums, cameras, ...rest, ...more }
}

const seconds = Array.from({ length: 21 }, (_, n) => 3 * n)
const alert = (camera: string, second: number): NotedAlert => {
  const began = start + second * 1_000
  const arrivedAt = began + 1_500
  return {
    id: `${camera}${second}`,
    camera,
    phase: 'began',
    began,
    frameTime: began,
    pictured: true,
    arrivedAt,
  }
}
const measured: Measured = {
  box: { wantedPerCamera: 4, framesPerSecond: 4, cameras: 1 },
  idealFrames: 8,
  run: {
    cameras: ['a', 'b'].map((name) => ({ name, url: '', runsSince: start })),
    samples: seconds.map((second) => sampleAt(second)),
    cpu: { gateway: 60, simulator: 6, bench: 12, machine: 90 },
    modelRuns: { 'images 416×416': { runs: 120, cpuMs: 24_000 } },
    // Each camera's visits begin at 1, 21 and 41 s.
    alerts: [1, 21, 41].flatMap((second) => [alert('a', second + 1), alert('b', second + 2)]),
  },
}
const figures = figuresOf(wish, material, measured, machine)

describe('the figures of bench:overload', () => {
  it('say how evenly and how much of what was wanted cameras were served', () => {
    expect(figures).toMatchObject({
      ...{ fairness: 0.8, jain: 0.9615, times: 2, cameras: 2, seconds: 60 },
      rate: { mean: 1, least: 0.8, most: 1.2 },
      ideal: { rate: 4, share: 0.25 },
      ...{ shareOfWanted: 0.25, replacedShare: 0.6, codedRate: 25, meanWaitMs: 500 },
      ratesByCamera: { a: 1.2, b: 0.8 },
      coverage: { mean: 0.5, least: 0.4 },
    })
  })

  it('say whose processor time it was, as shares of the machine', () => {
    expect(figures.cpu).toEqual({ gateway: 0.5, models: 0.2, simulator: 0.05, bench: 0.1, others: 0.1 })
  })

  it('are met where cameras are served fairly, events told of, and nothing grows', () => {
    expect(figures).toMatchObject({ toldOf: 1, growing: [], memoryMegabytesPerMinute: 0, met: true })
    expect(figures.events).toMatchObject({ expected: 6, found: 6, delayMs: { p50: 2_000, p95: 3_000 } })
    expect(figures.queues.alertDelayMs).toMatchObject({ most: 1_500, grows: false })
    const words = sentences(figures).join('\n')
    expect(words).toContain('2 cameras for 60 s, 2 times the 1 that this box holds')
    expect(words).toContain('all targets met')
  })

  it('are not where one target is missed', () => {
    const kept = { fairness: 0.8, toldOf: 0.95, memoryMegabytesPerMinute: 0.9, growing: [] }
    expect(isMet(kept)).toBe(true)
    expect(isMet({ ...kept, fairness: 0.79 })).toBe(false)
    expect(isMet({ ...kept, toldOf: 0.94 })).toBe(false)
    expect(isMet({ ...kept, memoryMegabytesPerMinute: 1 })).toBe(false)
    expect(isMet({ ...kept, growing: ['outboxPending'] })).toBe(false)
  })

  it('name what grows or goes beyond its bound, and tell the slope of the memory', () => {
    const samples = seconds.map((second) =>
      sampleAt(second, {
        pssBytes: 500e6 + second * 1e6,
        processes: 4,
        sums: { ...sampleAt(second).sums, skyeye_outbox_pending: second },
      }),
    )
    const worse = figuresOf(wish, material, { ...measured, run: { ...measured.run, samples } }, machine)
    expect(worse.growing).toEqual(['outboxPending', 'processes'])
    expect(worse).toMatchObject({
      memoryMegabytesPerMinute: 60,
      memory: { rawPerMinute: 60, first: 500, last: 545, most: 560 },
    })
    expect(sentences(worse).join('\n')).toContain('60 a minute, bound none: it grows')
  })

  it('do without what the box holds where the number of cameras was given, and see a camera that is served nothing', () => {
    const samples = measured.run.samples.map((sample) => ({ ...sample, cameras: { a: sample.cameras.a } }))
    const alone = figuresOf(
      wish,
      material,
      { ...measured, box: undefined, run: { ...measured.run, samples } },
      machine,
    )
    expect(alone).toMatchObject({ fairness: 0, jain: 0.5, box: null, times: null, shareOfWanted: null })
  })
})
