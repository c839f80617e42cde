import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readPicture } from '../../models/training/picture.ts'
import { iou } from '../../src/domain/geometry.ts'
import { Detector } from '../../src/vision/detector.ts'
import { checkManifest, readManifest } from '../../src/vision/manifest.ts'
import { type Constant, tinySorted, writeModel } from './tiny-onnx.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sorted-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const grey = { width: 64, height: 64, pixels: new Uint8Array((64 * 64 * 3) / 2).fill(128) }

function open(outputs: Record<string, Constant>): Promise<Detector> {
  const { manifest, path } = writeModel(folder, 'objects', outputs)
  const output = { kind: 'rtmdet', names: ['dets', 'labels'], classes: 2 }
  const sorted = { ...manifest, output, labels: { 0: 'person' }, nms: 0.6 }
  return Detector.open({ manifest: checkManifest(sorted, 'tiny'), path })
}

describe('a model that sorts out its boxes itself', () => {
  const near = [4, 8, 12, 24, 0.9]

  it('is read by class: only the people, and only from the score on', async () => {
    const rows = [near, [16, 8, 24, 24, 0.8], [20, 0, 30, 30, 0.3]]
    const detector = await open(tinySorted(rows, [0, 1, 0]))
    const { detections, absurd } = await detector.look(grey, { score: 0.5 })
    await detector.close()
    expect(absurd).toBe(0)
    expect(detections).toHaveLength(1)
    expect(detections[0].label).toBe('person')
    expect(detections[0].confidence).toBeCloseTo(0.9)
    expect(detections[0].box).toEqual({ x1: 4 / 32, y1: 8 / 32, x2: 12 / 32, y2: 24 / 32 })
  })

  it.each([1, 100, 300])('may find %i boxes: that many class indices are no embedding', async (count) => {
    const rows = Array.from({ length: count }, () => near)
    const detector = await open(tinySorted(rows, Array(count).fill(0)))
    // All of them lie in one place, so one is left.
    expect((await detector.look(grey)).detections).toHaveLength(1)
    await detector.close()
  })

  it('counts boxes that are no boxes as absurd', async () => {
    const detector = await open(
      tinySorted([[12, 8, 4, 24, 0.9], [Number.NaN, 0, 8, 8, 0.9], near], [0, 0, 0]),
    )
    const { detections, absurd } = await detector.look(grey)
    await detector.close()
    expect([detections.length, absurd]).toEqual([1, 2])
  })

  it('is refused when its shapes, its types or an output beside them are others', async () => {
    const good = tinySorted([near], [0])
    const four = { shape: [1, 1, 4], values: new Float32Array(4) }
    await expect(open({ ...good, dets: four })).rejects.toThrow(
      /dets is float32 1×1×4, expected float32 1×any×5/,
    )
    const floats = { shape: [1, 1], values: new Float32Array(1) }
    await expect(open({ ...good, labels: floats })).rejects.toThrow(/labels is float32 1×1, expected int64/)
    const vector = { shape: [1, 128], values: new Float32Array(128) }
    await expect(open({ ...good, features: vector })).rejects.toThrow(/features \(1×128\) looks like/)
  })
})

const shared = join(import.meta.dirname, '../../../shared')
describe.skipIf(!existsSync(join(shared, 'models')) || !existsSync(join(shared, 'eval')))(
  'rtmdet-nano-person (skipped without the weights and pictures in ../shared)',
  () => {
    it('finds seven of ten annotated people on real pictures, and hardly anything else', async () => {
      const manifest = readManifest('rtmdet-nano-person')
      const detector = await Detector.open({ manifest, path: join(shared, 'models', manifest.file) })
      const lines = readFileSync(join(shared, 'eval/voc/labels.jsonl'), 'utf8').trim().split('\n')
      const pictures = lines.map((line) => JSON.parse(line)).filter(({ boxes }) => boxes.length > 0)
      const sum = { people: 0, found: 0, wrong: 0 }
      for (const { file, width, height, boxes } of pictures.slice(0, 12)) {
        const people = boxes
          .filter((one: { class: string }) => one.class === 'person')
          .map(({ x, y, w, h }: Record<string, number>) => ({
            x1: x / width,
            y1: y / height,
            x2: (x + w) / width,
            y2: (y + h) / height,
          }))
        const picture = await readPicture(join(shared, 'eval/voc/images', file))
        const { detections } = await detector.look(picture, { score: 0.4, longSide: 640 })
        expect(detections.every(({ label }) => label === 'person')).toBe(true)
        const hits = people.filter((box: Parameters<typeof iou>[0]) =>
          detections.some((one) => iou(one.box, box) > 0.5),
        )
        sum.people += people.length
        sum.found += hits.length
        sum.wrong += detections.length - hits.length
      }
      await detector.close()
      expect(sum.people).toBeGreaterThan(10)
      expect(sum.found / sum.people, JSON.stringify(sum)).toBeGreaterThanOrEqual(0.7)
      expect(sum.wrong, JSON.stringify(sum)).toBeLessThanOrEqual(sum.people / 10)
    })
  },
)
