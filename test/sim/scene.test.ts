import { execFile } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { sceneSize, type Variant } from '../../scripts/scene/backdrop.ts'
import { drawScene } from '../../scripts/scene/draw.ts'
import { sceneTruth, type TruthObject } from '../../scripts/scene/truth.ts'
import { frameBytes } from '../../src/domain/frame.ts'
import { type Box, iou } from '../../src/domain/geometry.ts'
import { Detector } from '../../src/vision/detector.ts'
import { manifestsDir, readManifest } from '../../src/vision/manifest.ts'

const run = promisify(execFile)
const weights = join(import.meta.dirname, '../../../shared/models')
const variants: Variant[] = ['street', 'yard']

describe.each(variants)('the play on the %s', (variant) => {
  const { seconds, objects } = sceneTruth(variant)

  it('begins and ends with three seconds of empty stage, so that it can be looped', () => {
    for (const object of objects) {
      expect(object.from).toBeGreaterThanOrEqual(3)
      expect(object.to).toBeLessThanOrEqual(seconds - 3)
      expect([object.boxAt(0), object.boxAt(seconds - 0.1)]).toEqual([undefined, undefined])
    }
  })

  it('has walkers, a cyclist and a car that stands for more than nine seconds in one place', () => {
    const labels = objects.map(({ label }) => label)
    expect(labels.filter((label) => label === 'person').length).toBeGreaterThanOrEqual(3)
    expect(labels).toContain('two-wheeler')
    const car = objects.find(({ label }) => label === 'vehicle')!
    expect(car.still!.to - car.still!.from).toBeGreaterThan(9)
    expect(car.boxAt(car.still!.from)).toEqual(car.boxAt(car.still!.to - 0.1))
  })

  it('keeps every box inside the picture', () => {
    for (const object of objects) {
      for (let second = object.from; second <= object.to; second += 0.1) {
        const { x1, y1, x2, y2 } = object.boxAt(second)!
        expect(0 <= x1 && x1 < x2 && x2 <= 1 && 0 <= y1 && y1 < y2 && y2 <= 1).toBe(true)
      }
    }
  })
})

/** Draws the play at one picture a second and decodes it. */
async function pictures(variant: Variant): Promise<{ second: number; pixels: Uint8Array }[]> {
  const folder = mkdtempSync(join(tmpdir(), 'scene-'))
  const clip = join(folder, 'scene.mp4')
  await drawScene(clip, { variant, fps: 1 })
  const args = ['-v', 'error', '-i', clip, '-pix_fmt', 'yuv420p', '-f', 'rawvideo', '-']
  const { stdout } = await run('ffmpeg', args, { encoding: 'buffer', maxBuffer: 1 << 30 })
  rmSync(folder, { recursive: true })
  const size = frameBytes(sceneSize.width, sceneSize.height)
  return Array.from({ length: stdout.length / size }, (_, n) => ({
    second: n,
    pixels: stdout.subarray(n * size, (n + 1) * size),
  }))
}

/** Wholly inside and with nobody in front: what a detector can be asked to find. */
function clear(object: TruthObject, others: readonly TruthObject[], second: number): Box | undefined {
  const box = object.boxAt(second)
  if (!box || box.x1 === 0 || box.x2 === 1) return undefined
  const hidden = others.some((other) => {
    const besides = other !== object && other.boxAt(second)
    return besides && besides.y2 > box.y2 && iou(besides, box) > 0
  })
  return hidden ? undefined : box
}

/** Where the head is: a third of the width, a sixth of the height, in the middle above. */
function head({ x1, y1, x2, y2 }: Box): Box {
  const [middle, half] = [(x1 + x2) / 2, (x2 - x1) / 6]
  return { x1: middle - half, y1, x2: middle + half, y2: y1 + (y2 - y1) / 6 }
}

/** Asserts that most of what is drawn is found, by kind, and nothing on the empty stage. */
async function expectBelieved(variant: Variant, things: Detector, faces: Detector): Promise<void> {
  const { objects } = sceneTruth(variant)
  const score = new Map<string, { found: number; all: number }>()
  const count = (kind: string, found: boolean) => {
    const row = score.get(kind) ?? { found: 0, all: 0 }
    score.set(kind, { found: row.found + Number(found), all: row.all + 1 })
  }
  const shown = await pictures(variant)
  let phantoms = 0
  for (const { second, pixels } of shown) {
    const picture = { ...sceneSize, pixels }
    const seen = (await things.look(picture, { score: 0.4 })).detections.filter(
      ({ label }) => label !== 'object' && label !== 'face',
    )
    const seenFaces = (await faces.look(picture, { score: 0.5, longSide: 960 })).detections.filter(
      ({ label }) => label === 'face',
    )
    if (objects.every((object) => !object.boxAt(second))) phantoms += seen.length + seenFaces.length
    for (const object of objects) {
      const box = clear(object, objects, second)
      if (!box) continue
      count(
        object.label,
        seen.some((one) => one.label === object.label && iou(one.box, box) > 0.4),
      )
      if (object.label === 'person')
        count(
          'face',
          seenFaces.some((one) => iou(one.box, head(box)) > 0.3),
        )
    }
  }
  expect(shown).toHaveLength(30)
  for (const kind of ['person', 'vehicle', 'two-wheeler', 'face']) {
    const { found, all } = score.get(kind)!
    expect(found / all, `${kind}: ${found} of ${all}`).toBeGreaterThan(0.85)
  }
  expect(phantoms).toBe(0)
}

describe('the drawn scene is believed by real detectors: people, car, cyclist and faces', () => {
  const open = (name: string, folder: string) => {
    const manifest = readManifest(name)
    return Detector.open({ manifest, path: join(folder, manifest.file) })
  }

  it.each(variants)('on the %s, by the built-in one', async (variant) => {
    const own = await open('skyeye-nano', manifestsDir)
    await expectBelieved(variant, own, own)
    await own.close()
  })

  it.skipIf(!existsSync(weights)).each(variants)(
    'on the %s, by the public ones (skipped without the weights in ../shared/models)',
    async (variant) => {
      const [things, faces] = [await open('yolox-nano', weights), await open('yunet-n', weights)]
      await expectBelieved(variant, things, faces)
      await Promise.all([things.close(), faces.close()])
    },
  )
})
