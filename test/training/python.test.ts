/** Runs the tests of the training's Python code, where Debian's packages for it are. */
import { execFile, spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import * as ort from 'onnxruntime-node'
import { describe, expect, it } from 'vitest'
import { sessionOptions } from '../../src/vision/detector.ts'

const here = import.meta.dirname
const top = join(here, '../..')
const training = join(top, 'models/training')
const python = process.env.SKYEYE_PYTHON ?? '/usr/bin/python3'
const env = {
  ...process.env,
  PYTHONPATH: `${training}:${here}`,
  OMP_WAIT_POLICY: 'PASSIVE',
  PYTHONDONTWRITEBYTECODE: '1',
}

const modules = ['torch', 'numpy', 'cv2', 'onnx']
const probe = `import importlib.util as u, sys; sys.exit(any(u.find_spec(m) is None for m in ${JSON.stringify(modules)}))`
const hasPackages = spawnSync(python, ['-c', probe]).status === 0

const run = promisify(execFile)
/** Training takes its time on cores that others use as well. */
const patient = { timeout: 900_000 }

interface Case {
  readonly height: number
  readonly width: number
  readonly planes: readonly (readonly number[])[]
  readonly findings: readonly (readonly [label: number, score: number, box: readonly number[]])[]
}

describe.skipIf(!hasPackages)(
  "training (skipped without Debian's python3-torch, python3-numpy, python3-opencv and python3-onnx)",
  () => {
    const files = readdirSync(here).filter((file) => /^test_.*\.py$/.test(file))
    it.each(files)('%s', patient, async (file) => {
      // unittest writes to stderr, and throws nothing away: a failure shows it all.
      const { stderr } = await run(python, ['-W', 'ignore', '-m', 'unittest', file.replace('.py', '')], {
        env,
        cwd: here,
      })
      expect(stderr).toMatch(/^Ran [1-9]\d* tests?/m)
    })

    it('exports what the network says, at more than one size', patient, async () => {
      const folder = mkdtempSync(join(tmpdir(), 'exported-'))
      try {
        await run(python, ['-W', 'ignore', 'export_case.py', folder], { env, cwd: here })
        const session = await ort.InferenceSession.create(join(folder, 'network.onnx'), sessionOptions)
        const cases: Case[] = JSON.parse(readFileSync(join(folder, 'cases.json'), 'utf8'))
        expect(cases.length).toBeGreaterThan(1)
        for (const one of cases) expectSame(await session.run(feeds(one)), one)
        await session.release()
      } finally {
        rmSync(folder, { recursive: true })
      }
    })
  },
)

function feeds({ height, width, planes }: Case): Record<string, ort.Tensor> {
  const plane = (n: number, part: number) =>
    new ort.Tensor('uint8', Uint8Array.from(planes[n]), [1, 1, height / part, width / part])
  return { y: plane(0, 1), u: plane(1, 2), v: plane(2, 2) }
}

/** The same findings, strongest first; among equal scores, and at the last one, either order will do. */
function expectSame(outputs: Readonly<Record<string, ort.Tensor>>, { findings }: Case): void {
  const [boxes, scores, labels] = ['boxes', 'scores', 'labels'].map((name) => outputs[name])
  expect(boxes.dims).toEqual([1, findings.length, 4])
  expect(labels.type).toBe('int32')
  const near = 1e-4
  const last = findings[findings.length - 1][1]
  const found = findings.map((_, n) => ({
    label: Number(labels.data[n]),
    score: Number(scores.data[n]),
    box: Array.from(boxes.data.slice(4 * n, 4 * n + 4), Number),
  }))
  for (const [n, { score }] of found.entries()) expect(score).toBeCloseTo(findings[n][1], 4)
  for (const [label, score, box] of findings.filter(([, score]) => score > last + near)) {
    const isSame = (one: (typeof found)[number]) =>
      one.label === label &&
      Math.abs(one.score - score) < near &&
      one.box.every((side, n) => Math.abs(side - box[n]) < 0.02 + 1e-4 * Math.abs(box[n]))
    expect(found.some(isSame), `label ${label}, score ${score}, box ${box}`).toBe(true)
  }
}
