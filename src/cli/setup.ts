/** What several commands do first: read the configuration with full checks, find the models. */
import type { Config } from '../config/config.ts'
import { type LoadedConfig, loadConfig } from '../config/load.ts'
import { parseCameraUrl } from '../ingest/address.ts'
import { ModelFiles } from '../vision/model-files.ts'
import type { ModelOnDisk } from '../vision/ports.ts'

export const defaultConfigPath = 'skyeye.yaml'

/** Throws ConfigError with every problem, those of camera URLs included. */
export function readConfig(path: string): Promise<LoadedConfig> {
  return loadConfig(path, {
    checkUrl: (url) => {
      try {
        parseCameraUrl(url)
        return undefined
      } catch (error) {
        return error instanceof Error ? error.message : String(error)
      }
    },
  })
}

/** The configured detectors, verified. Throws MODEL_MISSING or MODEL_REFUSED with what to do. */
export async function findModels({ models }: Config): Promise<{ objects: ModelOnDisk; faces: ModelOnDisk }> {
  const files = new ModelFiles({
    modelsDir: models.dir,
    mirror: process.env.SKYEYE_MODELS_MIRROR || undefined,
  })
  return { objects: await files.verify(models.objects), faces: await files.verify(models.faces) }
}
