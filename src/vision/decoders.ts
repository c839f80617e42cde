/** How the outputs of each kind of model are read. */
import { Candidates, type Sort } from './candidates.ts'
import type { Fit } from './fit.ts'
import type { Manifest } from './manifest.ts'

/** Values of an output: class indices are integers, all else is float. */
export type OutputValues = Float32Array | Int32Array | BigInt64Array
export type Outputs = ReadonlyMap<string, OutputValues>

/** In an expected shape: as long as the model likes, for it has sorted out its boxes itself. */
export const anyLength = -1

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
  if (output.kind === 'rtmdet') {
    const [boxes, classes] = output.names
    return new Map([
      [boxes, [1, anyLength, 5]],
      [classes, [1, anyLength]],
    ])
  }
  if (output.kind === 'ranked') {
    const rows = Math.min(output.most, cells(output.strides, fit) * output.classes)
    return new Map(output.names.map((name, i) => [name, [1, rows, i === 0 ? 4 : 1]]))
  }
  const count = output.strides.length
  return new Map(
    output.names.map((name, i) => [
      name,
      [1, cells([output.strides[i % count]], fit), i < 2 * count ? 1 : 4],
    ]),
  )
}

/** Type of the values that an output must have. */
export function expectedType(output: Manifest['output'], name: string): 'float32' | 'int32' | 'int64' {
  if (output.kind === 'rtmdet' && name === output.names[1]) return 'int64'
  return output.kind === 'ranked' && name === output.names[2] ? 'int32' : 'float32'
}

/** Candidates with at least confidence `score`. */
export function decode(manifest: Manifest, outputs: Outputs, fit: Fit, score: number): Candidates {
  const found = new Candidates(fit)
  if (manifest.output.kind === 'yolox') decodeYolox(manifest, outputs, fit, score, found)
  else if (manifest.output.kind === 'rtmdet') decodeRtmdet(manifest, outputs, score, found)
  else if (manifest.output.kind === 'ranked') decodeRanked(manifest, outputs, score, found)
  else decodeYunet(manifest, outputs, fit, score, found)
  return found
}

/** YOLOX (Ge et al. 2021), raw heads: a row is x, y, log w, log h in units of the stride, objectness, classes. */
function decodeYolox(manifest: Manifest, outputs: Outputs, fit: Fit, score: number, found: Candidates): void {
  const { output } = manifest
  if (output.kind !== 'yolox') return
  const values = floats(outputs, output.names[0])
  const rowSize = 5 + output.classes
  const sortOf = sortTable(manifest, output.classes)
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
        const sort = sortOf[best]
        if (confidence < score || sort === undefined) continue
        const width = Math.exp(values[row + 2]) * stride
        const height = Math.exp(values[row + 3]) * stride
        found.add(
          sort,
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
  const { output } = manifest
  if (output.kind !== 'yunet') return
  const { strides, names } = output
  const sort = sortTable(manifest, 1)[0] ?? { label: 'face' }
  const least = score * score
  for (let s = 0; s < strides.length; s++) {
    const stride = strides[s]
    const classes = floats(outputs, names[s])
    const objects = floats(outputs, names[s + strides.length])
    const boxes = floats(outputs, names[s + 2 * strides.length])
    const columns = Math.floor(fit.width / stride)
    for (let i = 0; i < classes.length; i++) {
      const squared = classes[i] * objects[i]
      if (squared < least) continue
      const gx = i % columns
      const gy = (i - gx) / columns
      const width = Math.exp(boxes[4 * i + 2]) * stride
      const height = Math.exp(boxes[4 * i + 3]) * stride
      const cx = (gx + boxes[4 * i]) * stride
      found.add(sort, Math.sqrt(squared), cx, (gy + boxes[4 * i + 1]) * stride, width, height)
    }
  }
}

/** RTMDet (Lyu et al. 2022), exported with its NMS: a row is two corners and a score, and its class lies beside it. */
function decodeRtmdet(manifest: Manifest, outputs: Outputs, score: number, found: Candidates): void {
  const { output } = manifest
  if (output.kind !== 'rtmdet') return
  const rows = floats(outputs, output.names[0])
  const classes = outputs.get(output.names[1])!
  const sortOf = sortTable(manifest, output.classes)
  for (let i = 0; i < classes.length; i++) {
    const [x1, y1, x2, y2, confidence] = rows.subarray(5 * i, 5 * i + 5)
    const sort = sortOf[Number(classes[i])]
    if (confidence < score || sort === undefined) continue
    found.add(sort, confidence, (x1 + x2) / 2, (y1 + y2) / 2, x2 - x1, y2 - y1)
  }
}

/** Our own: corners in tensor pixels, score and class of the strongest cells, the strongest first. */
function decodeRanked(manifest: Manifest, outputs: Outputs, score: number, found: Candidates): void {
  const { output } = manifest
  if (output.kind !== 'ranked') return
  const boxes = floats(outputs, output.names[0])
  const scores = floats(outputs, output.names[1])
  const classes = outputs.get(output.names[2])!
  const sortOf = sortTable(manifest, output.classes)
  for (let i = 0; i < scores.length; i++) {
    // The rest is weaker still; NaN passes, to be counted.
    if (scores[i] < score) return
    const sort = sortOf[Number(classes[i])]
    if (sort === undefined) continue
    const [x1, y1, x2, y2] = boxes.subarray(4 * i, 4 * i + 4)
    found.add(sort, scores[i], (x1 + x2) / 2, (y1 + y2) / 2, x2 - x1, y2 - y1)
  }
  // All its rows were needed, so it may have had more than it could tell.
  if (scores.length === output.most) found.untold++
}

/** The detector has checked at opening that these are floats. */
function floats(outputs: Outputs, name: string): Float32Array {
  return outputs.get(name) as Float32Array
}

function sortTable({ labels, types = {} }: Manifest, classes: number): (Sort | undefined)[] {
  return Array.from({ length: classes }, (_, index) => {
    const label = labels[index]
    return label && { label, ...(types[index] && { type: types[index] }) }
  })
}
