/** Opens models of the catalogue for evaluation: weights of this machine, of the mirror, or a file of one's own. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { Detector } from '../../src/vision/detector.ts'
import { ModelFiles } from '../../src/vision/model-files.ts'
import type { ModelOnDisk } from '../../src/vision/ports.ts'
import { Misuse } from '../bench/arguments.ts'
import { shared } from './sets.ts'

/** SKYEYE_MODELS_MIRROR, else the public weights beside the repository. */
export function modelFiles(): ModelFiles {
  const beside = join(shared, 'models')
  return new ModelFiles({
    modelsDir: 'data/models',
    mirror: process.env.SKYEYE_MODELS_MIRROR || (existsSync(beside) ? beside : undefined),
  })
}

/** `file`: other weights of the same shape, as in training; their digest is not checked. Throws what to do where there are none. */
export async function modelCalled(name: string, file?: string): Promise<ModelOnDisk> {
  const files = modelFiles()
  if (file === undefined) return files.verify(name)
  if (!existsSync(file)) throw new Misuse(`--model-file ${file} is not there`)
  return { manifest: files.manifest(name), path: file }
}

export async function openModel(name: string, file?: string): Promise<Detector> {
  return Detector.open(await modelCalled(name, file))
}
