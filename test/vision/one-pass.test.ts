/** One network for objects and faces, and two networks that share the objects. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Frame } from '../../src/domain/frame.ts'
import { createLog } from '../../src/kit/log.ts'
import { SecretMask } from '../../src/kit/secrets.ts'
import { Detector } from '../../src/vision/detector.ts'
import { Eyes } from '../../src/vision/eyes.ts'
import { VisionPool } from '../../src/vision/pool.ts'
import type { Models } from '../../src/vision/ports.ts'
import { modelNames } from '../../src/vision/tiers.ts'
import {
  type RankedRow,
  setRow,
  tinyFaces,
  tinyObjects,
  tinyRanked,
  writeModel,
  writeRanked,
} from './tiny-onnx.ts'

const log = createLog('silent', new SecretMask())
let folder: string
let pool: VisionPool | undefined
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'one-pass-'))
})
afterEach(async () => {
  vi.restoreAllMocks()
  await pool?.stop()
  pool = undefined
  rmSync(folder, { recursive: true })
})

/** A person that fills 4..28 × 2..30 of a 32×32 picture, and a face far from its head. */
const person: RankedRow = [1, 0.9, 4, 2, 28, 30]
const face: RankedRow = [0, 0.8, 20, 20, 28, 28]

function onePass(rows: readonly RankedRow[]): Models {
  const model = writeRanked(folder, tinyRanked(rows))
  return { tier: 'light', objects: model, faces: model }
}

/** A checkerboard of 2 px squares: whatever stays of it in a picture is seen at once. */
function frame(camera: string, frameTime = 0, side = 320): Frame {
  const pixels = new Uint8Array((side * side * 3) / 2).fill(128)
  for (let i = 0; i < side * side; i++)
    pixels[i] = (((i % side) >> 1) + (Math.floor(i / side) >> 1)) % 2 ? 235 : 16
  return { camera, generation: 1, index: 0, width: side, height: side, pixels, frameTime, arrivedAt: 0 }
}

async function poolOf(models: Models): Promise<VisionPool> {
  pool = new VisionPool({ workers: 1, models, log, onHung: () => {} })
  await pool.start()
  return pool
}

/** Greatest difference between neighbours in a square of a JPEG, 0..255. */
async function contrast(jpeg: Uint8Array, left: number, top: number, side: number): Promise<number> {
  const { data } = await sharp(jpeg)
    .extract({ left, top, width: side, height: side })
    .greyscale()
    .raw()
    .toBuffer({ resolveWithObject: true })
  return Math.max(...data) - Math.min(...data)
}

