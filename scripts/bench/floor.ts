/**
 * bench:cameras, third part: the floor. What nothing can do without: taking the bytes of all cameras off their sockets (a
 * reader that does not even look at them), and ffmpeg decoding, from a file, just the pictures that deserve a look.
 */
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { attentionDefaults } from '../../src/attention/options.ts'
import type { Material, Span, Stream } from './material.ts'
import { ProcessTree } from './process-tree.ts'
import type { PlayingCamera } from './sim-process.ts'
import { observe } from './window.ts'

const run = promisify(execFile)
const reader = fileURLToPath(new URL('packet-reader.ts', import.meta.url))

/** The gateway's defaults: pictures a second while something moves, seconds until it is quiet again, between looks while it is, between full looks. */
const { fps, quietAfterMs, calmEveryMs, fullLookEveryMs } = attentionDefaults
const looks = {
  ...{ fps, quietAfter: quietAfterMs / 1_000, calmEvery: calmEveryMs / 1_000 },
  ...{ fullLookEvery: fullLookEveryMs / 1_000, facesEvery: 1 },
}
const warmUpSeconds = 5
/** The start of ffmpeg is no part of the floor: so often the loop is decoded in one run. */
const rounds = 4

/** At most 1280 wide, as the gateway analyses them. */
export const analysed: Record<Stream, { readonly width: number; readonly height: number }> = {
  d1: { width: 704, height: 576 },
  '1080p': { width: 1_280, height: 720 },
}

export interface FloorCost {
  /** Processor seconds per camera-minute. */
  readonly reading: number
  readonly decoding: number
  /** Model runs per camera-minute. */
  readonly objectRuns: number
  readonly faceRuns: number
}

export async function measureFloor(
  cameras: readonly PlayingCamera[],
  material: Material,
  stream: Stream,
  seconds: number,
): Promise<FloorCost> {
  const reading = await readPackets(cameras, material, seconds)
  const spans = activeGops(material)
  const keys = await decode(material, stream, ['-skip_frame', 'nokey', '-stream_loop', String(rounds - 1)], 0)
  const active = await Promise.all(
    spans.map(({ from, to }) =>
      decode(material, stream, ['-ss', String(from), '-t', String(to - from)], looks.fps),
    ),
  )
  const rarely = Math.ceil(looks.calmEvery / material.gop)
  const decoded = keys / rounds / rarely + active.reduce((sum, cpu) => sum + cpu, 0)
  const activeSeconds = spans.reduce((sum, { from, to }) => sum + to - from, 0)
  const perMinute = 60 / material.seconds
  return {
    reading,
    decoding: decoded * perMinute,
    objectRuns: activeSeconds * looks.fps * perMinute + 60 / looks.fullLookEvery,
    faceRuns: (activeSeconds / looks.facesEvery) * perMinute,
  }
}

/** Each active time with the GOP it begins in, until it is quiet. */
function activeGops({ active, seconds, gop }: Material): Span[] {
  return active.map(({ from, to }) => {
    return { from: Math.floor(from / gop) * gop, to: Math.min(seconds, to + looks.quietAfter) }
  })
}

/** Processor seconds of one ffmpeg; `fps` 0 shows every picture that is decoded. */
async function decode(
  { file }: Material,
  stream: Stream,
  which: readonly string[],
  fps: number,
): Promise<number> {
  const { width, height } = analysed[stream]
  const filter = [...(fps > 0 ? [`fps=${fps}`] : []), `scale=${width}:${height}:flags=bilinear`].join(',')
  const output = ['-vf', filter, '-fps_mode', 'passthrough', '-pix_fmt', 'yuv420p', '-f', 'rawvideo', '-y']
  const args = ['-nostdin', '-hide_banner', '-benchmark', '-threads', '1', ...which, '-i', file]
  const { stderr } = await run('ffmpeg', [...args, '-threads', '1', ...output, '/dev/null'])
  const times = /bench: utime=([\d.]+)s stime=([\d.]+)s/.exec(stderr)
  if (!times) throw new Error(`ffmpeg did not say what decoding took: ${stderr.slice(-500)}`)
  return Number(times[1]) + Number(times[2])
}

/** Processor seconds per camera-minute. Throws where the bytes that came are not those the cameras sent. */
async function readPackets(
  cameras: readonly PlayingCamera[],
  { bitRate }: Material,
  seconds: number,
): Promise<number> {
  const child = spawn(process.execPath, [reader, ...cameras.map(({ url }) => url)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let bytes = 0
  createInterface({ input: child.stdout }).on('line', (line) => {
    bytes = Number(line)
  })
  try {
    await delay(warmUpSeconds * 1_000)
    const before = bytes
    const seen = await observe([new ProcessTree(child.pid!)], seconds)
    const expected = (bitRate / 8) * cameras.length * seconds
    if (Math.abs(bytes - before - expected) > 0.2 * expected)
      throw new Error(`the packet reader took ${bytes - before} bytes and not about ${Math.round(expected)}`)
    return (seen.cpuSeconds / cameras.length / (seen.to - seen.from)) * 60_000
  } finally {
    if (child.exitCode === null) {
      const ended = once(child, 'exit')
      child.kill()
      await ended
    }
  }
}
