/** One model in one thread: opens its ONNX session, checks it against the manifest, and finds things in pictures. */
import './no-telemetry.ts'
import * as ort from 'onnxruntime-node'
import type { Detection } from '../domain/detection.ts'
import { frameBytes } from '../domain/frame.ts'
import { GatewayError } from '../kit/errors.ts'
import {
  anyLength,
  decode,
  expectedShapes,
  expectedType,
  type Outputs,
  type OutputValues,
} from './decoders.ts'
import { type Crop, cameraPicture, type Fit, type FitOptions, fitPicture, type Picture420 } from './fit.ts'
import { type FilledTensor, inputTensors, type Letterbox } from './input-tensors.ts'
import { letterboxFor } from './letterbox.ts'
import type { Manifest } from './manifest.ts'
import type { ModelOnDisk } from './ports.ts'

/** What a look at one picture costs and finds. */
export interface Look {
  readonly detections: Detection[]
  /** The part of the picture that was looked at. */
  readonly crop: Crop
  /** Of the model's input, pixels. */
  readonly width: number
  readonly height: number
  /** Model and size of its input, for example `yolox-nano 416×416`. */
  readonly tensor: string
  readonly preMs: number
  readonly modelMs: number
  readonly postMs: number
  /** Boxes dropped because they were not finite, empty or outside. */
  readonly absurd: number
  /** Boxes dropped because there were too many. */
  readonly capped: number
}

export interface LookOptions extends FitOptions {
  /** Confidence from which detections are emitted, default the manifest's. */
  readonly score?: number
}

/** Sizes of a dynamic input whose output tensors are kept for the next run. */
const maxShapes = 16

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

/** One thread; no arena, which saves 27 MB and costs nothing at fixed shapes; no spinning, which would burn the next worker's time. */
export const sessionOptions: ort.InferenceSession.SessionOptions = {
  executionProviders: ['cpu'],
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
  executionMode: 'sequential',
  enableCpuMemArena: false,
  graphOptimizationLevel: 'all',
  logSeverityLevel: 3,
  extra: { session: { intra_op: { allow_spinning: '0' } } },
}

export class Detector {
  readonly manifest: Manifest
  readonly #session: ort.InferenceSession
  readonly #letterbox: Letterbox
  /** By size of the input: a run that writes into tensors of ours leaves no megabyte of garbage behind. */
  readonly #outputs = new Map<string, Record<string, ort.Tensor>>()
  /** By name of the input. */
  readonly #inputs: Record<string, ort.Tensor> = {}

  private constructor(manifest: Manifest, session: ort.InferenceSession) {
    this.manifest = manifest
    this.#session = session
    this.#letterbox = letterboxFor(manifest.input)
  }

  /** Opens the model and runs it once on grey. Throws MODEL_REFUSED with what does not fit the manifest. */
  static async open({ manifest, path }: ModelOnDisk): Promise<Detector> {
    let session: ort.InferenceSession
    try {
      session = await ort.InferenceSession.create(path, sessionOptions)
    } catch (error) {
      throw refused(
        manifest,
        `ONNX Runtime cannot load it (${(error as Error).message.split('\n')[0]})`,
        error,
      )
    }
    const detector = new Detector(manifest, session)
    try {
      detector.#checkInputs()
      detector.#checkOutputs()
      await detector.#warmUp()
    } catch (error) {
      await session.release()
      throw error instanceof GatewayError
        ? error
        : refused(manifest, `its first run failed: ${(error as Error).message}`, error)
    }
    return detector
  }

  /** Finds things in the picture, or in the crop of it that the options name. */
  async look(picture: Picture420, options: LookOptions = {}): Promise<Look> {
    const { manifest } = this
    const began = performance.now()
    const fit = fitPicture(manifest.input.size, picture, options)
    const tensors = this.#letterbox.fill(picture, fit)
    const filled = performance.now()
    const results = await this.#run(tensors, fit)
    const ran = performance.now()
    const outputs: Outputs = new Map(
      manifest.output.names.map((name) => [name, results[name].data as OutputValues]),
    )
    const { scores = {} } = manifest
    const least = Math.min(manifest.score, ...Object.values(scores))
    const found = decode(manifest, outputs, fit, options.score ?? least)
    const { detections, capped } = found.settle(manifest.nms)
    const isSure = ({ label, confidence }: Detection) =>
      options.score !== undefined || confidence >= (scores[label] ?? manifest.score)
    return {
      detections: detections.filter(isSure),
      crop: fit.crop,
      width: fit.width,
      height: fit.height,
      tensor: `${manifest.name} ${fit.width}×${fit.height}`,
      preMs: filled - began,
      modelMs: ran - filled,
      postMs: performance.now() - ran,
      absurd: found.absurd,
      capped,
    }
  }

  /** Gives the session's memory back; no look may be under way. */
  async close(): Promise<void> {
    await this.#session.release()
  }

