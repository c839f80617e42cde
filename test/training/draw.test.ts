import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { draw } from '../../models/training/draw.ts'
import { boxes, render } from '../../models/training/drawn-picture.ts'
import { demoMoment, sceneOf } from '../../models/training/drawn-scenes.ts'
import { type LabelledBox, readLines } from '../../models/training/label-lines.ts'
import { sceneTruth } from '../../scripts/scene/truth.ts'
import { iou } from '../../src/domain/geometry.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'drawn-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const seeds = Array.from({ length: 10 }, (_, n) => 70 + n)
const size = { width: 432, height: 243 }

/** Pixels of an edge row or column of a box that differ by more than a shadow's edge would at random. */
function changedOn(
  edge: 'left' | 'right' | 'top' | 'bottom',
  box: LabelledBox,
  changed: (x: number, y: number) => boolean,
): boolean {
  const upright = edge === 'left' || edge === 'right'
  const at = { left: box.x, right: box.x + box.w - 1, top: box.y, bottom: box.y + box.h - 1 }[edge]
  return Array.from({ length: upright ? box.h : box.w }, (_, n) => n).some((n) =>
    upright ? changed(at, box.y + n) : changed(box.x + n, at),
  )
}

describe('drawn training pictures', () => {
  it('are the same from the same seed and others from another', { timeout: 60_000 }, async () => {
    const digest = async (name: string, seed: number) => {
      const lines = await draw(join(folder, name), 3, seed)
      expect(readLines(join(folder, name, 'labels.jsonl'))).toEqual(lines)
      const hash = createHash('sha256')
      for (const { file, boxes } of lines) {
        hash.update(readFileSync(join(folder, name, 'images', file))).update(JSON.stringify(boxes))
      }
      return hash.digest('hex')
    }
    const first = await digest('a', 5)
    expect(await digest('b', 5)).toBe(first)
    expect(await digest('c', 6)).not.toBe(first)
  })

  it('have boxes within the picture, each edge on pixels that the figures changed', {
    timeout: 60_000,
  }, async () => {
    let all = 0
    for (const seed of seeds) {
      const { scene, size } = sceneOf(seed)
      const found = await boxes(scene, size)
      const [drawn, empty] = [await render(scene, size), await render({ ...scene, figures: [] }, size)]
      const changed = (x: number, y: number) => {
        const at = (y * size.width + x) * 3
        return [0, 1, 2].some((channel) => drawn[at + channel] !== empty[at + channel])
      }
      for (const box of found) {
        all++
        expect(box.x >= 0 && box.y >= 0 && box.w > 0 && box.h > 0).toBe(true)
        expect(box.x + box.w <= size.width && box.y + box.h <= size.height).toBe(true)
        for (const edge of ['left', 'right', 'top', 'bottom'] as const) {
          expect(changedOn(edge, box, changed), `${edge} of ${JSON.stringify(box)}, seed ${seed}`).toBe(true)
        }
      }
    }
    expect(all).toBeGreaterThan(20)
  })

  it.each(['street', 'yard'] as const)(
    'have the boxes that the truth of the demo has (%s)',
    async (variant) => {
      const { objects } = sceneTruth(variant)
      let compared = 0
      for (const second of [5, 8, 12, 20]) {
        const found = await boxes(demoMoment(variant, second), size)
        const clear = objects.filter((object) => object.label === 'person' || object.label === 'vehicle')
        for (const object of clear) {
          const truth = object.boxAt(second)
          const others = objects.some(
            (other) =>
              other !== object && other.boxAt(second) && truth && iou(other.boxAt(second)!, truth) > 0,
          )
          if (!truth || others || truth.x1 === 0 || truth.x2 === 1) continue
          compared++
          const best = Math.max(
            ...found
              .filter((box) => box.class === object.label && !box.ignore)
              .map(({ x, y, w, h }) =>
                iou(truth, {
                  x1: x / size.width,
                  y1: y / size.height,
                  x2: (x + w) / size.width,
                  y2: (y + h) / size.height,
                }),
              ),
          )
          expect(best, `${object.id} at ${second}`).toBeGreaterThan(0.6)
        }
      }
      expect(compared).toBeGreaterThanOrEqual(3)
    },
  )

  it('give one who is hidden a box of what is left to see, and nothing to one who cannot be seen', async () => {
    const scene = demoMoment('street', 8)
    const [walker] = scene.figures
    const alone = (await boxes({ ...scene, figures: [walker] }, size)).map((box) => box.class)
    expect(alone).toContain('person')
    // The same figure in front of itself hides all of it.
    const twice = await boxes({ ...scene, figures: [walker, walker] }, size)
    expect(twice.map((box) => box.class)).toEqual(alone)
  })

  it('are now and then empty', async () => {
    expect(await boxes(demoMoment('yard', 1), size)).toEqual([])
  })
})
