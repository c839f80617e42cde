/**
 * A detector that really looks, in some three thousand bytes: an ONNX graph that finds the bright spot of a picture and calls it a person: its
 * middle is the centroid, its size that of an even rectangle with the same variance (side = √(12 variance)). The main path can be tested with it where no trained weights are at hand.
 */
import { createHash } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { checkManifest } from '../../src/vision/manifest.ts'
import type { ModelOnDisk } from '../../src/vision/ports.ts'
import { tinyFaces, writeModel } from '../vision/tiny-onnx.ts'

/** Side of the model's input, pixels; the one cell of its one stride. */
const side = 160

// Protocol Buffers, as far as ONNX needs them here.
const varint = (value: number): number[] =>
  value > 127 ? [(value & 127) | 128, ...varint(value >>> 7)] : [value]
export const integer = (field: number, value: number) =>
  Buffer.from([...varint(field << 3), ...varint(value)])
export const message = (field: number, ...parts: (Buffer | string)[]) => {
  const body = Buffer.concat(parts.map((part) => Buffer.from(part as string)))
  return Buffer.concat([Buffer.from([...varint((field << 3) | 2), ...varint(body.length)]), body])
}
export const valueInfo = (field: number, name: string, shape: number[]) =>
  message(
    field,
    message(1, name),
    message(
      2,
      message(1, integer(1, 1), message(2, ...shape.map((length) => message(1, integer(1, length))))),
    ),
  )
export const constant = (name: string, shape: number[], values: ArrayLike<number>) =>
  message(
    5,
    ...shape.map((length) => integer(1, length)),
    integer(2, 1),
    message(8, name),
    message(9, Buffer.from(Float32Array.from(values).buffer)),
  )
const integers = (name: string, values: number[]) =>
  message(
    5,
    integer(1, values.length),
    integer(2, 7),
    message(8, name),
    message(9, Buffer.from(BigInt64Array.from(values.map(BigInt)).buffer)),
  )
export const node = (op: string, inputs: string[], output: string, attributes: Record<string, number> = {}) =>
  message(
    1,
    ...inputs.map((input) => message(1, input)),
    message(2, output),
    message(4, op),
    ...Object.entries(attributes).map(([name, value]) =>
      message(5, message(1, name), integer(3, value), integer(20, 2)),
    ),
  )

/** Logarithm of the spot's extent along an axis, as a share of the input: ½ ln(12 (E[a²] − E[a]²)), one pixel at least. */
function extent(axis: string, middle: string, result: string): Buffer[] {
  const name = (step: string) => `${result} ${step}`
  return [
    node('Mul', [axis, axis], name('squares')),
    node('Mul', ['mask', name('squares')], name('weighted')),
    node('ReduceSum', [name('weighted'), 'plane'], name('sum'), { keepdims: 1 }),
    node('Div', [name('sum'), 'weight'], name('mean')),
    node('Mul', [middle, middle], name('middle')),
    node('Sub', [name('mean'), name('middle')], name('variance')),
    node('Mul', [name('variance'), 'twelve'], name('scaled')),
    node('Max', [name('scaled'), 'pixel'], name('bounded')),
    node('Log', [name('bounded')], name('log')),
    node('Mul', [name('log'), 'half'], result),
  ]
}

/** The model's bytes. Input `images` 1×3×160×160 (0..255), output `output` 1×1×6: a YOLOX row of one class. */
function spotOnnx(): Buffer {
  const middles = Array.from({ length: side }, (_, i) => (i + 0.5) / side)
  const graph = [
    // Brighter than 215 counts, fully from 235 on; the padding of the letterbox (114) does not.
    node('Slice', ['images', 'from', 'to', 'axis'], 'channel'),
    node('Sub', ['channel', 'threshold'], 'above'),
    node('Div', ['above', 'range'], 'scaled'),
    node('Clip', ['scaled', 'zero', 'one'], 'mask'),
    node('ReduceSum', ['mask', 'plane'], 'sum', { keepdims: 1 }),
    node('Max', ['sum', 'one'], 'weight'),
    node('Mul', ['mask', 'columns'], 'weightedX'),
    node('ReduceSum', ['weightedX', 'plane'], 'sumX', { keepdims: 1 }),
    node('Div', ['sumX', 'weight'], 'x'),
    node('Mul', ['mask', 'rows'], 'weightedY'),
    node('ReduceSum', ['weightedY', 'plane'], 'sumY', { keepdims: 1 }),
    node('Div', ['sumY', 'weight'], 'y'),
    ...extent('columns', 'x', 'width'),
    ...extent('rows', 'y', 'height'),
    node('Div', ['sum', 'enough'], 'share'),
    node('Clip', ['share', 'zero', 'one'], 'certain'),
    node('Mul', ['certain', 'most'], 'score'),
    node('Concat', ['x', 'y', 'width', 'height', 'score', 'always'], 'row', { axis: 3 }),
    node('Reshape', ['row', 'shape'], 'output'),
    message(2, 'spot'),
    integers('from', [0]),
    integers('to', [1]),
    integers('axis', [1]),
    integers('plane', [2, 3]),
    integers('shape', [1, 1, 6]),
    constant('threshold', [1], [215]),
    constant('range', [1], [20]),
    constant('zero', [], [0]),
    constant('one', [], [1]),
    constant('enough', [1], [60]),
    constant('most', [1], [0.95]),
    constant('columns', [1, 1, 1, side], middles),
    constant('rows', [1, 1, side, 1], middles),
    constant('twelve', [], [12]),
    constant('half', [], [0.5]),
    constant('pixel', [], [12 / (side * side)]),
    constant('always', [1, 1, 1, 1], [1]),
    valueInfo(11, 'images', [1, 3, side, side]),
    valueInfo(12, 'output', [1, 1, 6]),
  ]
  return Buffer.concat([integer(1, 8), message(7, ...graph), message(8, integer(2, 13))])
}

/** Writes the spot detector and a face model that finds nothing into `folder`. */
export function spotModels(folder: string): { objects: ModelOnDisk; faces: ModelOnDisk } {
  mkdirSync(folder, { recursive: true })
  const bytes = spotOnnx()
  const path = join(folder, 'spot.onnx')
  writeFileSync(path, bytes)
  const manifest = checkManifest(
    {
      name: 'spot',
      file: 'spot.onnx',
      source: `https://example.org/${'0'.repeat(40)}/spot.onnx`,
      sha256: createHash('sha256').update(bytes).digest('hex'),
      bytes: bytes.length,
      licence: 'Apache-2.0',
      tasks: ['objects'],
      input: {
        name: 'images',
        layout: 'NCHW',
        colour: 'RGB',
        mean: [0, 0, 0],
        std: [1, 1, 1],
        padding: 114,
        placement: 'top-left',
        size: { width: side, height: side },
      },
      output: { kind: 'yolox', strides: [side], names: ['output'], classes: 1 },
      labels: { 0: 'person' },
      score: 0.1,
      nms: 0.45,
    },
    'spot',
  )
  return { objects: { manifest, path }, faces: writeModel(folder, 'faces', tinyFaces()) }
}
