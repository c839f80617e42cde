/** bench:latency, the floor: what nothing that does the same can do without, each part alone on an idle machine. */
import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import Sqlite from 'better-sqlite3'
import { connectAsync } from 'mqtt'
import sharp from 'sharp'
import { fitPicture } from '../../src/vision/fit.ts'
import { BareModels, type Models } from './bare-costs.ts'
import type { BareRun } from './bare-runs.ts'
import { Centre } from './centre.ts'
import { analysed } from './floor.ts'
import type { Material, Stream } from './material.ts'
import { median } from './window.ts'

const run = promisify(execFile)
const bareRunsForMs = 3_000
const repeats = 50
/** The first times warm up and do not count. */
const warmUps = 5
/** As long as the message of an alert. */
const message = 'x'.repeat(1_500)
/** As the gateway encodes its pictures. */
const jpegQuality = 80

/** Milliseconds by the clock. */
export interface FloorTimes {
  /** One look for objects at the whole picture. */
  readonly objects: number
  /** The looks for faces without which no picture may leave: each size at which small and large ones are found. */
  readonly faces: number
  /** One picture as JPEG, nothing hidden. */
  readonly jpeg: number
  /** One message into an SQLite database that is on the disk then (WAL, synchronous FULL). */
  readonly commit: number
  /** One message to the benchmark's broker and its acknowledgement, QoS 1. */
  readonly roundTrip: number
  /** All of them, one after the other. */
  readonly all: number
}

interface Size {
  readonly width: number
  readonly height: number
}

export async function measureLatencyFloor(
  models: Models,
  material: Material,
  stream: Stream,
): Promise<FloorTimes> {
  const [objects, ...faces] = await bareRuns(models, analysed[stream])
  const parts = {
    objects,
    faces: faces.reduce((sum, ms) => sum + ms, 0),
    jpeg: await jpegMs(material, analysed[stream]),
    commit: await commitMs(),
    roundTrip: await roundTripMs(),
  }
  const all = Object.values(parts).reduce((sum, ms) => sum + ms, 0)
  const rounded = Object.entries({ ...parts, all }).map(([part, ms]) => [part, Math.round(ms * 100) / 100])
  return Object.fromEntries(rounded) as FloorTimes
}

/** Of the model of objects, and of that of faces at each size that redaction asks for. */
async function bareRuns(models: Models, picture: Size): Promise<number[]> {
  const [objects, faces] = [models.objects.manifest, models.faces.manifest]
  const longSides = faces.redaction?.longSides ?? [Math.max(picture.width, picture.height)]
  const runs = [
    runOf(objects, fitPicture(objects.input.size, picture)),
    ...longSides.map((longSide) => runOf(faces, fitPicture(faces.input.size, picture, { longSide }))),
  ]
  const bare = new BareModels(models)
  try {
    await bare.open()
    await bare.repeat({ runs, forMs: 0 })
    return [...(await bare.repeat({ runs, forMs: bareRunsForMs })).wallMs]
  } finally {
    bare.stop()
  }
}

function runOf({ name }: Models['objects']['manifest'], { width, height }: Size): BareRun {
  return { model: name, width, height }
}

async function jpegMs({ file, seconds }: Material, { width, height }: Size): Promise<number> {
  const scale = `scale=${width}:${height}:flags=bilinear`
  const input = ['-nostdin', '-v', 'error', '-ss', String(seconds / 2), '-i', file, '-frames:v', '1']
  const output = ['-vf', scale, '-pix_fmt', 'rgb24', '-f', 'rawvideo', 'pipe:1']
  const { stdout } = await run('ffmpeg', [...input, ...output], { encoding: 'buffer', maxBuffer: 2 ** 26 })
  return timed(() =>
    sharp(stdout, { raw: { width, height, channels: 3 } })
      .jpeg({ quality: jpegQuality })
      .toBuffer(),
  )
}

/** On the disk that the gateways of this benchmark write to. */
async function commitMs(): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'skyeye-bench-'))
  const db = new Sqlite(join(folder, 'floor.db'))
  try {
    db.pragma('journal_mode = WAL')
    db.pragma('synchronous = FULL')
    db.exec('CREATE TABLE messages (id INTEGER PRIMARY KEY, body TEXT)')
    const insert = db.prepare('INSERT INTO messages (body) VALUES (?)')
    return await timed(() => insert.run(message))
  } finally {
    db.close()
    await rm(folder, { recursive: true })
  }
}

async function roundTripMs(): Promise<number> {
  const centre = new Centre()
  await centre.start()
  const client = await connectAsync(centre.url)
  try {
    return await timed(() => client.publishAsync('skyeye/bench', message, { qos: 1 }))
  } finally {
    await client.endAsync()
    await centre.stop()
  }
}

/** Median of many times, one after the other. */
async function timed(work: () => unknown): Promise<number> {
  const times: number[] = []
  for (let n = 0; n < warmUps + repeats; n++) {
    const before = performance.now()
    await work()
    times.push(performance.now() - before)
  }
  return median(times.slice(warmUps))
}
