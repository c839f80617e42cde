/** What a model is fed with: its tensors, by the layout of its input. */
import type { Fit, Picture420 } from './fit.ts'
import type { ModelInput } from './manifest.ts'

export interface TensorShape {
  readonly name: string
  readonly type: 'float32' | 'uint8'
  /** Batch, channels, height, width. */
  readonly dims: readonly number[]
}

/** One tensor with its values. */
export interface FilledTensor extends TensorShape {
  readonly values: Float32Array | Uint8Array
}

/** Turns a picture, or a part of it, into the tensors of one model: scaled, padded, in the model's colours. */
export interface Letterbox {
  /** Valid until the next call; the same views of memory as long as the size stays the same. */
  fill(picture: Picture420, fit: Fit): readonly FilledTensor[]
}

/** The tensors of an input of that many pixels. */
export function inputTensors(
  input: ModelInput,
  { width, height }: { readonly width: number; readonly height: number },
): TensorShape[] {
  if (input.layout === 'NCHW') {
    return [{ name: input.name, type: 'float32', dims: [1, 3, height, width] }]
  }
  return input.names.map((name, plane) => {
    const dims = plane === 0 ? [1, 1, height, width] : [1, 1, height / 2, width / 2]
    return { name, type: 'uint8', dims }
  })
}
