/** A detector that never comes back from native code once it sees something bright: an ONNX Loop of 10^15 turns. */
import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { constant, integer, message, node, spotModels, valueInfo } from '../support/spot-model.ts'

const [int64, bool, float] = [7, 9, 1]

/** A scalar. */
const scalar = (field: number, name: string, type: number) =>
  message(field, message(1, name), message(2, message(1, integer(1, type), message(2))))

/** The same input and output as the spot detector. */
function hungOnnx(): Buffer {
  const body = [
    node('Identity', ['goOn'], 'stillGoOn'),
    node('Mul', ['sum', 'sum'], 'nextSum'),
    message(2, 'turn'),
    scalar(11, 'turnNumber', int64),
    scalar(11, 'goOn', bool),
    scalar(11, 'sum', float),
    scalar(12, 'stillGoOn', bool),
    scalar(12, 'nextSum', float),
  ]
  const loop = message(
    1,
    ...['turns', '', 'zero'].map((input) => message(1, input)),
    message(2, 'lastSum'),
    message(4, 'Loop'),
    message(5, message(1, 'body'), message(6, ...body), integer(20, 5)),
  )
  const graph = [
    // The first run of a detector is on grey of 0.5: no turns.
    node('ReduceMax', ['images'], 'brightest', { keepdims: 0 }),
    node('Sub', ['brightest', 'threshold'], 'above'),
    node('Max', ['above', 'zero'], 'bright'),
    node('Mul', ['bright', 'many'], 'wanted'),
    node('Cast', ['wanted'], 'turns', { to: int64 }),
    loop,
    node('Add', ['nothing', 'lastSum'], 'output'),
    message(2, 'hung'),
    constant('threshold', [], [200]),
    constant('zero', [], [0]),
    constant('many', [], [1e14]),
    constant('nothing', [1, 1, 6], [0, 0, 0, 0, 0, 0]),
    valueInfo(11, 'images', [1, 3, 160, 160]),
    valueInfo(12, 'output', [1, 1, 6]),
  ]
  return Buffer.concat([integer(1, 8), message(7, ...graph), message(8, integer(2, 13))])
}

/** The spot models in `folder`, with the detector replaced. */
export function hungModels(folder: string): ReturnType<typeof spotModels> {
  const { objects, faces } = spotModels(folder)
  writeFileSync(objects.path, hungOnnx())
  const bytes = readFileSync(objects.path)
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  return { objects: { ...objects, manifest: { ...objects.manifest, sha256, bytes: bytes.length } }, faces }
}
