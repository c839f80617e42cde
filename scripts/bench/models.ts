/** The models of the gateway's defaults, or a sentence that says how to get them. */
import { ModelFiles } from '../../src/vision/model-files.ts'
import type { ModelOnDisk } from '../../src/vision/ports.ts'

export async function standardModels(): Promise<{ objects: ModelOnDisk; faces: ModelOnDisk }> {
  const files = new ModelFiles({
    modelsDir: 'data/models',
    mirror: process.env.SKYEYE_MODELS_MIRROR || undefined,
  })
  return { objects: await files.verify('yolox-nano'), faces: await files.verify('yunet-n') }
}
