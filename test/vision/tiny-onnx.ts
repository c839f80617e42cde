/** Writes ONNX files of a few bytes: inputs that nothing reads, and outputs that are constants, floats or integers. */
import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { checkManifest, type ModelTask } from '../../src/vision/manifest.ts'
import type { ModelOnDisk } from '../../src/vision/ports.ts'

/** Protobuf: field number and wire type, then the value. */
function varint(value: number): number[] {
  const bytes: number[] = []
  let rest = value
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128)
  return [...bytes, rest]
}

function whole(field: number, value: number): Buffer {
  return Buffer.from([...varint(field * 8), ...varint(value)])
}

function block(field: number, value: Buffer | string): Buffer {
  const bytes = Buffer.from(value as string)
  return Buffer.concat([Buffer.from([...varint(field * 8 + 2), ...varint(bytes.length)]), bytes])
}

/** TensorProto.DataType. */
const [float32, uint8, int32, int64] = [1, 2, 6, 7]

/** ValueInfoProto of a tensor; a negative length may be any. */
function valueInfo(name: string, shape: readonly number[], type = float32): Buffer {
  const dims = Buffer.concat(shape.map((length) => block(1, length < 0 ? '' : whole(1, length))))
  const tensor = Buffer.concat([whole(1, type), block(2, dims)])
  return Buffer.concat([block(1, name), block(2, block(1, tensor))])
}

export interface Constant {
  readonly shape: readonly number[]
  readonly values: Float32Array | Int32Array | BigInt64Array
}

export interface TinyInput {
  readonly name: string
  readonly shape: readonly number[]
  readonly type?: number
}

/** The bytes of a model (opset 13, IR 8). */
export function tinyOnnx(input: TinyInput | readonly TinyInput[], outputs: Record<string, Constant>): Buffer {
  const parts: Buffer[] = []
  for (const [name, { shape, values }] of Object.entries(outputs)) {
    const identity = Buffer.concat([block(1, `${name}_value`), block(2, name), block(4, 'Identity')])
    const dims = Buffer.concat(shape.map((length) => whole(1, length)))
    const type = values instanceof BigInt64Array ? int64 : values instanceof Int32Array ? int32 : float32
    const raw = Buffer.from(values.buffer, values.byteOffset, values.byteLength)
    const tensor = Buffer.concat([dims, whole(2, type), block(8, `${name}_value`), block(9, raw)])
    parts.push(block(1, identity), block(5, tensor), block(12, valueInfo(name, shape, type)))
  }
  const inputs = [input].flat().map(({ name, shape, type }) => block(11, valueInfo(name, shape, type)))
  const graph = Buffer.concat([block(2, 'tiny'), ...inputs, ...parts])
  return Buffer.concat([whole(1, 8), block(7, graph), block(8, whole(2, 13))])
}

/** Rows of a 32×32 input at the strides 8, 16, 32. */
export const tinyRows = 21

/** Makes every YOLOX row of class scores that find nothing; `edit` puts something there. Two classes: person, car. */
export function tinyObjects(edit: (values: Float32Array) => void = () => {}): Record<string, Constant> {
  const values = new Float32Array(tinyRows * 7)
  edit(values)
  return { output: { shape: [1, tinyRows, 7], values } }
}

/** A YOLOX row: a box of `width × height` around (cx, cy) in a 32×32 picture, from the one cell of stride 32. */
export function setRow(
  values: Float32Array,
  row: number,
  stride: number,
  box: number[],
  scores: number[],
): void {
  const [cx, cy, width, height] = box
  values.set(
    [cx / stride, cy / stride, Math.log(width / stride), Math.log(height / stride), ...scores],
    row * 7,
  )
}

/** YuNet outputs for a 32×32 input; `face` = cx, cy, width, height in pixels. */
export function tinyFaces(face?: number[]): Record<string, Constant> {
  const outputs: Record<string, Constant> = {}
  for (const [stride, rows] of [
    [8, 16],
    [16, 4],
    [32, 1],
  ]) {
    const [score, boxes] = [new Float32Array(rows), new Float32Array(rows * 4)]
    if (face && stride === 32) {
      score[0] = 0.9
      boxes.set([face[0] / 32, face[1] / 32, Math.log(face[2] / 32), Math.log(face[3] / 32)])
    }
    outputs[`cls_${stride}`] = { shape: [1, rows, 1], values: score }
    outputs[`obj_${stride}`] = { shape: [1, rows, 1], values: score }
    outputs[`bbox_${stride}`] = { shape: [1, rows, 4], values: boxes }
  }
  return outputs
}

