import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { printed, storeAccuracy, storedAccuracies } from '../../scripts/accuracy/results.ts'
import { faces, objects } from './sample.ts'

function temporary(): string {
  const folder = mkdtempSync(join(tmpdir(), 'skyeye-accuracy-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  return folder
}

it('what was measured comes back as it was, and one model anew leaves the others alone', async () => {
  const folder = join(temporary(), 'accuracy')
  expect(await storedAccuracies(folder)).toEqual([])
  await storeAccuracy(faces, folder)
  await storeAccuracy(objects, folder)
  const again = { ...objects, measured: '2026-12-24T00:00:00.000Z' }
  await storeAccuracy(again, folder)
  expect(await storedAccuracies(folder)).toEqual([again, faces])
  expect(readdirSync(folder)).toEqual(['yolox-nano.json', 'yunet-n.json'])
})

it('printed figures are JSON with a line for each innermost list', () => {
  const value = { a: { b: 1, c: null }, d: [{ e: 0.5 }, { e: 'x' }], f: [], g: [1, 2], h: undefined }
  expect(printed(value)).toBe(`{
  "a": { "b": 1, "c": null },
  "d": [
    { "e": 0.5 },
    { "e": "x" }
  ],
  "f": [],
  "g": [1, 2]
}`)
  expect(JSON.parse(printed(objects))).toEqual(objects)
  const long = { value: 'x'.repeat(100) }
  expect(JSON.parse(printed(long))).toEqual(long)
})
