/** Which models a gateway takes: by tier, by name, and what it says where they are not here. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { accuracyFile, type Manifest, readManifest } from '../../src/vision/manifest.ts'
import { ModelFiles } from '../../src/vision/model-files.ts'
import type { ModelOnDisk } from '../../src/vision/ports.ts'
import { automaticTier, chooseModels, modelNames, type Wish } from '../../src/vision/tiers.ts'
import { tinyFaces, tinyObjects, tinyRanked, writeModel, writeRanked } from './tiny-onnx.ts'

let manifestsDir: string
let modelsDir: string

/** Manifests of all tiers; the built-in weights lie beside theirs, the public ones nowhere yet. */
beforeEach(() => {
  manifestsDir = mkdtempSync(join(tmpdir(), 'tiers-'))
  modelsDir = join(manifestsDir, 'kept')
  mkdirSync(modelsDir)
  describeModel(writeRanked(manifestsDir, tinyRanked([]), { name: 'skyeye-nano' }))
})
afterEach(() => rmSync(manifestsDir, { recursive: true }))

function describeModel({ manifest }: ModelOnDisk, change: Partial<Manifest> = {}): void {
  writeFileSync(join(manifestsDir, `${manifest.name}.json`), JSON.stringify({ ...manifest, ...change }))
}

/** Tiny stand-ins under the names of the public models, as large as the manifest says. */
function publicModels(): void {
  const size = { multiple: 32, longSide: 320 }
  describeModel(writeModel(modelsDir, 'objects', tinyObjects(), 'yolox-nano'))
  const faces = writeModel(modelsDir, 'faces', tinyFaces(), 'yunet-n')
  describeModel(faces, { input: { ...faces.manifest.input, size } })
  const people = writeModel(modelsDir, 'objects', tinyObjects(), 'rtmdet-nano-person')
  describeModel(people, { input: { ...people.manifest.input, size }, labels: { 0: 'person' } })
}

const files = () => new ModelFiles({ modelsDir, manifestsDir })

async function chosen(wish: Wish): Promise<{ tier?: string; names: string[]; said: string[] }> {
  const said: string[] = []
  const models = await chooseModels(files(), wish, (sentence) => said.push(sentence))
  return { tier: models.tier, names: modelNames(models), said }
}