/** RTMDet outputs: rows of two corners and a score, and the class of each. */
export function tinySorted(rows: number[][], classes: number[]): Record<string, Constant> {
  return {
    dets: { shape: [1, rows.length, 5], values: new Float32Array(rows.flat()) },
    labels: { shape: [1, classes.length], values: BigInt64Array.from(classes, BigInt) },
  }
}

/** A row of our own network: its class (0 face, 1 person, 2 two-wheeler, 3 vehicle), score, and corners in a 32×32 picture. */
export type RankedRow = readonly [label: number, score: number, ...corners: readonly number[]]

/** Outputs of our own network for a 32×32 input: as many rows as it has for that, the rest too weak to count. */
export function tinyRanked(rows: readonly RankedRow[], most = tinyRows * 4): Record<string, Constant> {
  const boxes = new Float32Array(most * 4)
  const scores = new Float32Array(most)
  const classes = new Int32Array(most)
  rows.forEach(([label, score, ...corners], i) => {
    boxes.set(corners, 4 * i)
    scores[i] = score
    classes[i] = label
  })
  return {
    boxes: { shape: [1, most, 4], values: boxes },
    scores: { shape: [1, most, 1], values: scores },
    labels: { shape: [1, most, 1], values: classes },
  }
}

/** The planes of a 32×32 picture. */
export const tinyPlanes: readonly TinyInput[] = [
  { name: 'y', shape: [1, 1, 32, 32], type: uint8 },
  { name: 'u', shape: [1, 1, 16, 16], type: uint8 },
  { name: 'v', shape: [1, 1, 16, 16], type: uint8 },
]

/** Writes a model such as our own into `folder`: built in, both tasks. */
export function writeRanked(
  folder: string,
  outputs: Record<string, Constant>,
  { name = 'ranked', inputs = tinyPlanes, bytes = tinyOnnx(inputs, outputs) } = {},
): ModelOnDisk {
  const path = join(folder, `${name}.onnx`)
  writeFileSync(path, bytes)
  const manifest = {
    ...{ name, file: `${name}.onnx`, builtIn: true, licence: 'Apache-2.0', tasks: ['objects', 'faces'] },
    ...{ sha256: createHash('sha256').update(bytes).digest('hex'), bytes: bytes.length },
    input: {
      ...{ names: ['y', 'u', 'v'], layout: 'I420', padding: 114, placement: 'top-left' },
      size: { width: 32, height: 32 },
    },
    output: {
      ...{ kind: 'ranked', strides: [8, 16, 32], names: ['boxes', 'scores', 'labels'] },
      ...{ classes: 4, most: outputs.scores.values.length },
    },
    labels: { 0: 'face', 1: 'person', 2: 'two-wheeler', 3: 'vehicle' },
    ...{ score: 0.1, scores: { face: 0.5 }, nms: 0.45 },
    redaction: { score: 0.2, longSides: [32, 32] },
  }
  return { manifest: checkManifest(manifest, name), path }
}

/** Writes a model for 32×32 pictures into `folder` and describes it. */
export function writeModel(
  folder: string,
  task: ModelTask,
  outputs: Record<string, Constant>,
  name: string = task,
): ModelOnDisk {
  const bytes = tinyOnnx({ name: 'in', shape: [1, 3, 32, 32] }, outputs)
  const path = join(folder, `${name}.onnx`)
  writeFileSync(path, bytes)
  const strides = [8, 16, 32]
  const names = ['cls', 'obj', 'bbox'].flatMap((head) => strides.map((stride) => `${head}_${stride}`))
  const manifest = checkManifest(
    {
      name,
      file: `${name}.onnx`,
      source: `https://example.org/${'0'.repeat(40)}/${name}.onnx`,
      sha256: createHash('sha256').update(bytes).digest('hex'),
      bytes: bytes.length,
      licence: 'Apache-2.0',
      tasks: [task],
      input: {
        name: 'in',
        layout: 'NCHW',
        colour: 'BGR',
        mean: [0, 0, 0],
        std: [1, 1, 1],
        padding: 114,
        placement: 'top-left',
        size: { width: 32, height: 32 },
      },
      output:
        task === 'objects'
          ? { kind: 'yolox', strides, names: ['output'], classes: 2 }
          : { kind: 'yunet', strides, names },
      labels: task === 'objects' ? { 0: 'person', 1: 'vehicle' } : { 0: 'face' },
      score: task === 'objects' ? 0.1 : 0.5,
      nms: 0.45,
    },
    name,
  )
  return { manifest, path }
}