describe('one network for both tasks', () => {
  it('is opened once, closed once, and looked through once', async () => {
    const opened = vi.spyOn(Detector, 'open')
    const closed = vi.spyOn(Detector.prototype, 'close')
    // As a worker gets them: copies.
    const eyes = await Eyes.open(structuredClone(onePass([person, face])))
    const { detections, looks, whole } = await eyes.see(frame('yard'), undefined, true)
    expect(detections.map(({ label }) => label)).toEqual(['person', 'face'])
    expect([looks.length, whole]).toEqual([1, true])
    await eyes.close()
    expect([opened.mock.calls.length, closed.mock.calls.length]).toEqual([1, 1])
  })

  it('tells of faces only when they are asked for, and takes no second run for them', async () => {
    const vision = await poolOf(onePass([person, face]))
    const seen = async (frameTime: number) =>
      (await vision.detect(frame('yard', frameTime))).detections.map(({ label }) => label)
    expect(await seen(0)).toEqual(['person', 'face'])
    // Faces are counted once a second of a camera.
    expect(await seen(200)).toEqual(['person'])
    expect(await seen(1_200)).toEqual(['person', 'face'])
    expect(vision.stats()).toMatchObject({ frames: 3, runs: 3, faces: 2, tensors: { 'ranked 32×32': 3 } })
  })

  it('sees faces where nobody was seen: they need no region of their own', async () => {
    const vision = await poolOf(onePass([face]))
    expect((await vision.detect(frame('yard'))).detections.map(({ label }) => label)).toEqual(['face'])
  })

  it('says whose face was seen when faces are asked for, and nothing of it else', async () => {
    const head: RankedRow = [0, 0.8, 12, 4, 20, 12]
    const vision = await poolOf(onePass([person, head]))
    const told = async (frameTime: number) =>
      (await vision.detect(frame('yard', frameTime))).detections.map(({ label, faceSeen }) => [
        label,
        faceSeen,
      ])
    expect(await told(0)).toEqual([
      ['person', true],
      ['face', undefined],
    ])
    expect(await told(200)).toEqual([['person', undefined]])
  })

  it('tells the colour of a vehicle, and of nobody', async () => {
    const rows: RankedRow[] = [
      [3, 0.9, 8, 8, 24, 24],
      [1, 0.8, 0, 8, 6, 24],
    ]
    const eyes = await Eyes.open(onePass(rows))
    const picture = frame('yard')
    // A blue square in a grey street, where the vehicle and the person are.
    for (let y = 40; y < 120; y++) {
      for (const plane of [320 * 320, 320 * 320 * 1.25]) {
        picture.pixels.fill(plane === 320 * 320 ? 200 : 100, plane + y * 160, plane + y * 160 + 120)
      }
    }
    for (let y = 0; y < 320; y++) picture.pixels.fill(90, y * 320, (y + 1) * 320)
    const { detections } = await eyes.see(picture, undefined, false)
    expect(detections.map(({ label, colour }) => [label, colour])).toEqual([
      ['vehicle', 'blue'],
      ['person', undefined],
    ])
    await eyes.close()
  })

  it('hides the faces it finds and the heads of those without one', async () => {
    const vision = await poolOf(onePass([person, face]))
    const { handle } = await vision.detect(frame('yard'))
    const picture = await vision.snapshot(handle, [])
    if ('missing' in picture) throw new Error('no picture')
    // Redaction looks twice, the second time mirrored: the same constant boxes lie on the other side as well.
    expect(picture.faces).toBe(2)
    expect(await contrast(picture.jpeg, 200, 200, 80)).toBeLessThan(40)
    expect(await contrast(picture.jpeg, 130, 30, 60)).toBeLessThan(40)
    expect(await contrast(picture.jpeg, 130, 130, 60)).toBeGreaterThan(100)
  })

  it('hides faces that are too weak to be counted, as its manifest says for redaction', async () => {
    const vision = await poolOf(onePass([[0, 0.3, 20, 20, 24, 24]]))
    const { handle, detections } = await vision.detect(frame('yard'))
    expect(detections).toEqual([])
    const picture = await vision.snapshot(handle, [])
    if ('missing' in picture) throw new Error('no picture')
    expect(picture.faces).toBe(2)
    expect(await contrast(picture.jpeg, 200, 200, 40)).toBeLessThan(40)
  })

  it('hides the heads of people that only the looks for redaction found', async () => {
    // Too weak for the look before, strong enough to be hidden.
    const model = writeRanked(folder, tinyRanked([[1, 0.4, 4, 2, 28, 30]]))
    const blind = { ...model.manifest, score: 0.6, scores: {} }
    const light = { manifest: blind, path: model.path }
    const vision = await poolOf({ objects: light, faces: light })
    const { handle, detections } = await vision.detect(frame('yard'))
    expect(detections).toEqual([])
    const picture = await vision.snapshot(handle, [])
    if ('missing' in picture) throw new Error('no picture')
    expect(await contrast(picture.jpeg, 130, 30, 60)).toBeLessThan(40)
  })

  it('hides the heads of people from the confidence on that its manifest names for them', async () => {
    const model = writeRanked(folder, tinyRanked([[1, 0.06, 4, 2, 28, 30]]))
    for (const [people, isHidden] of [
      [0.05, true],
      [undefined, false],
    ] as const) {
      const redaction = { score: 0.01, longSides: [32], ...(people && { people }) }
      const light = { manifest: { ...model.manifest, redaction }, path: model.path }
      const vision = await poolOf({ objects: light, faces: light })
      const { handle } = await vision.detect(frame('yard'))
      const picture = await vision.snapshot(handle, [])
      if ('missing' in picture) throw new Error('no picture')
      expect((await contrast(picture.jpeg, 130, 30, 60)) < 40, `people from ${people}`).toBe(isHidden)
    }
  })

  it('looks at all of a picture of which only a part was seen before it shows it', async () => {
    const vision = await poolOf(onePass([person]))
    const look = [{ x1: 0.75, y1: 0.75, x2: 1, y2: 1 }]
    const { handle } = await vision.detect({ ...frame('yard'), look })
    const picture = await vision.snapshot(handle, [])
    if ('missing' in picture) throw new Error('no picture')
    expect(await contrast(picture.jpeg, 130, 30, 60)).toBeLessThan(40)
  })

  it('lets no picture leave when its look for faces fails', async () => {
    const eyes = await Eyes.open(onePass([person, face]))
    const { detections } = await eyes.see(frame('yard'), undefined, false)
    vi.spyOn(Detector.prototype, 'look').mockRejectedValue(new Error('the run failed'))
    await expect(eyes.redact(frame('yard'), detections, true)).rejects.toThrow('the run failed')
    vi.restoreAllMocks()
    await eyes.close()
  })
})