describe('the tier', () => {
  it('is standard where its weights are, and says nothing about it', async () => {
    publicModels()
    expect(automaticTier(files())).toBe('standard')
    expect(await chosen({ tier: 'auto' })).toEqual({
      ...{ tier: 'standard', names: ['yolox-nano', 'yunet-n'], said: [] },
    })
  })

  it('falls back to the built-in model, and says what is lacking and how to get it', async () => {
    publicModels()
    rmSync(join(modelsDir, 'yunet-n.onnx'))
    const { tier, names, said } = await chosen({ tier: 'auto' })
    expect([tier, names]).toEqual(['light', ['skyeye-nano']])
    expect(said).toEqual([
      `models.tier: light, the built-in model, because yunet-n is not on this machine; for standard, run \`skyeye models pull standard --dir ${modelsDir}\` and start again`,
    ])
  })

  it('names only what is lacking for what was wished for', async () => {
    publicModels()
    for (const name of ['yolox-nano', 'yunet-n']) rmSync(join(modelsDir, `${name}.onnx`))
    const { names, said } = await chosen({ tier: 'auto', objects: 'rtmdet-nano-person' })
    expect(names).toEqual(['rtmdet-nano-person', 'skyeye-nano'])
    expect(said).toEqual([expect.stringContaining('because yunet-n is not on this machine')])
    await expect(chosen({ tier: 'sharp' })).rejects.toThrow(
      'and yolox-nano and yunet-n are not on this machine',
    )
  })

  it('is light without a word where that was asked for', async () => {
    publicModels()
    expect(await chosen({ tier: 'light' })).toEqual({ tier: 'light', names: ['skyeye-nano'], said: [] })
  })

  it('does not pass over weights that are broken', async () => {
    publicModels()
    writeFileSync(join(modelsDir, 'yunet-n.onnx'), 'cut off')
    await expect(chosen({ tier: 'auto' })).rejects.toMatchObject({ code: 'MODEL_REFUSED' })
  })

  it('that lacks weights is refused with what to do', async () => {
    publicModels()
    rmSync(join(modelsDir, 'rtmdet-nano-person.onnx'))
    await expect(chosen({ tier: 'sharp' })).rejects.toMatchObject({
      code: 'MODEL_MISSING',
      message: expect.stringMatching(
        /^models\.tier: sharp needs rtmdet-nano-person, yolox-nano, yunet-n, and rtmdet-nano-person is not on this machine: run `skyeye models pull sharp --dir /,
      ),
    })
  })

  it('sharp looks at people and faces at a higher resolution, and for the rest beside', async () => {
    publicModels()
    const { tier, objects, beside, faces } = await chooseModels(files(), { tier: 'sharp' })
    expect(tier).toBe('sharp')
    expect(objects.manifest.input.size).toEqual({ multiple: 32, longSide: 640 })
    expect(faces.manifest.input.size).toEqual({ multiple: 32, longSide: 1280 })
    // Each label has one model: nobody is seen twice.
    expect(Object.values(objects.manifest.labels)).toEqual(['person'])
    expect(Object.values(beside?.manifest.labels ?? {})).toEqual(['vehicle'])
  })
})

describe('models that are named', () => {
  it("take the place of the tier's", async () => {
    publicModels()
    expect(await chosen({ tier: 'light', objects: 'yolox-nano' })).toEqual({
      ...{ tier: undefined, names: ['yolox-nano', 'skyeye-nano'], said: [] },
    })
    expect(await chosen({ tier: 'sharp', objects: 'rtmdet-nano-person' })).toMatchObject({
      names: ['rtmdet-nano-person', 'yunet-n'],
    })
    expect(await chosen({ tier: 'auto', objects: 'skyeye-nano', faces: 'skyeye-nano' })).toEqual({
      ...{ tier: undefined, names: ['skyeye-nano'], said: [] },
    })
  })

  it('are asked for what they can do', async () => {
    publicModels()
    await expect(chosen({ tier: 'auto', objects: 'yunet-n' })).rejects.toThrow(
      'models.objects: yunet-n finds faces only; for objects there are: rtmdet-nano-person, skyeye-nano, yolox-nano',
    )
  })
})

describe('weights that are built in', () => {
  it('are found beside their manifest, with no folder, no mirror and no network', async () => {
    const nowhere = new ModelFiles({ modelsDir: '/nowhere', mirror: 'http://127.0.0.1:1', manifestsDir })
    const path = join(manifestsDir, 'skyeye-nano.onnx')
    expect((await nowhere.verify('skyeye-nano')).path).toBe(path)
    expect((await nowhere.pull('skyeye-nano')).path).toBe(path)
    expect(existsSync('/nowhere')).toBe(false)
  })

  it('are not copied by a pull, and checked like all others', async () => {
    await files().pull('skyeye-nano')
    expect(readdirSync(modelsDir)).toEqual([])
    writeFileSync(join(manifestsDir, 'skyeye-nano.onnx'), 'x')
    await expect(files().pull('skyeye-nano')).rejects.toThrow(
      /is cut off: 1 bytes.*; install the gateway again$/,
    )
    rmSync(join(manifestsDir, 'skyeye-nano.onnx'))
    await expect(files().verify('skyeye-nano')).rejects.toMatchObject({
      code: 'MODEL_MISSING',
      message: expect.stringMatching(
        /built in, but .*skyeye-nano\.onnx is not there: install the gateway again/,
      ),
    })
  })

  it('keep their manifests apart from the figures of our evaluation', () => {
    writeFileSync(join(manifestsDir, accuracyFile), '{}')
    expect(files().names()).toEqual(['skyeye-nano'])
  })

  it('belong to this program: its own model serves both tasks', () => {
    expect(readManifest('skyeye-nano')).toMatchObject({ builtIn: true, tasks: ['objects', 'faces'] })
  })
})
