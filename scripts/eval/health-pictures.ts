/** Small grey pictures of a clip, one a second, as it is or with a fault planted and coded again. */
import { execFile, spawn } from 'node:child_process'
import { promisify } from 'node:util'
import type { Luma } from '../../src/domain/luma.ts'
import { LumaShrinker } from '../../src/ingest/luma.ts'
import { faultyS, healthyS, type Planted, type Size } from './planted-faults.ts'

const run = promisify(execFile)

/** Clips are decoded no wider than this: it makes pictures 256 wide. */
const widest = 512
/** Of a clip that is shown as it is, seconds at most. */
const wholeS = 300

const eachSecond = `select='isnan(prev_selected_t)+gte(t-prev_selected_t,0.99)'`

export interface Picture {
  readonly luma: Luma
  readonly timeMs: number
}

/** The whole clip as it is. */
export async function* asItIs(file: string): AsyncGenerator<Picture> {
  const { width, height } = await sizeOf(file)
  yield* pictures(
    ['-i', file, '-map', '0:v:0', '-t', `${wholeS}`, '-vf', `${eachSecond},scale=${width}:${height}`],
    { width, height },
  )
}

/** The clip, repeated where it is short, healthy at first and then with the fault. It is coded anew after that, as a camera would. */
export async function* withFault(file: string, fault: Planted, folder: string): AsyncGenerator<Picture> {
  const size = await sizeOf(file)
  const coded = `${folder}/${fault.name}.mkv`
  const seconds = `${healthyS + faultyS}`
  await run('ffmpeg', [
    ...['-v', 'error', '-y', '-nostdin', '-stream_loop', '-1', '-t', seconds, '-i', file, '-map', '0:v:0'],
    ...['-vf', `fps=10,scale=${size.width}:${size.height},setsar=1,${fault.filter(size)}`, '-t', seconds],
    ...['-c:v', 'libx264', '-preset', 'veryfast', '-crf', '23', '-g', '20', '-pix_fmt', 'yuv420p', coded],
  ])
  yield* pictures(['-i', coded, '-vf', eachSecond], await sizeOf(coded))
}

async function sizeOf(file: string): Promise<Size> {
  const asked = [
    '-v',
    'error',
    '-select_streams',
    'v:0',
    '-show_entries',
    'stream=width,height',
    '-of',
    'csv=p=0',
  ]
  const { stdout } = await run('ffprobe', [...asked, file])
  const [width, height] = stdout.trim().split(',').map(Number)
  const even = (side: number) => Math.round(Math.min(1, widest / width) * (side / 2)) * 2
  return { width: even(width), height: even(height) }
}

async function* pictures(input: readonly string[], { width, height }: Size): AsyncGenerator<Picture> {
  const output = ['-fps_mode', 'passthrough', '-pix_fmt', 'gray', '-f', 'rawvideo', 'pipe:1']
  const ffmpeg = spawn('ffmpeg', ['-v', 'error', '-nostdin', ...input, ...output], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const shrinker = new LumaShrinker()
  let kept = Buffer.alloc(0)
  let timeMs = 0
  for await (const bytes of ffmpeg.stdout) {
    kept = Buffer.concat([kept, bytes])
    for (; kept.length >= width * height; kept = kept.subarray(width * height), timeMs += 1_000) {
      yield { luma: shrinker.shrink(kept, width, height), timeMs }
    }
  }
}
