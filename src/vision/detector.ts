/** One model in one thread: opens its ONNX session, checks it against the manifest, and finds things in pictures. */
import './no-telemetry.ts'
import * as ort from 'onnxruntime-node'
import type { Detection } from '../domain/detection.ts'
import { frameBytes } from '../domain/frame.ts'
import { GatewayError } from '../kit/errors.ts'
import { decode, expectedShapes, expectedType, type Outputs, type OutputValues } from './decoders.ts'
import { type Crop, cameraPicture, type Fit, type FitOptions, fitPicture, type Picture420 } from './fit.ts'
import type { FilledTensor, Letterbox } from './input-tensors.ts'
import { letterboxFor } from './letterbox.ts'
import type { Manifest } from './manifest.ts'
import { checkInputs, checkOutputs, checkResults, refused } from './model-check.ts'
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
  /** Of these, those that held NaN. */
  readonly unreadable: number
  /** Boxes dropped because there were too many; where the model itself dropped them, how many is not known, and one counts. */
  readonly capped: number
}

export interface LookOptions extends FitOptions {
  /** Confidence from which detections are emitted, default the manifest's. */
  readonly score?: number
}

/** Sizes of a dynamic input whose output tensors are kept for the next run. */
const maxShapes = 16

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
      checkInputs(manifest, session)
      checkOutputs(manifest, session)
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
      unreadable: found.unreadable,
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

  /** A run of every output at the size the model will usually see; and at the smallest, where how many rows there are depends on it. */
  async #warmUp(): Promise<void> {
    const { input, output } = this.manifest
    const smallest = 'multiple' in input.size && { width: input.size.multiple, height: input.size.multiple }
    await this.#tryOn(cameraPicture(input.size))
    if (smallest && output.kind === 'ranked') await this.#tryOn(smallest)
  }

  /** A grey picture of that size, pixels. */
  async #tryOn(picture: { readonly width: number; readonly height: number }): Promise<void> {
    const fit = fitPicture(this.manifest.input.size, picture)
    const pixels = new Uint8Array(frameBytes(picture.width, picture.height)).fill(128)
    const grey = this.#letterbox.fill({ ...picture, pixels }, fit)
    checkResults(this.manifest, await this.#session.run(this.#feed(grey)), fit)
  }
}
