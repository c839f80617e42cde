import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import sharp from 'sharp'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Frame } from '../../src/domain/frame.ts'
import { createLog } from '../../src/kit/log.ts'
import { SecretMask } from '../../src/kit/secrets.ts'
import { VisionPool, type VisionPoolOptions } from '../../src/vision/pool.ts'
import { setRow, tinyFaces, tinyObjects, writeModel } from './tiny-onnx.ts'

const log = createLog('silent', new SecretMask())
let folder: string
let pool: VisionPool | undefined

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vision-'))
})
afterEach(async () => {
  await pool?.stop()
  pool = undefined
  rmSync(folder, { recursive: true })
})

/** A person that fills 4..28 × 2..30 of a 32×32 picture, confidence 0.81. */
const onePerson = (values: Float32Array) => setRow(values, 20, 32, [16, 16, 24, 28], [0.9, 0.9, 0.1])

function poolOf(
  objects = tinyObjects(onePerson),
  faces = tinyFaces(),
  rest: Partial<VisionPoolOptions> = {},
): VisionPool {
  const models = {
    objects: writeModel(folder, 'objects', objects),
    faces: writeModel(folder, 'faces', faces),
  }
  pool = new VisionPool({ workers: 1, models, log, onHung: () => {}, ...rest })
  return pool
}

/** A checkerboard of 2 px squares: whatever stays of it in a picture is seen at once. */
function frame(side = 320): Frame {
  const pixels = new Uint8Array((side * side * 3) / 2).fill(128)
  for (let i = 0; i < side * side; i++)
    pixels[i] = (((i % side) >> 1) + (Math.floor(i / side) >> 1)) % 2 ? 235 : 16
  return {
    camera: 'yard',
    generation: 1,
    index: 0,
    width: side,
    height: side,
    pixels,
    frameTime: 0,
    arrivedAt: 0,
  }
}

/** Greatest difference between neighbours in a part of a JPEG, 0..255. */
async function contrast(
  jpeg: Uint8Array,
  left: number,
  top: number,
  width: number,
  height: number,
): Promise<number> {
  const { data } = await sharp(jpeg)
    .extract({ left, top, width, height })
    .greyscale()
    .raw()
    .toBuffer({ resolveWithObject: true })
  return Math.max(...data) - Math.min(...data)
}

