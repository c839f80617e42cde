import { describe, expect, it } from 'vitest'
import { compare, type Parts, sentences } from '../../scripts/bench/camera-figures.ts'

const material = {
  file: '',
  codec: 'h264',
  seconds: 126,
  gop: 2,
  active: [],
  activity: 0.1,
  bitRate: 800_000,
  source: 'a test',
} as const
const wish = { stream: 'd1', codec: 'h264', gop: 2, rate: 'vbr', activity: 0.1 } as const
const machine = { cpu: 'a', cores: 2, memoryGb: 8, node: 'v24', onnxruntime: '1', ffmpeg: '5' }
const parts: Parts = {
  // Two minutes of four cameras: eight camera-minutes.
  ours: {
    cpuSeconds: 16,
    modelMs: 8_000,
    modelRuns: {},
    pssBytesPerCamera: 20e6,
    pssBytesBase: 200e6,
    seconds: 120,
    events: { expected: 4, found: 4, false: 0, repeated: 0, delayMs: { p50: 800, p95: 900 } },
    counters: {},
  },
  // One minute of two cameras.
  usual: { cpuSeconds: 8, pssBytesPerCamera: 90e6, seconds: 60, frames: 600, motionFrames: 100 },
  floor: { reading: 0.2, decoding: 0.3, objectRuns: 30, faceRuns: 10 },
  usualModels: { objectsMs: 20, facesMs: 10 },
  floorModels: { objectsMs: 20, facesMs: 15 },
  cameras: { ours: 4, usual: 2 },
}

describe('the figures of bench:cameras', () => {
  it('set the gateway beside the usual method and the floor, per camera and minute, models apart', () => {
    const figures = compare(wish, material, parts, machine)
    expect(figures.perCameraMinute).toEqual({
      ours: { cpuOutsideModels: 1, modelMs: 1_000, pssBytes: 20e6 },
      usual: { cpuOutsideModels: 4, modelMs: 1_100, pssBytes: 90e6 },
      floor: { cpuOutsideModels: 0.5, reading: 0.2, decoding: 0.3, modelMs: 750 },
    })
    expect(figures).toMatchObject({ ratioToUsual: 0.25, ratioToFloor: 2, modelRatio: 0.9091, met: false })
    expect(sentences(figures).join('\n')).toContain('to the floor         2 (wanted: at most 1.5)')
  })

  it('are met only when every event was told of', () => {
    const cheap = { ...parts, ours: { ...parts.ours, cpuSeconds: 13 } }
    expect(compare(wish, material, cheap, machine).met).toBe(true)
    const missed = { ...cheap.ours, events: { ...cheap.ours.events, found: 3 } }
    expect(compare(wish, material, { ...cheap, ours: missed }, machine).met).toBe(false)
  })

  it('have other targets where nothing moves, and no ratio of models where the usual method ran none', () => {
    const quiet = { ...parts, usual: { ...parts.usual, motionFrames: 0 } }
    const figures = compare({ ...wish, activity: 0 }, { ...material, activity: 0 }, quiet, machine)
    expect(figures.targets).toEqual({ ratioToUsual: 0.125, pssMegabytesPerCamera: 25 })
    expect(figures.modelRatio).toBeNull()
  })
})
