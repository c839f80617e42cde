/** A weak face over half the picture is none, and would hide what an alert is about; a small or a sure one is hidden. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { Detector } from '../../src/vision/detector.ts'
import { findFaces } from '../../src/vision/snapshot.ts'
import { tinyFaces, writeModel } from './tiny-onnx.ts'

/** How many faces are believed where the model sees one `height` pixels high (of 32) with this confidence. */
async function believed(height: number, confidence: number): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'vision-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const outputs = tinyFaces([16, 16, height, height])
  for (const name of ['cls_32', 'obj_32']) outputs[name].values[0] = confidence
  const { manifest, path } = writeModel(folder, 'faces', outputs)
  const redaction = { score: 0.12, longSides: [32] }
  const faces = await Detector.open({ manifest: { ...manifest, redaction }, path })
  onTestFinished(() => faces.close())
  const grey = { width: 32, height: 32, pixels: new Uint8Array((32 * 32 * 3) / 2).fill(128) }
  return (await findFaces(faces, grey)).faces.length
}

it.each([
  [24, 0.3, 0],
  [24, 0.6, 1],
  [4, 0.15, 1],
  [8, 0.15, 0],
  [8, 0.25, 1],
])('a face of %d of 32 pixels with confidence %d is believed %d times', async (height, confidence, times) => {
  expect(await believed(height, confidence)).toBe(times)
})