describe('the vision pool', () => {
  it('finds what the models see, in shares of the picture, and takes the pixels instead of copying them', async () => {
    const vision = poolOf(undefined, tinyFaces([16, 8, 8, 8]))
    await vision.start()
    const picture = frame()
    const { buffer } = picture.pixels
    const { detections, looked } = await vision.detect(picture)
    expect(buffer.byteLength).toBe(0)
    expect(picture.pixels.byteLength).toBe(0)
    expect(looked).toEqual([{ x1: 0, y1: 0, x2: 1, y2: 1 }])
    expect(detections.map((one) => one.label)).toEqual(['person', 'face'])
    expect(detections[0].confidence).toBeCloseTo(0.81, 5)
    expect(detections[0].box.x1).toBeCloseTo(4 / 32, 5)
    expect(detections[0].box.y2).toBeCloseTo(30 / 32, 5)
    expect(vision.stats()).toMatchObject({ frames: 1, runs: 2, held: 1, absurdBoxes: 0 })
  })

  it('says whose face was seen, in the frames in which it looks for faces', async () => {
    for (const [face, faceSeen] of [
      [[16, 8, 8, 8], true],
      [undefined, false],
    ] as const) {
      const vision = poolOf(undefined, tinyFaces(face && [...face]))
      await vision.start()
      expect((await vision.detect(frame())).detections[0].faceSeen).toBe(faceSeen)
      expect((await vision.detect({ ...frame(), frameTime: 200 })).detections[0]).not.toHaveProperty(
        'faceSeen',
      )
      await vision.stop()
    }
  })

  it('looks for no faces where nobody is', async () => {
    const vision = poolOf(tinyObjects(), tinyFaces([16, 8, 8, 8]))
    await vision.start()
    expect((await vision.detect(frame())).detections).toEqual([])
    expect(vision.stats().runs).toBe(1)
  })

  it('drops and counts boxes that are not numbers, empty, outside or absurd (fault 24)', async () => {
    const vision = poolOf(
      tinyObjects((values) => {
        onePerson(values)
        setRow(values, 0, 8, [Number.NaN, 4, 8, 8], [0.9, 0.9, 0])
        setRow(values, 1, 8, [4, 4, 8, 8], [Number.NaN, 0.9, 0])
        setRow(values, 2, 8, [-400, 4, 8, 8], [0.9, 0.9, 0])
        setRow(values, 3, 8, [4, 4, Number.POSITIVE_INFINITY, 8], [0.9, 0.9, 0])
      }),
    )
    await vision.start()
    expect((await vision.detect(frame())).detections).toHaveLength(1)
    expect(vision.stats().absurdBoxes).toBe(4)
  })

  it('lets no picture leave when the network for faces answers with what is no number', async () => {
    const outputs = tinyFaces([16, 8, 8, 8])
    for (const { values } of Object.values(outputs)) (values as Float32Array).fill(Number.NaN)
    const vision = poolOf(undefined, outputs)
    await vision.start()
    const { handle } = await vision.detect(frame())
    expect(await vision.snapshot(handle, [])).toEqual({ missing: 'redaction-failed' })
  })

  it('hides a face so that nothing of its pixels is left, and outlines the object', async () => {
    const vision = poolOf(undefined, tinyFaces([16, 8, 8, 8]))
    await vision.start()
    const { handle } = await vision.detect(frame())
    const picture = await vision.snapshot(handle, [{ x1: 0.5, y1: 0.5, x2: 0.9, y2: 0.9 }])
    if ('missing' in picture) throw new Error('no picture')
    expect(picture).toMatchObject({ width: 320, height: 320, faces: 1 })
    // The face is at 120..200 × 40..120; cells of the mosaic differ by a step or two of grey, never by the checkerboard's 255.
    expect(await contrast(picture.jpeg, 120, 40, 80, 80)).toBeLessThan(40)
    expect(await contrast(picture.jpeg, 20, 200, 80, 80)).toBeGreaterThan(100)
    const { data } = await sharp(picture.jpeg)
      .extract({ left: 162, top: 160, width: 1, height: 1 })
      .raw()
      .toBuffer({ resolveWithObject: true })
    expect(data[0] - data[2]).toBeGreaterThan(60)
    expect((await sharp(picture.jpeg).metadata()).exif).toBeUndefined()
  })

  it('hides the head part of a person whose face was not found', async () => {
    const vision = poolOf()
    await vision.start()
    const { handle } = await vision.detect(frame())
    const picture = await vision.snapshot(handle, [])
    if ('missing' in picture) throw new Error('no picture')
    expect(picture.faces).toBe(0)
    expect(await contrast(picture.jpeg, 60, 30, 200, 60)).toBeLessThan(40)
  })

  it('has no picture of a frame that was released, or that a worker had to drop', async () => {
    const vision = poolOf(undefined, undefined, { maxHeld: 1 })
    await vision.start()
    const first = await vision.detect(frame())
    const second = await vision.detect(frame())
    expect(await vision.snapshot(first.handle, [])).toEqual({ missing: 'redaction-failed' })
    expect('jpeg' in (await vision.snapshot(second.handle, []))).toBe(true)
    vision.release(second.handle)
    expect(await vision.snapshot(second.handle, [])).toEqual({ missing: 'redaction-failed' })
    expect(vision.stats()).toMatchObject({ evicted: 1, snapshots: 1, redactionFailures: 2 })
  })

  it('refuses a frame whose bytes do not fit its size (fault 18)', async () => {
    const vision = poolOf()
    await vision.start()
    const short = { ...frame(), pixels: new Uint8Array(10) }
    await expect(vision.detect(short)).rejects.toMatchObject({ code: 'VISION_FAILED' })
    await expect(vision.detect({ ...frame(), width: 0 })).rejects.toMatchObject({ code: 'VISION_FAILED' })
  })

  it('serves many frames over several workers and every one its own answer', async () => {
    const vision = poolOf(undefined, undefined, { workers: 2 })
    await vision.start()
    const seen = await Promise.all(Array.from({ length: 40 }, () => vision.detect(frame(64))))
    expect(new Set(seen.map(({ handle }) => handle)).size).toBe(40)
    expect(vision.stats()).toMatchObject({ frames: 40, held: 40, queued: 0, running: 0, workers: 2 })
    for (const { handle } of seen) vision.release(handle)
    expect(vision.stats().held).toBe(0)
  })

  it('makes a snapshot before it analyses frames that wait', async () => {
    const vision = poolOf()
    await vision.start()
    const order: string[] = []
    const frames = Array.from({ length: 6 }, async (_, i) => {
      const { handle } = await vision.detect(frame(64))
      order.push(`frame ${i}`)
      if (i > 0) return
      await vision.snapshot(handle, [])
      order.push('snapshot')
    })
    await Promise.all(frames)
    expect(order).toEqual(['frame 0', 'frame 1', 'frame 2', 'snapshot', 'frame 3', 'frame 4', 'frame 5'])
  })

  it('lets the run in flight come back on stop and refuses what waits', async () => {
    const vision = poolOf()
    await vision.start()
    const asked = Array.from({ length: 10 }, () => vision.detect(frame(64)))
    const outcome = Promise.allSettled(asked)
    await vision.stop()
    const results = (await outcome).map((one) => (one.status === 'fulfilled' ? 'seen' : one.reason.code))
    expect(results).toEqual(['seen', 'seen', ...Array(8).fill('VISION_STOPPED')])
    await expect(vision.detect(frame(64))).rejects.toMatchObject({ code: 'VISION_STOPPED' })
  })

  it('does not start with a model that cannot be used, and leaves no thread behind', async () => {
    const vision = poolOf({ output: { shape: [1, 512], values: new Float32Array(512) } }, undefined, {
      workers: 2,
    })
    await expect(vision.start()).rejects.toMatchObject({ code: 'MODEL_REFUSED' })
    expect(vision.stats().workers).toBe(0)
  })
})