describe('networks that share the work', () => {
  const yoloxPerson = (values: Float32Array) => setRow(values, 20, 32, [16, 16, 24, 28], [0.9, 0.9, 0.1])

  it('leave faces to the one that was chosen for them', async () => {
    const objects = writeRanked(folder, tinyRanked([person, face]))
    const faces = writeModel(folder, 'faces', tinyFaces([16, 8, 8, 8]))
    const vision = await poolOf({ objects, faces })
    const { detections } = await vision.detect(frame('yard'))
    expect(detections.map(({ label }) => label)).toEqual(['person', 'face'])
    expect(detections[1].box.y1).toBeCloseTo(4 / 32)
    expect(modelNames({ objects, faces })).toEqual(['ranked', 'faces'])
  })

  it('take nothing but faces from one that finds more', async () => {
    const objects = writeModel(folder, 'objects', tinyObjects(yoloxPerson))
    const faces = writeRanked(folder, tinyRanked([person, face]))
    const vision = await poolOf({ objects, faces })
    const { detections } = await vision.detect(frame('yard'))
    expect(detections.map(({ label }) => label)).toEqual(['person', 'face'])
    expect(vision.stats().runs).toBe(2)
  })

  it('find together what each of them finds', async () => {
    const faces = writeModel(folder, 'faces', tinyFaces())
    const objects = writeModel(folder, 'objects', tinyObjects(yoloxPerson), 'people')
    const car = (values: Float32Array) => setRow(values, 20, 32, [16, 16, 24, 12], [0.9, 0.1, 0.8])
    const beside = writeModel(folder, 'objects', tinyObjects(car), 'cars')
    const vision = await poolOf({ objects, beside, faces })
    const { detections } = await vision.detect(frame('yard'))
    expect(detections.map(({ label }) => label)).toEqual(['person', 'vehicle'])
    expect(vision.stats().tensors).toEqual({ 'people 32×32': 1, 'cars 32×32': 1, 'faces 32×32': 1 })
    expect(modelNames({ objects, beside, faces })).toEqual(['people', 'cars', 'faces'])
    const { detections: part } = await vision.detect({
      ...frame('yard', 10),
      look: [{ x1: 0.5, y1: 0.5, x2: 0.75, y2: 0.75 }],
    })
    expect(part.map(({ label }) => label)).toEqual(['person', 'vehicle'])
  })
})
