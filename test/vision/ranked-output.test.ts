/** A network such as our own: fed with the planes of the picture, answering with its strongest boxes in order. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Detector } from '../../src/vision/detector.ts'
import { checkManifest, manifestsDir, readManifest } from '../../src/vision/manifest.ts'
import { constant, integer, message, node, valueInfo } from '../support/spot-model.ts'
import { type RankedRow, tinyPlanes, tinyRanked, writeRanked } from './tiny-onnx.ts'

let folder: string
let open: Detector[]
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ranked-'))
  open = []
})
afterEach(async () => {
  for (const detector of open) await detector.close()
  rmSync(folder, { recursive: true })
})

async function detectorOf(...args: Parameters<typeof writeRanked> extends [string, ...infer R] ? R : never) {
  const detector = await Detector.open(writeRanked(folder, ...args))
  open.push(detector)
  return detector
}

const grey = { width: 64, height: 64, pixels: new Uint8Array((64 * 64 * 3) / 2).fill(128) }
const face: RankedRow = [0, 0.9, 4, 8, 12, 24]

describe('ranked boxes', () => {
  it('are read by class and score, in shares of the picture', async () => {
    const detector = await detectorOf(tinyRanked([face, [1, 0.7, 0, 0, 16, 32], [3, 0.05, 8, 8, 16, 16]]))
    const { detections, absurd, tensor } = await detector.look(grey)
    expect(detections.map(({ label }) => label)).toEqual(['face', 'person'])
    expect(detections[0].confidence).toBeCloseTo(0.9)
    expect(detections[0].box).toEqual({ x1: 4 / 32, y1: 8 / 32, x2: 12 / 32, y2: 24 / 32 })
    expect({ absurd, tensor }).toEqual({ absurd: 0, tensor: 'ranked 32×32' })
  })

  it('say the type of a vehicle or two-wheeler where the manifest has types', async () => {
    const rows: RankedRow[] = [face, [2, 0.8, 0, 0, 16, 32], [3, 0.7, 8, 8, 16, 16]]
    const { manifest, path } = writeRanked(folder, tinyRanked(rows))
    const detector = await Detector.open({ manifest: { ...manifest, types: { 3: 'bus' } }, path })
    open.push(detector)
    const { detections } = await detector.look(grey)
    expect(detections.map(({ label, type }) => [label, type])).toEqual([
      ['face', undefined],
      ['two-wheeler', undefined],
      ['vehicle', 'bus'],
    ])
    expect(detections[0]).not.toHaveProperty('type')
  })

  it('overlap freely between labels, and not within one', async () => {
    const rows: RankedRow[] = [face, [1, 0.8, 4, 8, 12, 24], [0, 0.7, 4, 8, 12, 23]]
    const { detections } = await (await detectorOf(tinyRanked(rows))).look(grey)
    expect(detections.map(({ label }) => label)).toEqual(['face', 'person'])
  })

  it('count from the score of their label, and from the one that was asked for where one was', async () => {
    const detector = await detectorOf(
      tinyRanked([
        [1, 0.4, 0, 0, 16, 32],
        [0, 0.3, 20, 4, 28, 12],
      ]),
    )
    const labels = async (score?: number) =>
      (await detector.look(grey, { score })).detections.map(({ label }) => label)
    expect(await labels()).toEqual(['person'])
    expect(await labels(0.25)).toEqual(['person', 'face'])
    expect(await labels(0.5)).toEqual([])
  })

  it('that are no boxes are counted and dropped', async () => {
    const rows: RankedRow[] = [
      [1, Number.NaN, 0, 0, 8, 8],
      [1, 0.9, 8, 8, 4, 16],
      [1, 0.9, Number.NaN, 0, 8, 8],
      face,
    ]
    const { detections, absurd } = await (await detectorOf(tinyRanked(rows))).look(grey)
    expect([detections.length, absurd]).toEqual([1, 3])
  })
})

it('ranked boxes may be more than the model has rows for, which is counted', async () => {
  const rows: RankedRow[] = [face, [1, 0.7, 0, 0, 16, 32]]
  const detector = await detectorOf(tinyRanked(rows, 2))
  expect((await detector.look(grey)).capped).toBe(1)
  expect((await detector.look(grey, { score: 0.8 })).capped).toBe(0)
})

describe('the planes of a picture', () => {
  /** Scores are the means of Y, U and V, 0..1. */
  function meansOnnx(): Buffer {
    const means = tinyPlanes.flatMap(({ name }) => [
      node('Cast', [name], `${name} float`, { to: 1 }),
      node('ReduceMean', [`${name} float`], `${name} mean`, { keepdims: 1 }),
    ])
    const classes = message(
      5,
      ...[1, 3, 1].map((n) => integer(1, n)),
      integer(2, 6),
      message(8, 'classes'),
      message(9, Buffer.from(Int32Array.of(1, 2, 3).buffer)),
    )
    const graph = [
      ...means,
      node('Concat', ['y mean', 'u mean', 'v mean'], 'means', { axis: 2 }),
      node('Div', ['means', 'whole'], 'shares'),
      node('Squeeze', ['shares', 'row'], 'scores'),
      node('Identity', ['corners'], 'boxes'),
      node('Identity', ['classes'], 'labels'),
      message(2, 'means'),
      constant('whole', [], [255]),
      constant('corners', [1, 3, 4], [0, 0, 8, 8, 8, 8, 16, 16, 16, 16, 24, 24]),
      classes,
      message(
        5,
        integer(1, 1),
        integer(2, 7),
        message(8, 'row'),
        message(9, Buffer.from(BigInt64Array.of(1n).buffer)),
      ),
      ...tinyPlanes.map(({ name, shape, type }) =>
        message(
          11,
          message(1, name),
          message(
            2,
            message(1, integer(1, type ?? 1), message(2, ...shape.map((n) => message(1, integer(1, n))))),
          ),
        ),
      ),
      valueInfo(12, 'boxes', [1, 3, 4]),
      valueInfo(12, 'scores', [1, 3, 1]),
      message(
        12,
        message(1, 'labels'),
        message(2, message(1, integer(1, 6), message(2, ...[1, 3, 1].map((n) => message(1, integer(1, n)))))),
      ),
    ]
    return Buffer.concat([integer(1, 8), message(7, ...graph), message(8, integer(2, 13))])
  }

  it('reach the model as they are, each in its own input, picture after picture', async () => {
    const detector = await detectorOf(tinyRanked([], 3), { bytes: meansOnnx() })
    for (const [y, u, v] of [
      [200, 150, 50],
      [120, 60, 30],
    ]) {
      const pixels = new Uint8Array(96 * 96 * 1.5)
        .fill(y)
        .fill(u, 96 * 96)
        .fill(v, 96 * 96 * 1.25)
      const { detections } = await detector.look({ width: 96, height: 96, pixels })
      expect(detections.map(({ label }) => label)).toEqual(['person', 'two-wheeler', 'vehicle'])
      const means = detections.map(({ confidence }) => Math.round(confidence * 255))
      expect(means).toEqual([y, u, v])
    }
  })
})