describe('what a frame costs and leaves behind', () => {
  it('gives the pixels back when the frame is released, when it was dropped, and when it failed', async () => {
    const back: Uint8Array[] = []
    let tell = () => {}
    const onReturned = (pixels: Uint8Array) => {
      back.push(pixels)
      tell()
    }
    const vision = poolOf(undefined, undefined, { onReturned, maxHeld: 1 })
    await vision.start()
    const returned = async (count: number) => {
      while (back.length < count) await new Promise<void>((resolve) => (tell = resolve))
    }
    const first = await vision.detect(frame(64))
    vision.release(first.handle)
    await returned(1)
    await vision.detect(frame(64))
    await vision.detect(frame(64))
    await returned(2)
    expect(back.map((pixels) => pixels.byteLength)).toEqual([6_144, 6_144])
    expect(back[0]).toEqual(frame(64).pixels)
    const unseen = await vision.detect({ ...frame(32), look: [] })
    vision.release(unseen.handle)
    expect(back[2].byteLength).toBe(1_536)
  })

  it('looks at regions only, and says where things are in the whole picture', async () => {
    const vision = poolOf()
    await vision.start()
    const region = { x1: 0.5, y1: 0.5, x2: 0.75, y2: 0.75 }
    const { detections, looked } = await vision.detect({ ...frame(), look: [region] })
    expect(looked).toEqual([region])
    // The person fills 4..28 × 2..30 of the 32 tensor pixels that show an 80 px square from (160, 160).
    expect(detections).toHaveLength(1)
    expect(detections[0].box.x1).toBeCloseTo(0.5 + 0.25 * (4 / 32), 5)
    expect(detections[0].box.y2).toBeCloseTo(0.5 + 0.25 * (30 / 32), 5)
    expect(vision.stats()).toMatchObject({ runs: 2, tensors: { 'objects 32×32': 1, 'faces 32×32': 1 } })
  })

  it('runs no model where nothing deserves a look, and has a redacted picture all the same', async () => {
    const vision = poolOf()
    await vision.start()
    const { handle, detections, looked } = await vision.detect({ ...frame(), look: [] })
    expect({ detections, looked }).toEqual({ detections: [], looked: [] })
    expect(vision.stats()).toMatchObject({ frames: 0, unseen: 1, runs: 0, held: 1 })
    const picture = await vision.snapshot(handle, [])
    if ('missing' in picture) throw new Error('no picture')
    // Nobody was looked for before: the snapshot finds the person and hides the head.
    expect(await contrast(picture.jpeg, 60, 30, 200, 60)).toBeLessThan(40)
    expect('jpeg' in (await vision.snapshot(handle, []))).toBe(true)
    vision.release(handle)
    expect(vision.stats().held).toBe(0)
    expect(await vision.snapshot(handle, [])).toEqual({ missing: 'redaction-failed' })
  })

  it('hides people outside the regions that were looked at too', async () => {
    const vision = poolOf()
    await vision.start()
    const look = [{ x1: 0.75, y1: 0.75, x2: 1, y2: 1 }]
    const { handle } = await vision.detect({ ...frame(), look })
    const picture = await vision.snapshot(handle, [])
    if ('missing' in picture) throw new Error('no picture')
    expect(await contrast(picture.jpeg, 60, 30, 200, 60)).toBeLessThan(40)
  })

  it('keeps no more unseen frames than it may', async () => {
    const vision = poolOf(undefined, undefined, { maxHeld: 2 })
    await vision.start()
    for (let i = 0; i < 5; i++) await vision.detect({ ...frame(32), look: [] })
    expect(vision.stats()).toMatchObject({ held: 2, evicted: 3, unseen: 5 })
  })
})

