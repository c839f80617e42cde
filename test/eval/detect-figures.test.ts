/** The way from pictures through a detector to figures, with a network that always finds the same. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import type { View } from '../../scripts/eval/annotations.ts'
import { detectFigures } from '../../scripts/eval/detect-figures.ts'
import { faceFigures, leakFigures } from '../../scripts/eval/face-figures.ts'
import type { Truth } from '../../scripts/eval/metrics.ts'
import type { EvalSet } from '../../scripts/eval/sets.ts'
import type { Label } from '../../src/domain/detection.ts'
import { Detector } from '../../src/vision/detector.ts'
import { type RankedRow, tinyRanked, writeRanked } from '../vision/tiny-onnx.ts'

const quiet = { step: 1, say: () => {} }

/** A person, and a face of 8 px in its lower right corner, in a picture of 32×32. */
const rows: readonly RankedRow[] = [
  [1, 0.9, 4, 2, 28, 30],
  [0, 0.4, 20, 20, 28, 28],
]

async function open(found: readonly RankedRow[]): Promise<Detector> {
  const folder = mkdtempSync(join(tmpdir(), 'skyeye-figures-'))
  const detector = await Detector.open(writeRanked(folder, tinyRanked(found)))
  onTestFinished(async () => {
    await detector.close()
    rmSync(folder, { recursive: true })
  })
  return detector
}

const there = (label: Label, ...corners: number[]): Truth => {
  const [x1, y1, x2, y2] = corners.map((corner) => corner / 32)
  return { label, box: { x1, y1, x2, y2 }, ignore: false }
}

/** Grey pictures; where `held` is less than the views, the clip ends early. */
function setOf(labelled: Label[], truths: readonly Truth[][], held = truths.length, side = 32): EvalSet {
  const views = truths.map(
    (all, i): View => ({ key: String(i), width: side, height: side, labelled, truths: all }),
  )
  return {
    ...{ name: 'made-up', labelled, needs: [], views: async () => views },
    async *pictures(all, step) {
      const pixels = new Uint8Array((side * side * 3) / 2).fill(128)
      for (let i = 0; i < held; i += step)
        yield { view: all[i], picture: { width: side, height: side, pixels } }
    },
  }
}

it('figures are told by input size, set and label, from the score at which the gateway emits that label', async () => {
  const truths = [there('person', 4, 2, 28, 30), there('face', 20, 20, 28, 28)]
  const sets = [setOf(['person', 'face'], [truths, truths])]
  const figures = await detectFigures(await open(rows), { ...quiet, sets, sizes: ['own'] })
  const { labels, facesAtOneFalse } = figures['32x32']['made-up']
  expect(labels.person).toMatchObject({ truths: 2, ap50: 1, ap50to95: 1, recall: 1 })
  // Of the face it knows, but it says so only from 0.5 on.
  expect(labels.face).toMatchObject({ truths: 2, ap50: 1, score: 0.5, recall: 0 })
  expect(facesAtOneFalse).toMatchObject({ recall: 1, truths: 2 })
  // 28 px high.
  expect(labels.person?.byHeight[1]).toEqual({ from: 16, to: 32, truths: 2, recall: 1 })
})

it('a set is asked only for labels that it has, and every so many-th picture', async () => {
  const sets = [setOf(['vehicle'], [[], [], []])]
  const figures = await detectFigures(await open(rows), { ...quiet, sets, sizes: ['own'], step: 2 })
  const { labels, pictures, facesAtOneFalse } = figures['32x32']['made-up']
  expect([Object.keys(labels), pictures, facesAtOneFalse]).toEqual([['vehicle'], 2, undefined])
})

it('a clip that ends early is no evaluation', async () => {
  const sets = [setOf(['person'], [[], [], []], 2)]
  const evaluating = detectFigures(await open(rows), { ...quiet, sets, sizes: ['own'] })
  await expect(evaluating).rejects.toThrow('gave 2 of its 3 pictures')
})

it('faces are told by threshold', async () => {
  const sets = [setOf(['face'], [[there('face', 20, 20, 28, 28)]])]
  const evaluation = { ...quiet, sets, sizes: ['own'] as const, thresholds: [0.3, 0.5] }
  const figures = await faceFigures(await open(rows), evaluation)
  expect(figures['32x32']['made-up'].atThresholds.map(({ recall }) => recall)).toEqual([1, 0])
})

it('a face leaks where the network finds neither it nor a head, counted from 16 px on', async () => {
  // In a picture ten times as large: a face that is found, one that nobody is near, one of 10 px.
  const truths = [there('face', 20, 20, 28, 28), there('face', 1, 28, 4, 31), there('face', 1, 20, 2, 21)]
  const detector = await open(rows)
  const leaks = await leakFigures(detector, detector, { ...quiet, sets: [setOf(['face'], [truths], 1, 320)] })
  expect(leaks['made-up']).toMatchObject({ faces: 2, leaked: 1, rate: 0.5 })
  expect(leaks['made-up'].hiddenShare).toBeGreaterThan(0.1)
  expect(leaks['made-up'].hiddenShare).toBeLessThan(0.9)
})
