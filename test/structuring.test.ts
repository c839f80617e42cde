/** Structuring of a camera: what is made of its tracks, who has to have agreed, and what happens when the disk refuses. */
import { expect, it, onTestFinished, vi } from 'vitest'
import { finishMessage } from '../src/contract/alert-message.ts'
import { validateMessage } from '../src/contract/validate.ts'
import type { Camera, ConsentScope } from '../src/domain/camera.ts'
import { foot } from '../src/domain/geometry.ts'
import type { Track } from '../src/domain/track.ts'
import { createLog } from '../src/kit/log.ts'
import { SecretMask } from '../src/kit/secrets.ts'
import type { Structured } from '../src/store/ports.ts'
import { Structuring } from '../src/structuring.ts'
import { sampleCamera } from './support/alert-samples.ts'

const start = Date.UTC(2026, 10, 26, 8)

function trackAt(x: number): Track {
  const box = { x1: x - 0.02, y1: 0.6, x2: x + 0.02, y2: 0.8 }
  const times = { firstSeen: start, lastSeen: start }
  return {
    id: 7,
    label: 'person',
    box,
    anchor: foot(box),
    confidence: 0.8,
    ...times,
    velocity: { x: 0, y: 0 },
    seen: true,
  }
}

async function scene() {
  const saved: Structured[][] = []
  const disk = { broken: false }
  const structuring = new Structuring({
    ...{ gateway: 'box-1', prefix: 'skyeye/v1', gridVersion: () => '2026-11-01' },
    store: {
      async saveStructure(found) {
        if (disk.broken) throw new Error('disk I/O error')
        saved.push([...found])
      },
    },
    saved: vi.fn(),
    log: createLog('silent', new SecretMask()),
  })
  await structuring.start()
  onTestFinished(() => structuring.stop())
  return { structuring, saved, disk }
}

function walk(structuring: Structuring, camera: Camera): void {
  const one = structuring.of(camera)
  for (let i = 0; i < 20; i++) one.follow([trackAt(0.1 + i * 0.02)], start + i * 200)
  one.end()
}

it('saves a finished track and the counts of its minute together, as their contract says', async () => {
  const { structuring, saved } = await scene()
  walk(structuring, sampleCamera)
  expect(saved).toEqual([])
  await structuring.stop()
  expect(saved.map((group) => group.map(({ message }) => [message.class, message.topic]))).toEqual([
    [
      ['track', `skyeye/v1/tracks/box-1/${sampleCamera.id}`],
      ['count', `skyeye/v1/counts/box-1/${sampleCamera.id}`],
    ],
  ])
  for (const { message } of saved[0]) {
    const text = finishMessage(message.body ?? '', { epoch: 'e', sequence: 1, sentAt: start })
    expect(validateMessage(JSON.parse(text))).toEqual([])
  }
})

it('tells in a finished track what is known of the thing, and its way on calibrated ground', async () => {
  const { structuring, saved } = await scene()
  // 10 m wide, 20 m deep.
  const corners = [
    [0, 0],
    [1, 0],
    [1, 1],
    [0, 1],
  ] as const
  const calibration = corners.map(([x, y]) => ({ at: { x, y }, metres: { x: 10 * x, y: 20 * y } }))
  const one = structuring.of({ ...sampleCamera, calibration })
  const truck = { label: 'vehicle', type: 'truck', colour: 'blue' } as const
  for (let i = 0; i <= 20; i++) one.follow([{ ...trackAt(0.1 + i * 0.02), ...truck }], start + i * 200)
  one.end()
  await structuring.stop()
  const [{ message, track }] = saved[0]
  const text = finishMessage(message.body ?? '', { epoch: 'e', sequence: 1, sentAt: start })
  expect(validateMessage(JSON.parse(text))).toEqual([])
  // Told without the last half second, in which it was still going.
  expect(JSON.parse(text).data).toMatchObject({ ...truck, ground: { speed: 1, topSpeed: 1 } })
  expect(track).toMatchObject({ ...truck, ground: { metres: expect.closeTo(4, 0) } })
})

it.each([
  ['household', ['alerts', 'snapshots'], 0],
  ['shop', ['alerts'], 0],
  ['household', ['alerts', 'tracks'], 2],
] as const)('of a %s whose consent names %j saves %i messages', async (tier, scope, count) => {
  const { structuring, saved } = await scene()
  const consent = {
    grantedBy: 'owner',
    until: start * 2,
    documentSha256: '0',
    scope: scope as readonly ConsentScope[],
  }
  walk(structuring, { ...sampleCamera, tier, consent })
  await structuring.stop()
  expect(saved.flat()).toHaveLength(count)
})

it('keeps what the disk refused and saves it later, and counts what is too much', async () => {
  const { structuring, saved, disk } = await scene()
  disk.broken = true
  walk(structuring, sampleCamera)
  await structuring.stop()
  expect(saved).toEqual([])
  disk.broken = false
  await structuring.start()
  for (let i = 0; i < 2_600; i++) walk(structuring, sampleCamera)
  expect(structuring.givenUp).toBe(202)
  await structuring.stop()
  expect(saved.flat()).toHaveLength(5_000)
})