  #run(tensors: readonly FilledTensor[], fit: Fit): Promise<ort.InferenceSession.ReturnType> {
    const feeds = this.#feed(tensors)
    const { output } = this.manifest
    // How many boxes there will be is known only afterwards, so the runtime makes those tensors.
    return output.kind === 'rtmdet'
      ? this.#session.run(feeds, output.names)
      : this.#session.run(feeds, this.#outputsFor(fit))
  }

  /** The letterbox reuses its memory: as long as that stays the same, so may the tensors around it. */
  #feed(tensors: readonly FilledTensor[]): Record<string, ort.Tensor> {
    for (const { name, type, dims, values } of tensors) {
      const known = this.#inputs[name]
      if (known?.data === values && known.dims[3] === dims[3]) continue
      this.#inputs[name] =
        type === 'uint8'
          ? new ort.Tensor(type, values as Uint8Array, dims)
          : new ort.Tensor(type, values as Float32Array, dims)
    }
    return this.#inputs
  }

  #outputsFor(fit: Fit): Record<string, ort.Tensor> {
    const key = `${fit.width}x${fit.height}`
    let outputs = this.#outputs.get(key)
    if (!outputs) {
      if (this.#outputs.size >= maxShapes) this.#outputs.clear()
      const shapes = [...expectedShapes(this.manifest.output, fit)]
      outputs = Object.fromEntries(
        shapes.map(([name, dims]) => {
          const length = dims.reduce((product, side) => product * side, 1)
          return [
            name,
            expectedType(this.manifest.output, name) === 'int32'
              ? new ort.Tensor('int32', new Int32Array(length), dims)
              : new ort.Tensor('float32', new Float32Array(length), dims),
          ]
        }),
      )
      this.#outputs.set(key, outputs)
    }
    return outputs
  }

  #checkInputs(): void {
    const { manifest } = this
    const { size } = manifest.input
    // Nothing has a side of 0, so a fixed side fits no input that may have any.
    const wanted = inputTensors(manifest.input, 'width' in size ? size : { width: 0, height: 0 })
    const inputs = this.#session.inputMetadata.filter((meta) => meta.isTensor)
    const isThere = ({ name, type }: (typeof wanted)[number]) =>
      inputs.some((one) => one.name === name && one.type === type)
    if (this.#session.inputNames.length !== wanted.length || !wanted.every(isThere)) {
      const expected = wanted.map(({ name, type }) => `${name} (${type})`).join(', ')
      throw refused(manifest, `its inputs are ${this.#session.inputNames.join(', ')}, expected ${expected}`)
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

  #checkOutputs(): void {
    const { manifest } = this
    const names = new Set(this.#session.outputNames)
    const absent = manifest.output.names.filter((name) => !names.has(name))
    for (const meta of this.#session.outputMetadata) {
      if (
        meta.isTensor &&
        meta.shape.every((length) => typeof length === 'number') &&
        looksLikeEmbedding(meta.shape as number[], meta.type)
      ) {
        throw embedding(manifest, meta.name, meta.shape as number[])
      }
    }
    if (absent.length > 0) {
      throw refused(manifest, `it has no output ${absent.join(', ')} (it has ${[...names].join(', ')})`)
    }
  }

  /** One run of every output at the size the model will see, because declared shapes may leave lengths open. */
  async #warmUp(): Promise<void> {
    const { manifest } = this
    const picture = cameraPicture(manifest.input.size)
    const fit = fitPicture(manifest.input.size, picture)
    const pixels = new Uint8Array(frameBytes(picture.width, picture.height)).fill(128)
    const grey = this.#letterbox.fill({ ...picture, pixels }, fit)
    const results = await this.#session.run(this.#feed(grey))
    for (const [name, result] of Object.entries(results)) {
      if (looksLikeEmbedding(result.dims, result.type)) throw embedding(manifest, name, result.dims)
    }
    for (const [name, shape] of expectedShapes(manifest.output, fit)) {
      const { dims, type } = results[name]
      const wanted = expectedType(manifest.output, name)
      const fits = shape.length === dims.length && shape.every((n, i) => n === anyLength || n === dims[i])
      if (type !== wanted || !fits) {
        const expected = shape.map((n) => (n === anyLength ? 'any' : n)).join('×')
        throw refused(
          manifest,
          `its output ${name} is ${type} ${dims.join('×')}, expected ${wanted} ${expected}`,
        )
      }
    }
  }
}

function refused(manifest: Manifest, why: string, cause?: unknown): GatewayError {
  const again = manifest.builtIn
    ? 'install the gateway again'
    : `fetch it again with \`skyeye models pull ${manifest.name}\``
  const hint = `run \`skyeye models verify\`, or ${again}`
  return new GatewayError('MODEL_REFUSED', `${manifest.name} was refused: ${why}; ${hint}`, { cause })
}

function embedding(manifest: Manifest, name: string, shape: readonly number[]): GatewayError {
  return new GatewayError(
    'MODEL_REFUSED',
    `${manifest.name} was refused: its output ${name} (${shape.join('×')}) looks like an embedding, and this gateway identifies nobody; use a detector`,
  )
}
