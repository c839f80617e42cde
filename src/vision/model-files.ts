/** Where the weights of models lie: verifies them, and fetches those that are missing. */
import { createHash } from 'node:crypto'
import { createReadStream, existsSync } from 'node:fs'
import { copyFile, mkdir, rename, rm, stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { GatewayError } from '../kit/errors.ts'
import { download, type Progress } from './download.ts'
import { type Manifest, manifestNames, manifestsDir, readManifest } from './manifest.ts'
import type { ModelOnDisk } from './ports.ts'

export interface ModelFilesOptions {
  /** Folder the weights are kept in, usually `<dataDir>/models`. */
  readonly modelsDir: string
  /** A folder (used in place) or an http(s) URL that has the files under their names; SKYEYE_MODELS_MIRROR. */
  readonly mirror?: string
  /** Where the manifests are; default the package's `models/`. */
  readonly manifestsDir?: string
}

/** What to do where a file of this program is not as it was. */
const reinstall = 'install the gateway again'

export class ModelFiles {
  readonly #options: ModelFilesOptions

  constructor(options: ModelFilesOptions) {
    this.#options = options
  }

  /** Models that have a manifest. */
  names(): string[] {
    return manifestNames(this.#manifests)
  }

  /** Throws MODEL_MISSING for an unknown name, MODEL_REFUSED for a bad manifest. */
  manifest(name: string): Manifest {
    return readManifest(name, this.#manifests)
  }

  /**
   * Where the weights are: those that are built in beside their manifest; others in our own folder, then in the mirror
   * folder. Undefined if they are not there.
   */
  locate(name: string): string | undefined {
    const { file, builtIn } = this.manifest(name)
    const places = builtIn
      ? [this.#manifests]
      : [this.#options.modelsDir, ...(this.#mirrorFolder ? [this.#mirrorFolder] : [])]
    return places.map((folder) => join(folder, file)).find((path) => existsSync(path))
  }

  /** Size and digest are right. Throws MODEL_MISSING or MODEL_REFUSED with what to do. */
  async verify(name: string): Promise<ModelOnDisk> {
    const manifest = this.manifest(name)
    const path = this.locate(name)
    if (!path && manifest.builtIn) {
      throw new GatewayError(
        'MODEL_MISSING',
        `${name} is built in, but ${join(this.#manifests, manifest.file)} is not there: ${reinstall}`,
      )
    }
    if (!path) {
      throw new GatewayError(
        'MODEL_MISSING',
        `${name} is not on this machine: run \`${this.pullCommand(name)}\` (or set SKYEYE_MODELS_MIRROR to a folder that has ${manifest.file})`,
      )
    }
    await checkFile(path, manifest)
    return { manifest, path }
  }

  /** Brings the weights into our folder, from the mirror if there is one. Those that are there, or built in, are only verified. */
  async pull(name: string, onProgress: Progress = () => {}): Promise<ModelOnDisk> {
    const manifest = this.manifest(name)
    if (manifest.source === undefined) return this.verify(name)
    const { modelsDir, mirror } = this.#options
    const path = join(modelsDir, manifest.file)
    if (existsSync(path) && (await isSound(path, manifest))) return { manifest, path }
    await mkdir(modelsDir, { recursive: true })
    const part = `${path}.part`
    const folder = this.#mirrorFolder
    if (folder) {
      await copyFrom(join(folder, manifest.file), part, manifest)
      onProgress(manifest.bytes, manifest.bytes)
    } else {
      const url = mirror ? `${mirror.replace(/\/+$/, '')}/${manifest.file}` : manifest.source
      await download(url, part, manifest.bytes, onProgress)
    }
    try {
      await checkFile(part, manifest)
    } catch (error) {
      // A wrong part would be resumed for ever.
      await rm(part, { force: true })
      throw error
    }
    await rename(part, path)
    return { manifest, path }
  }

  /** The command that brings the weights of a model or tier to where they are looked for. */
  pullCommand(name: string): string {
    const folder = resolve(this.#options.modelsDir)
    return `skyeye models pull ${name}${folder === resolve('data/models') ? '' : ` --dir ${folder}`}`
  }

  get #manifests(): string {
    return this.#options.manifestsDir ?? manifestsDir
  }

  get #mirrorFolder(): string | undefined {
    const { mirror } = this.#options
    return mirror && !/^https?:\/\//i.test(mirror) ? mirror : undefined
  }
}

async function copyFrom(source: string, part: string, { name }: Manifest): Promise<void> {
  try {
    await copyFile(source, part)
  } catch (error) {
    const hint = 'point SKYEYE_MODELS_MIRROR at a folder that has it, or unset it to download'
    throw new GatewayError('MODEL_MISSING', `${name} is not in the mirror (${source}): ${hint}`, {
      cause: error,
    })
  }
}

async function isSound(path: string, manifest: Manifest): Promise<boolean> {
  return checkFile(path, manifest).then(
    () => true,
    () => false,
  )
}

/** Throws MODEL_REFUSED where size or digest differ from the manifest. */
async function checkFile(path: string, { name, bytes, sha256, builtIn }: Manifest): Promise<void> {
  const again = builtIn ? reinstall : `remove it and run \`skyeye models pull ${name}\``
  const { size } = await stat(path)
  if (size !== bytes) {
    const what = size < bytes ? 'is cut off' : 'is too long'
    throw new GatewayError('MODEL_REFUSED', `${path} ${what}: ${size} bytes, expected ${bytes}; ${again}`)
  }
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer)
  const digest = hash.digest('hex')
  if (digest !== sha256) {
    throw new GatewayError(
      'MODEL_REFUSED',
      `${path} was altered: its sha256 is ${digest}, expected ${sha256}; ${again}`,
    )
  }
}
