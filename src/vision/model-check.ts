/** Is an opened model what its manifest says, and is it a detector? */
import type * as ort from 'onnxruntime-node'
import { GatewayError } from '../kit/errors.ts'
import { anyLength, expectedShapes, expectedType } from './decoders.ts'
import type { Fit } from './fit.ts'
import { inputTensors } from './input-tensors.ts'
import type { Manifest } from './manifest.ts'

/**
 * Policy: nothing here identifies anybody, so a model that describes a picture by a vector is refused. Such models
 * (face or person embeddings) have an output that, without its dimensions of size 1 (batch, 1×1 maps), is one vector
 * of 64 to 4096 numbers; a detector's outputs have rows per place as well. Wide integers are class indices, one a box.
 */
export function looksLikeEmbedding(shape: readonly number[], type = 'float32'): boolean {
  if (type === 'int32' || type === 'int64') return false
  const real = shape.filter((length) => length !== 1)
  return real.length === 1 && real[0] >= 64 && real[0] <= 4096 && shape.at(-2) !== real[0]
}

/** Throws MODEL_REFUSED. */
export function checkInputs(manifest: Manifest, session: ort.InferenceSession): void {
  const { size } = manifest.input
  // Nothing has a side of 0, so a fixed side fits no input that may have any.
  const wanted = inputTensors(manifest.input, 'width' in size ? size : { width: 0, height: 0 })
  const inputs = session.inputMetadata.filter((meta) => meta.isTensor)
  const isThere = ({ name, type }: (typeof wanted)[number]) =>
    inputs.some((one) => one.name === name && one.type === type)
  if (session.inputNames.length !== wanted.length || !wanted.every(isThere)) {
    const expected = wanted.map(({ name, type }) => `${name} (${type})`).join(', ')
    throw refused(manifest, `its inputs are ${session.inputNames.join(', ')}, expected ${expected}`)
  }
  for (const { name, dims } of wanted) {
    const { shape } = inputs.find((one) => one.name === name)!
    const fits = (length: number | string, i: number) =>
      typeof length !== 'number' || length < 0 || length === dims[i]
    if (shape.length === dims.length && shape.every(fits)) continue
    const expected = dims.map((side) => side || 'any').join('×')
    throw refused(manifest, `its input ${name} is ${shape.join('×')}, expected ${expected}`)
  }
}

/** As far as the model declares them. Throws MODEL_REFUSED. */
export function checkOutputs(manifest: Manifest, session: ort.InferenceSession): void {
  for (const meta of session.outputMetadata) {
    if (!meta.isTensor || !meta.shape.every((length) => typeof length === 'number')) continue
    refuseEmbedding(manifest, meta.name, meta.shape as number[], meta.type)
  }
  const names = new Set(session.outputNames)
  const absent = manifest.output.names.filter((name) => !names.has(name))
  if (absent.length === 0) return
  throw refused(manifest, `it has no output ${absent.join(', ')} (it has ${[...names].join(', ')})`)
}

/** What a run of every output has given, because declared shapes may leave lengths open. Throws MODEL_REFUSED. */
export function checkResults(
  manifest: Manifest,
  results: ort.InferenceSession.ReturnType,
  fit: Pick<Fit, 'width' | 'height'>,
): void {
  for (const [name, { dims, type }] of Object.entries(results)) refuseEmbedding(manifest, name, dims, type)
  for (const [name, shape] of expectedShapes(manifest.output, fit)) {
    const { dims, type } = results[name]
    const wanted = expectedType(manifest.output, name)
    const fits = shape.length === dims.length && shape.every((n, i) => n === anyLength || n === dims[i])
    if (type === wanted && fits) continue
    const expected = shape.map((n) => (n === anyLength ? 'any' : n)).join('×')
    throw refused(manifest, `its output ${name} is ${type} ${dims.join('×')}, expected ${wanted} ${expected}`)
  }
}

/** Integers are class indices only where the manifest knows of them. */
function refuseEmbedding(manifest: Manifest, name: string, shape: readonly number[], type: string): void {
  const isKnown = manifest.output.names.includes(name)
  if (!looksLikeEmbedding(shape, isKnown ? type : undefined)) return
  throw new GatewayError(
    'MODEL_REFUSED',
    `${manifest.name} was refused: its output ${name} (${shape.join('×')}) looks like an embedding, and this gateway identifies nobody; use a detector`,
  )
}

export function refused(manifest: Manifest, why: string, cause?: unknown): GatewayError {
  const again = manifest.builtIn
    ? 'install the gateway again'
    : `fetch it again with \`skyeye models pull ${manifest.name}\``
  const hint = `run \`skyeye models verify\`, or ${again}`
  return new GatewayError('MODEL_REFUSED', `${manifest.name} was refused: ${why}; ${hint}`, { cause })
}
