/** A folder with a configuration, and where real weights and clips are. */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'
import { stringify } from 'yaml'

const shared = fileURLToPath(new URL('../../../shared/', import.meta.url))
const weights = join(shared, 'models')

export const clip = join(shared, 'videos/tud-stadtmitte_h264_640x480_25fps.mp4')

/** Where these are absent, tests that need trained models are skipped. */
export const modelsPresent = ['yolox-nano.onnx', 'yunet-n-dynamic.onnx'].every((file) =>
  existsSync(join(weights, file)),
)
/** The weights that this project ships. */
export const withModels = { SKYEYE_MODELS_MIRROR: weights }
export const withoutModels = { SKYEYE_MODELS_MIRROR: undefined }

export class Folder {
  readonly path = mkdtempSync(join(tmpdir(), 'skyeye-cli-'))
  readonly config = join(this.path, 'skyeye.yaml')

  constructor() {
    onTestFinished(() => rmSync(this.path, { recursive: true, force: true }))
  }

  write(content: string | object, name = 'skyeye.yaml'): void {
    writeFileSync(join(this.path, name), typeof content === 'string' ? content : stringify(content))
  }
}