describe('a network such as our own', () => {
  it('is refused when inputs or outputs are others, and when an output looks like an embedding', async () => {
    const good = tinyRanked([face])
    const inputs = tinyPlanes.map((input) => ({ ...input, type: 1 }))
    await expect(detectorOf(good, { inputs })).rejects.toThrow(/its inputs are y, u, v, expected y \(uint8\)/)
    const square = tinyPlanes.map((input) => ({ ...input, shape: [1, 1, 32, 32] }))
    await expect(detectorOf(good, { inputs: square })).rejects.toThrow(
      /input u is 1×1×32×32, expected 1×1×16×16/,
    )
    const floats = { ...good, labels: { shape: [1, 84, 1], values: new Float32Array(84) } }
    await expect(detectorOf(floats)).rejects.toThrow(/labels is float32 1×84×1, expected int32/)
    const features = { shape: [1, 256], values: new Float32Array(256) }
    await expect(detectorOf({ ...good, features })).rejects.toThrow(
      /features \(1×256\) looks like an embedding/,
    )
    // Integers of one value a box are class indices, but only where the manifest knows of them.
    const hashes = { shape: [1, 256], values: new Int32Array(256) }
    await expect(detectorOf({ ...good, hashes })).rejects.toThrow(/hashes \(1×256\) looks like an embedding/)
  })

  it('is refused when it has as many rows for a tiny picture as for a large one', async () => {
    const inputs = tinyPlanes.map((input) => ({ ...input, shape: [1, 1, -1, -1] }))
    const { manifest, path } = writeRanked(folder, tinyRanked([face], 400), { inputs })
    const input = { ...manifest.input, size: { multiple: 32, longSide: 640 } }
    await expect(Detector.open({ manifest: { ...manifest, input }, path })).rejects.toThrow(
      /boxes is float32 1×400×4, expected float32 1×84×4/,
    )
  })

  it('has a manifest that names its weights once, and sizes that its planes can have', () => {
    const { manifest } = writeRanked(folder, tinyRanked([face]))
    const check = (change: object) => () => checkManifest({ ...manifest, ...change }, 'tiny')
    const source = `https://example.org/${'0'.repeat(40)}/tiny.onnx`
    expect(check({ source })).toThrow('tiny needs one of source and builtIn')
    expect(check({ builtIn: undefined })).toThrow('tiny needs one of source and builtIn')
    expect(check({ input: { ...manifest.input, size: { multiple: 16, longSide: 64 } } })).toThrow(
      /multiples of 32/,
    )
    expect(check({ labels: { 4: 'person' } })).toThrow(/names class 4, the model has 4/)
    expect(check({ types: { 1: 'car' } })).toThrow(/types names class 1, which is no vehicle or two-wheeler/)
    expect(check({ tasks: [] })).toThrow(/tasks/)
    expect(check({ labels: { 1: 'person' } })).toThrow(/labels has no face, which its tasks need/)
    expect(check({ labels: { 0: 'face' } })).toThrow(
      /labels has nothing but faces, and its tasks need objects/,
    )
  })
})

const weights = join(manifestsDir, readManifest('skyeye-nano').file)
describe('skyeye-nano', () => {
  it('opens at any size, and looks at a picture of any shape', async () => {
    const detector = await Detector.open({ manifest: readManifest('skyeye-nano'), path: weights })
    open.push(detector)
    for (const [width, height, longSide, tensor] of [
      [1280, 720, undefined, '640×384'],
      [352, 640, 416, '256×416'],
      [704, 576, 960, '960×800'],
      // So small that it has fewer cells than rows.
      [40, 30, undefined, '64×32'],
    ] as const) {
      const pixels = Uint8Array.from({ length: (width * height * 3) / 2 }, (_, i) => (i * 7_919) % 220)
      const look = await detector.look({ width, height, pixels }, { longSide, score: 0.01 })
      expect(look.tensor).toBe(`skyeye-nano ${tensor}`)
      for (const { box, confidence } of look.detections) {
        expect(Object.values(box).every((side) => side >= 0 && side <= 1)).toBe(true)
        expect(confidence).toBeGreaterThanOrEqual(0.01)
      }
    }
  })
})
