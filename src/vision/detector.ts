/** One model in one thread: opens its ONNX session, checks it against the manifest, and finds things in pictures. */
import './no-telemetry.ts'
import * as ort from 'onnxruntime-node'
import type { Detection } from '../domain/detection.ts'
import { GatewayError } from '../kit/errors.ts'
import { anyLength, decode, expectedShapes, expectedType, type Outputs } from './decoders.ts'
import { type Crop, type Fit, type FitOptions, fitPicture, type Picture420 } from './fit.ts'
import { Letterbox } from './letterbox.ts'
import type { Manifest } from './manifest.ts'
import type { ModelOnDisk } from './ports.ts'

/** What a look at one picture costs and finds. */
export interface Look {
  readonly detections: Detection[]
  /** The part of the picture that was looked at. */
  readonly crop: Crop
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
  #tensor: ort.Tensor | undefined

  private constructor(manifest: Manifest, session: ort.InferenceSession) {
    this.manifest = manifest
    this.#session = session
    this.#letterbox = new Letterbox(manifest.input)
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
      detector.#checkInput()
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
    const values = this.#letterbox.fill(picture, fit)
    const filled = performance.now()
    const results = await this.#run(values, fit)
    const ran = performance.now()
    const outputs: Outputs = new Map(
      manifest.output.names.map((name) => [name, results[name].data as Float32Array | BigInt64Array]),
    )
    const found = decode(manifest, outputs, fit, options.score ?? manifest.score)
    const { detections, capped } = found.settle(manifest.nms)
    return {
      detections,
      crop: fit.crop,
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

  #run(values: Float32Array, fit: Fit): Promise<ort.InferenceSession.ReturnType> {
    // The letterbox reuses its memory: as long as that stays the same, so may the tensor around it.
    if (this.#tensor?.data !== values || this.#tensor.dims[3] !== fit.width) {
      this.#tensor = new ort.Tensor('float32', values, [1, 3, fit.height, fit.width])
    }
    const feeds = { [this.manifest.input.name]: this.#tensor }
    const { output } = this.manifest
    // How many boxes there will be is known only afterwards, so the runtime makes those tensors.
    return output.kind === 'rtmdet'
      ? this.#session.run(feeds, output.names)
      : this.#session.run(feeds, this.#outputsFor(fit))
  }

  #outputsFor(fit: Fit): Record<string, ort.Tensor> {
    const key = `${fit.width}x${fit.height}`
    let outputs = this.#outputs.get(key)
    if (!outputs) {
      if (this.#outputs.size >= maxShapes) this.#outputs.clear()
      const shapes = [...expectedShapes(this.manifest.output, fit)]
      outputs = Object.fromEntries(
        shapes.map(([name, dims]) => {
          const values = new Float32Array(dims.reduce((product, length) => product * length, 1))
          return [name, new ort.Tensor('float32', values, dims)]
        }),
      )
      this.#outputs.set(key, outputs)
    }
    return outputs
  }

  #checkInput(): void {
    const { manifest } = this
    const inputs = this.#session.inputMetadata
    const only = inputs[0]
    if (
      inputs.length !== 1 ||
      only.name !== manifest.input.name ||
      !only.isTensor ||
      only.type !== 'float32'
    ) {
      throw refused(
        manifest,
        `its inputs are ${inputs.map((one) => one.name).join(', ')}, expected ${manifest.input.name} (float32)`,
      )
    }
    const { size } = manifest.input
    const wanted = 'width' in size ? [1, 3, size.height, size.width] : [1, 3, undefined, undefined]
    const fits =
      only.shape.length === 4 &&
      only.shape.every((length, i) => {
        return (
          typeof length !== 'number' || length < 0 || (wanted[i] === undefined ? false : length === wanted[i])
        )
      })
    if (!fits) {
      throw refused(
        manifest,
        `its input is ${only.shape.join('×')}, expected ${wanted.map((one) => one ?? 'any').join('×')}`,
      )
    }
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
    const { size } = manifest.input
    const picture =
      'width' in size
        ? size
        : { width: size.longSide, height: Math.max(2, Math.round((size.longSide * 9) / 16 / 2) * 2) }
    const fit = fitPicture(size, picture)
    const grey = new Float32Array(3 * fit.width * fit.height).fill(0.5)
    const results = await this.#session.run({
      [manifest.input.name]: new ort.Tensor('float32', grey, [1, 3, fit.height, fit.width]),
    })
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
  const hint = `run \`skyeye models verify\`, or fetch it again with \`skyeye models pull ${manifest.name}\``
  return new GatewayError('MODEL_REFUSED', `${manifest.name} was refused: ${why}; ${hint}`, { cause })
}

function embedding(manifest: Manifest, name: string, shape: readonly number[]): GatewayError {
  return new GatewayError(
    'MODEL_REFUSED',
    `${manifest.name} was refused: its output ${name} (${shape.join('×')}) looks like an embedding, and this gateway identifies nobody; use a detector`,
  )
}