describe('turns at the pool', () => {
  const never = new AbortController().signal

  it('are given as long as a worker is nearly free, and go round fairly when it is not', async () => {
    const vision = poolOf()
    await vision.start()
    const turns = new Map<string, number>()
    let all = 0
    const watch = async (camera: string) => {
      while (all < 120) {
        await vision.ready(camera, never)
        expect(vision.stats().queued).toBe(0)
        const { handle } = await vision.detect({ ...frame(64), camera })
        vision.release(handle)
        all++
        turns.set(camera, (turns.get(camera) ?? 0) + 1)
      }
    }
    await Promise.all(Array.from({ length: 6 }, (_, i) => watch(`camera-${i}`)))
    const counts = [...turns.values()]
    expect(counts).toHaveLength(6)
    expect(Math.min(...counts) / (all / 6)).toBeGreaterThanOrEqual(0.8)
  })

  it('go to the next camera when they are not used, and end with the signal and with the pool', async () => {
    const vision = poolOf()
    await vision.start()
    const leaving = new AbortController()
    await vision.ready('one', never)
    await vision.ready('two', never)
    const third = vision.ready('three', leaving.signal)
    expect(vision.stats().waiting).toBe(1)
    leaving.abort()
    await third
    expect(vision.stats().waiting).toBe(0)
    // Nobody used the two turns: after a second they are others'.
    await vision.ready('four', never)
    const last = Promise.all(['five', 'six', 'seven'].map((camera) => vision.ready(camera, never)))
    await vision.stop()
    await last
    await vision.ready('eight', never)
  })

  it('are waited for, and the sum of it says that there is more work than workers', async () => {
    const slow = `if (message.kind === 'detect') setTimeout(() => port.postMessage(
      { kind: 'detected', id: message.id, detections: [], costs: { tensors: [] }, evicted: 0 }), 50)`
    const vision = poolOf(undefined, undefined, { workerUrl: program(slow) })
    await vision.start()
    const watch = async (camera: string) => {
      for (let i = 0; i < 5; i++) {
        await vision.ready(camera, never)
        const { handle } = await vision.detect({ ...frame(32), camera })
        vision.release(handle)
      }
    }
    await Promise.all(Array.from({ length: 8 }, (_, i) => watch(`camera-${i}`)))
    // Two at a time, so each waits for the three pairs before it.
    const { waitMs, frames } = vision.stats()
    expect(waitMs / frames).toBeGreaterThan(100)
  })

  it('are free again after a frame that deserved no look, or that is none', async () => {
    const vision = poolOf()
    await vision.start()
    await vision.ready('quiet', never)
    await vision.ready('broken', never)
    const [third, fourth] = ['third', 'fourth'].map((camera) => vision.ready(camera, never))
    expect(vision.stats().waiting).toBe(2)
    await vision.detect({ ...frame(32), camera: 'quiet', look: [] })
    expect(vision.stats().waiting).toBe(1)
    await vision.detect({ ...frame(32), camera: 'broken', width: 0 }).catch(() => {})
    expect(vision.stats().waiting).toBe(0)
    await Promise.all([third, fourth])
  })
})

/** A worker program that is ready at once and answers as `body` says. */
function program(body: string): URL {
  const path = join(folder, 'program.mjs')
  writeFileSync(
    path,
    `import { parentPort as port } from 'node:worker_threads'
port.on('message', (message) => { if (message.kind === 'stop') return port.close(); ${body} })
port.postMessage({ kind: 'ready' })`,
  )
  return pathToFileURL(path)
}

describe('a worker that goes wrong', () => {
  it('says so once when a run does not come back (fault 22)', async () => {
    let hung = 0
    let tell: () => void = () => {}
    const told = new Promise<void>((resolve) => {
      tell = resolve
    })
    const onHung = () => {
      hung++
      tell()
    }
    const answerLate = `setTimeout(() => port.postMessage({ kind: 'failed', id: message.id, message: 'late' }), 300)`
    const vision = poolOf(undefined, undefined, { runDeadlineMs: 50, onHung, workerUrl: program(answerLate) })
    await vision.start()
    await expect(vision.detect(frame(64))).rejects.toMatchObject({ code: 'VISION_FAILED' })
    await told
    expect(hung).toBe(1)
  })

  it('is replaced, its frame rejected, and the next frame analysed', async () => {
    const dieOnce = `if (message.id === 1) process.exit(3)
      else port.postMessage({ kind: 'detected', id: message.id, detections: [], costs: { tensors: [] }, evicted: 0 })`
    const vision = poolOf(undefined, undefined, { workerUrl: program(dieOnce) })
    await vision.start()
    await expect(vision.detect(frame(64))).rejects.toMatchObject({ code: 'VISION_FAILED' })
    expect((await vision.detect(frame(64))).detections).toEqual([])
    expect(vision.stats()).toMatchObject({ deaths: 1, failures: 1, workers: 1 })
  })
})
