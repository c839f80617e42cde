/** How the outputs of each kind of model are read. */
import type { Label } from '../domain/detection.ts'
import { Candidates } from './candidates.ts'
import type { Fit } from './fit.ts'
import type { Manifest } from './manifest.ts'

/** Output values by output name. */
export type Outputs = ReadonlyMap<string, Float32Array>

/** Rows of a model that answers once per cell of every stride. */
export function cells(
  strides: readonly number[],
  fit: { readonly width: number; readonly height: number },
): number {
  return strides.reduce(
    (sum, stride) => sum + Math.floor(fit.width / stride) * Math.floor(fit.height / stride),
    0,
  )
}

/** Shape each output must have for an input of this size, by name; a leading 1 is the batch. */
export function expectedShapes(
  output: Manifest['output'],
  fit: { readonly width: number; readonly height: number },
): Map<string, number[]> {
  if (output.kind === 'yolox') {
    return new Map([[output.names[0], [1, cells(output.strides, fit), 5 + output.classes]]])
  }
  const count = output.strides.length
  return new Map(
    output.names.map((name, i) => [
      name,
      [1, cells([output.strides[i % count]], fit), i < 2 * count ? 1 : 4],
    ]),
  )
}

/** Candidates with at least confidence `score`. */
export function decode(manifest: Manifest, outputs: Outputs, fit: Fit, score: number): Candidates {
  const found = new Candidates(fit)
  if (manifest.output.kind === 'yolox') decodeYolox(manifest, outputs, fit, score, found)
  else decodeYunet(manifest, outputs, fit, score, found)
  return found
}

/** YOLOX (Ge et al. 2021), raw heads: a row is x, y, log w, log h in units of the stride, objectness, classes. */
function decodeYolox(manifest: Manifest, outputs: Outputs, fit: Fit, score: number, found: Candidates): void {
  const { output } = manifest
  if (output.kind !== 'yolox') return
  const values = outputs.get(output.names[0])!
  const rowSize = 5 + output.classes
  const labelOf = labelTable(manifest, output.classes)
  let row = 0
  for (const stride of output.strides) {
    const columns = Math.floor(fit.width / stride)
    const rows = Math.floor(fit.height / stride)
    for (let gy = 0; gy < rows; gy++) {
      for (let gx = 0; gx < columns; gx++, row += rowSize) {
        const objectness = values[row + 4]
        // A class score never exceeds 1, so most rows end here; NaN passes, to be counted.
        if (objectness < score) continue
        let best = 0
        for (let c = 1; c < output.classes; c++) if (values[row + 5 + c] > values[row + 5 + best]) best = c
        const confidence = objectness * values[row + 5 + best]
        const label = labelOf[best]
        if (confidence < score || label === undefined) continue
        const width = Math.exp(values[row + 2]) * stride
        const height = Math.exp(values[row + 3]) * stride
        found.add(
          label,
          confidence,
          (values[row] + gx) * stride,
          (values[row + 1] + gy) * stride,
          width,
          height,
        )
      }
    }
  }
}

/** YuNet (Wu et al. 2023): per stride class and objectness scores and boxes; landmarks are not even asked for. */
function decodeYunet(manifest: Manifest, outputs: Outputs, fit: Fit, score: number, found: Candidates): void {
  const { strides, names } = manifest.output
  const label = labelTable(manifest, 1)[0] ?? 'face'
  const least = score * score
  for (let s = 0; s < strides.length; s++) {
    const stride = strides[s]
    const classes = outputs.get(names[s])!
    const objects = outputs.get(names[s + strides.length])!
    const boxes = outputs.get(names[s + 2 * strides.length])!
    const columns = Math.floor(fit.width / stride)
    for (let i = 0; i < classes.length; i++) {
      const squared = classes[i] * objects[i]
      if (squared < least) continue
      const gx = i % columns
      const gy = (i - gx) / columns
      const width = Math.exp(boxes[4 * i + 2]) * stride
      const height = Math.exp(boxes[4 * i + 3]) * stride
      const cx = (gx + boxes[4 * i]) * stride
      found.add(label, Math.sqrt(squared), cx, (gy + boxes[4 * i + 1]) * stride, width, height)
    }
  }
}

function labelTable(manifest: Manifest, classes: number): (Label | undefined)[] {
  return Array.from({ length: classes }, (_, index) => manifest.labels[String(index)])
}
