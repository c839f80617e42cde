/** Keeps a vision pool busy for a slice of time, as cameras at five frames a second would, and says what it did in it. */
import { spawn } from 'node:child_process'
import { type Frame, frameBytes } from '../../src/domain/frame.ts'
import type { PixelStore } from '../../src/kit/pixel-store.ts'
import type { VisionPool } from '../../src/vision/pool.ts'
import type { VisionStats } from '../../src/vision/stats.ts'

/** A decoded picture that many frames are copied from. */
export interface Sample {
  readonly width: number
  readonly height: number
  readonly pixels: Uint8Array
}

/** What a pool did between two of its answers. */
export interface Slice {
  readonly ms: number
  /** Processor time of this process, its threads included. */
  readonly cpuMs: number
  readonly before: VisionStats
  readonly after: VisionStats
}

/** Milliseconds of stream time between two frames of a camera: faces are looked for once a second of it. */
const frameGapMs = 200

/** Evenly spread pictures of a clip, at most 1280 wide as the gateway would have them. Throws where ffmpeg cannot read it. */
export async function readSamples(clip: string, count: number): Promise<Sample[]> {
  const { width, height, seconds } = await probe(clip)
  const wide = Math.min(1_280, width) & ~1
  const high = Math.round((height * wide) / width / 2) * 2
  const filter = `fps=${count / seconds},scale=${wide}:${high}:flags=bilinear`
  const args = ['-nostdin', '-v', 'error', '-i', clip, '-vf', filter, '-frames:v', String(count)]
  const bytes = await read('ffmpeg', [...args, '-pix_fmt', 'yuv420p', '-f', 'rawvideo', 'pipe:1'])
  const size = frameBytes(wide, high)
  const pictures = Math.floor(bytes.length / size)
  if (pictures === 0) throw new Error(`${clip} has no picture`)
  return Array.from({ length: pictures }, (_, i) => {
    return { width: wide, height: high, pixels: bytes.subarray(i * size, (i + 1) * size) }
  })
}

async function probe(clip: string): Promise<{ width: number; height: number; seconds: number }> {
  const entries = 'stream=width,height:format=duration'
  const args = ['-v', 'error', '-select_streams', 'v:0', '-show_entries', entries, '-of', 'json', clip]
  const { streams, format } = JSON.parse((await read('ffprobe', args)).toString()) as {
    streams: { width: number; height: number }[]
    format: { duration: string }
  }
  if (!streams[0]) throw new Error(`${clip} has no video`)
  return { ...streams[0], seconds: Number(format.duration) || 1 }
}

async function read(program: string, args: readonly string[]): Promise<Buffer> {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  const ended = new Promise<number | null>((resolve, reject) =>
    child.once('close', resolve).once('error', reject),
  )
  const parts: Buffer[] = await Array.fromAsync(child.stdout)
  if ((await ended) !== 0) throw new Error(`${program} could not read ${args.at(-1)}`)
  return Buffer.concat(parts)
}

/** Cameras that each await their own detection; stream time goes on over all slices. */
export class PoolLoad {
  readonly #pool: VisionPool
  readonly #samples: readonly Sample[]
  readonly #cameras: number
  readonly #store: PixelStore
  #shown = 0

  constructor(pool: VisionPool, samples: readonly Sample[], cameras: number, store: PixelStore) {
    this.#store = store
    this.#pool = pool
    this.#samples = samples
    this.#cameras = cameras
  }

  /** Counts from the answer after the first few to the last one given in time, so that neither end of the slice weighs in. */
  async run(forMs: number): Promise<Slice> {
    const until = performance.now() + forMs
    // However slow the machine is.
    const least = 3 * this.#cameras
    let answers = 0
    let first = this.#reading()
    let last = first
    const watch = async (camera: string) => {
      while (performance.now() < until || answers < least) {
        const { handle } = await this.#pool.detect(this.#frame(camera))
        this.#pool.release(handle)
        answers++
        if (answers === this.#cameras) first = this.#reading()
        if (performance.now() <= until || answers <= least) last = this.#reading()
      }
    }
    await Promise.all(Array.from({ length: this.#cameras }, (_, i) => watch(`camera-${i}`)))
    const { user, system } = last.cpu
    const cpuMs = (user + system - first.cpu.user - first.cpu.system) / 1_000
    return { ms: last.at - first.at, cpuMs, before: first.stats, after: last.stats }
  }

  #reading(): { at: number; cpu: NodeJS.CpuUsage; stats: VisionStats } {
    return { at: performance.now(), cpu: process.cpuUsage(), stats: this.#pool.stats() }
  }

  #frame(camera: string): Frame {
    const index = this.#shown++
    // One step further each time round, so that no camera looks for faces in the same few pictures for ever.
    const count = this.#samples.length
    const { width, height, pixels } = this.#samples[(index + Math.floor(index / count)) % count]
    const frameTime = Math.floor(index / this.#cameras) * frameGapMs
    const copy = this.#store.take(pixels.length)
    copy.set(pixels)
    return {
      camera,
      generation: 1,
      index,
      width,
      height,
      pixels: copy,
      frameTime,
      arrivedAt: 0,
    }
  }
}
