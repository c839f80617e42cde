/** What several commands do first: read the configuration with full checks, find the models. */
import type { Config } from '../config/config.ts'
import { type LoadedConfig, type LoadOptions, loadConfig } from '../config/load.ts'
import { parseCameraUrl } from '../ingest/address.ts'
import { ModelFiles } from '../vision/model-files.ts'
import type { Models } from '../vision/ports.ts'
import { chooseModels } from '../vision/tiers.ts'

export const defaultConfigPath = 'skyeye.yaml'

/** Throws ConfigError with every problem, those of camera URLs included. */
export function readConfig(
  path: string,
  options: Pick<LoadOptions, 'env' | 'instead'> = {},
): Promise<LoadedConfig> {
  return loadConfig(path, {
    ...options,
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

/** For commands that passwords are not about: they may run in a shell that knows none of them. */
export const anyVariable = new Proxy(process.env, {
  get: (env, name) => env[String(name)] || `unset-${String(name)}`,
})

/** Where weights are looked for. */
export function modelFiles(dir: string): ModelFiles {
  return new ModelFiles({ modelsDir: dir, mirror: process.env.SKYEYE_MODELS_MIRROR || undefined })
}

/**
 * The configured detectors, verified. `say` is told where the built-in ones had to do. Throws MODEL_MISSING or
 * MODEL_REFUSED with what to do.
 */
export function findModels(
  { models }: Pick<Config, 'models'>,
  say: (sentence: string) => void,
): Promise<Models> {
  return chooseModels(modelFiles(models.dir), models, say)
}
