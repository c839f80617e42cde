/** Which pictures of a camera that turns are wanted, and what becomes of them. */
import { expect, it } from 'vitest'
import type { Preset } from '../src/domain/camera.ts'
import { Turning } from '../src/health/turning.ts'
import type { Choice, CodedFacts, Gate } from '../src/ingest/ports.ts'
import { turningGate } from '../src/turning-gate.ts'
import * as pictures from './health/pictures.ts'

const preset = (name: string, x: number): Preset => ({
  ...{ name, zones: [], lines: [], rules: [] },
  masks: [
    [
      { x, y: 0 },
      { x: x + 0.1, y: 0 },
      { x, y: 0.1 },
    ],
  ],
})
const gate = preset('gate', 0.1)
const dock = preset('dock', 0.7)
const facts = (timeMs: number): CodedFacts => ({
  ...{ timeMs, sliceBytes: 100, key: false, reference: true, qp: 30, afterLoss: false },
})

/** A camera of which both presets are learned, and what was made of each stay. */
function trial(coded: Choice = 'keep') {
  const turning = new Turning(
    new Map([
      ['gate', undefined],
      ['dock', undefined],
    ]),
  )
  const stays: (string | undefined)[] = []
  const attention: Gate = {
    isOpen: true,
    coded: () => coded,
    shown: () => ({ open: false, look: [{ x1: 0, y1: 0, x2: 1, y2: 1 }] }),
  }
  const turned = (at: string | undefined) => {
    stays.push(at)
    return at === undefined ? undefined : attention
  }
  const camera = { presets: [gate, dock] }
  const over = turningGate({ camera, turning, seen: () => {}, turned })
  let second = 0
  /** Verdicts, as the decoder asks for them. */
  const show = (show: (second: number) => ReturnType<typeof pictures.healthy>, seconds: number) =>
    Array.from({ length: seconds }, () => {
      const [luma, timeMs] = [show(second), second++ * 1_000]
      const masks = over.masks?.(luma, timeMs)
      return { masks, verdict: masks && over.shown(luma, timeMs) }
    })
  const learn = (name: string, how: typeof pictures.healthy) => {
    turning.learn(name)
    show(how, 14)
  }
  learn('gate', pictures.healthy)
  learn('dock', pictures.elsewhere)
  stays.length = 0
  return { turning, over, show, stays }
}

it('paints the masks of the preset that a picture shows, and judges each stay by an attention of its own', () => {
  const { show, stays, over } = trial()
  const passed = show(pictures.elsewhere, 3).at(-1)
  expect(passed).toMatchObject({ masks: dock.masks, verdict: { preset: 'dock', look: [{ x1: 0 }] } })
  expect(show(pictures.third, 6)).toEqual(Array(6).fill({ masks: undefined, verdict: undefined }))
  expect(over.isOpen).toBe(false)
  expect(show(pictures.healthy, 6).at(-1)).toMatchObject({ masks: gate.masks, verdict: { preset: 'gate' } })
  expect(stays).toEqual([undefined, 'gate'])
})

it('shows pictures that serve to learn a preset to nobody', () => {
  const { turning, show } = trial()
  turning.learn('gate')
  const [{ masks, verdict }] = show(pictures.healthy, 1)
  expect([masks, verdict]).toEqual([gate.masks, { open: false, look: [], withheld: true }])
})

it('wants many pictures while the camera comes to rest or leaves, key pictures while it is away, and what attention wants otherwise', () => {
  const { over, show } = trial()
  let fromMs = 0
  const wanted = (keyEvery = 100) =>
    Array.from({ length: 50 }, (_, i) => over.coded({ ...facts(fromMs + i * 100), key: i % keyEvery === 0 }))
      .map((choice, i) => ({ choice, timeMs: i * 100 }))
      .filter(({ choice }) => choice === 'show')
      .map(({ timeMs }) => timeMs)
  show(pictures.elsewhere, 3)
  expect(wanted()).toEqual([])
  show(pictures.third, 1)
  expect(wanted()).toHaveLength(13)
  show(pictures.third, 5)
  fromMs = 100_000
  expect(wanted(10)).toEqual([0, 1_000, 2_000, 3_000, 4_000])
  fromMs = 200_000
  expect(wanted()).toEqual([0, 4_000])
  show(pictures.healthy, 1)
  fromMs = 300_000
  expect(wanted()).toHaveLength(13)
})

it('ends the stay when the stream begins anew', () => {
  const { over, stays } = trial()
  over.begin?.()
  expect(stays).toEqual([undefined])
})
