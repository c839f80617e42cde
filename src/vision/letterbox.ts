/** The letterbox that a model's input wants. */
import { FloatLetterbox } from './float-letterbox.ts'
import type { Letterbox } from './input-tensors.ts'
import type { ModelInput } from './manifest.ts'
import { PlanarLetterbox } from './planar-letterbox.ts'

export function letterboxFor(input: ModelInput): Letterbox {
  return input.layout === 'I420' ? new PlanarLetterbox(input) : new FloatLetterbox(input)
}
