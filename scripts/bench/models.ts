/** The models of the tier that the figures in docs/ are for, or a sentence that says how to get them. */
import { ModelFiles } from '../../src/vision/model-files.ts'
import type { Models } from '../../src/vision/ports.ts'
import { chooseModels } from '../../src/vision/tiers.ts'

export function standardModels(): Promise<Models> {
  const mirror = process.env.SKYEYE_MODELS_MIRROR || undefined
  return chooseModels(new ModelFiles({ modelsDir: 'data/models', mirror }), { tier: 'standard' })
}
