import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { models } from '../../src/cli/models.ts'
import { Detector, looksLikeEmbedding } from '../../src/vision/detector.ts'
import { manifestNames, readManifest } from '../../src/vision/manifest.ts'
import { ModelFiles } from '../../src/vision/model-files.ts'
import type { ModelOnDisk } from '../../src/vision/ports.ts'
import { tinyFaces, tinyObjects, tinyRows, writeModel } from './tiny-onnx.ts'

let folder: string
let mirror: string
let modelsDir: string
let model: ModelOnDisk
let server: Server | undefined

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'models-'))
  mirror = join(folder, 'mirror')
  modelsDir = join(folder, 'kept')
  mkdirSync(mirror)
  model = writeModel(mirror, 'objects', tinyObjects())
  writeFileSync(join(folder, 'objects.json'), JSON.stringify(model.manifest))
})
afterEach(() => {
  server?.closeAllConnections()
  server?.close()
  server = undefined
  rmSync(folder, { recursive: true })
})

const filesOf = (from?: string) => new ModelFiles({ modelsDir, mirror: from, manifestsDir: folder })

async function serve(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<string> {
  server = createServer(answer)
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

describe('the weights of models', () => {
  it('are used where they lie in a mirror folder, and copied by a pull', async () => {
    expect((await filesOf(mirror).verify('objects')).path).toBe(model.path)
    const { path } = await filesOf(mirror).pull('objects')
    expect(path).toBe(join(modelsDir, 'objects.onnx'))
    expect((await filesOf().verify('objects')).path).toBe(path)
  })

  it('are refused with what to do when missing, cut off or altered (fault 23)', async () => {
    await expect(filesOf().verify('objects')).rejects.toMatchObject({
      code: 'MODEL_MISSING',
      message: `objects is not on this machine: run \`skyeye models pull objects --dir ${modelsDir}\` (or set SKYEYE_MODELS_MIRROR to a folder that has objects.onnx)`,
    })
    const bytes = readFileSync(model.path)
    bytes[100] ^= 1
    writeFileSync(model.path, bytes)
    await expect(filesOf(mirror).verify('objects')).rejects.toThrow(/was altered: its sha256 is/)
    await expect(filesOf(mirror).pull('objects')).rejects.toMatchObject({ code: 'MODEL_REFUSED' })
    expect(existsSync(join(modelsDir, 'objects.onnx.part'))).toBe(false)
    truncateSync(model.path, 50)
    await expect(filesOf(mirror).verify('objects')).rejects.toThrow(/is cut off: 50 bytes/)
    await expect(filesOf().verify('nothing')).rejects.toThrow(/there are: objects/)
  })

  it('are downloaded, and a connection that breaks is resumed where it ended', async () => {
    const bytes = readFileSync(model.path)
    const ranges: (string | undefined)[] = []
    const url = await serve((request, response) => {
      const { range } = request.headers
      ranges.push(range)
      const from = Number(/bytes=(\d+)-/.exec(range ?? '')?.[1] ?? 0)
      if (!range) {
        response.writeHead(200, { 'content-length': bytes.length })
        response.write(bytes.subarray(0, 200), () => setTimeout(() => response.destroy(), 50))
        return
      }
      response.writeHead(206, { 'content-range': `bytes ${from}-${bytes.length - 1}/${bytes.length}` })
      response.end(bytes.subarray(from))
    })
    const progress: number[] = []
    await filesOf(url).pull('objects', (done) => progress.push(done))
    expect(readFileSync(join(modelsDir, 'objects.onnx')).equals(bytes)).toBe(true)
    expect(ranges).toEqual([undefined, 'bytes=200-'])
    expect(progress.at(-1)).toBe(bytes.length)
  })

  it('are not taken from a server that refuses or sends too much', async () => {
    const absent = await serve((_, response) => response.writeHead(404).end())
    await expect(filesOf(absent).pull('objects')).rejects.toThrow(/status 404; set SKYEYE_MODELS_MIRROR/)
    server?.close()
    const endless = await serve((_, response) => response.end(Buffer.alloc(1_000_000)))
    await expect(filesOf(endless).pull('objects')).rejects.toMatchObject({ code: 'MODEL_DOWNLOAD' })
  })

  it('have manifests that all fit the schema', () => {
    expect(manifestNames()).toEqual(expect.arrayContaining(['rtmdet-nano-person', 'yolox-nano', 'yunet-n']))
    for (const name of manifestNames()) expect(readManifest(name).name).toBe(name)
  })
})

describe('a model file', () => {
  const open = (
    name: string,
    outputs: Parameters<typeof writeModel>[2],
    task: 'objects' | 'faces' = 'objects',
  ) => Detector.open(writeModel(mirror, task, outputs, name))

  it('opens when it is what its manifest says', async () => {
    await (await open('good', tinyObjects())).close()
    await (await open('good-faces', tinyFaces(), 'faces')).close()
  })

  it('is refused when it is no model or its shapes are others (fault 23)', async () => {
    const wrong = writeModel(mirror, 'objects', tinyObjects(), 'garbage')
    writeFileSync(wrong.path, 'not a model')
    await expect(Detector.open(wrong)).rejects.toThrow(/ONNX Runtime cannot load it/)
    const short = { output: { shape: [1, tinyRows - 1, 7], values: new Float32Array((tinyRows - 1) * 7) } }
    await expect(open('short', short)).rejects.toThrow(/output is float32 1×20×7, expected float32 1×21×7/)
    const renamed = { other: tinyObjects().output }
    await expect(open('renamed', renamed)).rejects.toThrow(/it has no output output \(it has other\)/)
    const { manifest, path } = writeModel(mirror, 'objects', tinyObjects(), 'bigger')
    const input = { ...manifest.input, size: { width: 64, height: 64 } }
    await expect(Detector.open({ manifest: { ...manifest, input }, path })).rejects.toThrow(
      /its input in is 1×3×32×32, expected 1×3×64×64/,
    )
  })

  it('is refused when an output looks like an embedding, even beside a good one (fault 25)', async () => {
    const vector = { shape: [1, 512], values: new Float32Array(512) }
    await expect(open('vector', { output: vector })).rejects.toThrow(/looks like an embedding/)
    await expect(open('both', { ...tinyObjects(), features: vector })).rejects.toThrow(
      /features \(1×512\) looks like/,
    )
    expect(looksLikeEmbedding([1, 128, 1, 1])).toBe(true)
    expect(looksLikeEmbedding([1, 3549, 85])).toBe(false)
    expect(looksLikeEmbedding([1, 240, 1])).toBe(false)
    expect(looksLikeEmbedding([1, 100])).toBe(true)
    expect(looksLikeEmbedding([1, 100], 'int64')).toBe(false)
    expect(looksLikeEmbedding([1, 512], 'int8')).toBe(true)
  })
})

describe('skyeye models', () => {
  async function say(...args: string[]): Promise<{ code: number; out: string; err: string }> {
    const out: string[] = []
    const err: string[] = []
    const code = await models(args, { out: (line) => out.push(line), err: (line) => err.push(line) })
    return { code, out: out.join('\n'), err: err.join('\n') }
  }

  it('lists, refuses and explains with the right exit status', async () => {
    const listed = await say('list', '--json', '--dir', modelsDir)
    expect(listed.code).toBe(0)
    expect(JSON.parse(listed.out).models.map((one: { name: string }) => one.name)).toContain('yolox-nano')
    expect((await say('verify', 'yunet-n', '--dir', join(folder, 'none'))).code).toBe(
      process.env.SKYEYE_MODELS_MIRROR ? 0 : 1,
    )
    expect((await say('pull', 'nobody')).code).toBe(2)
    expect((await say()).code).toBe(2)
    expect((await say('--help')).out).toMatch(/models pull/)
  })
})
