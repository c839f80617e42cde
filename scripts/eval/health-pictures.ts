/** Small grey pictures of a clip, one a second, as it is or with a fault planted and coded again. */
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { promisify } from 'node:util'
import type { Luma } from '../../src/domain/luma.ts'
import { LumaShrinker } from '../../src/ingest/luma.ts'
import { faultyS, healthyS, leadS, type Planted, type Size } from './planted-faults.ts'

const run = promisify(execFile)

/** Clips are decoded no wider than this: it makes pictures 256 wide. */
const widest = 512
/** Of a clip that is shown as it is, seconds at most. */
const wholeS = 300
/** Pictures a second of planted clips, and each so many-th is a key picture. */
const fps = 10
const keyEach = 20
/** Of one run of ffmpeg: several clips and faults run side by side. */
const oneThread = ['-threads', '1', '-filter_threads', '1']

const eachSecond = `select='isnan(prev_selected_t)+gte(t-prev_selected_t,0.99)'`

/** A clip that was decoded and made small once, repeated where it is short, for any number of faults. */
export interface Prepared {
  readonly folder: string
  readonly size: Size
  /** The pictures before the fault, by the filter that makes them: coded once, as most faults have the same. */
  readonly healthy: Map<string, Promise<Luma[]>>
}

/** The whole clip as it is: one picture a second. */
export async function asItIs(file: string): Promise<Luma[]> {
  const size = await sizeOf(file)
  const scaled = `${eachSecond},scale=${size.width}:${size.height}`
  return pictures(['-i', file, '-map', '0:v:0', '-t', `${wholeS}`, '-vf', scaled], size)
}

/** Needs some 120 MB in the folder. */
export async function prepare(file: string, folder: string): Promise<Prepared> {
  const size = await sizeOf(file)
  const cut = healthyS - leadS
  const small = `fps=${fps},scale=${size.width}:${size.height},setsar=1,format=yuv420p,split[a][b]`
  const parts = `[a]trim=0:${cut}[head];[b]trim=${cut},setpts=PTS-STARTPTS[tail]`
  const raw = ['-c:v', 'rawvideo', '-f', 'nut']
  const limit = ['-t', `${healthyS + faultyS}`]
  await run('ffmpeg', [
    ...['-v', 'error', '-y', '-nostdin', '-stream_loop', '-1', ...limit, '-i', file],
    ...['-filter_complex', `[0:v:0]trim=0:${healthyS + faultyS},${small};${parts}`],
    ...['-map', '[head]', ...raw, `${folder}/head.nut`, '-map', '[tail]', ...raw, `${folder}/tail.nut`],
  ])
  return { folder, size, healthy: new Map() }
}

/** The clip, healthy at first and then with the fault, both coded anew, as a camera would: one picture a second. */
export async function withFault(clip: Prepared, fault: Planted): Promise<Luma[]> {
  const { folder, size, healthy } = clip
  const before = fault.before?.(size) ?? 'null'
  const known = healthy.get(before) ?? coded(`${folder}/head.nut`, before, `${folder}/${fault.name}-0.mkv`)
  healthy.set(before, known)
  const [head, tail] = await Promise.all([
    known,
    coded(`${folder}/tail.nut`, fault.filter(size), `${folder}/${fault.name}-1.mkv`),
  ])
  return [...head, ...tail]
}

async function coded(raw: string, filter: string, file: string): Promise<Luma[]> {
  await run('ffmpeg', [
    ...[
      '-v',
      'error',
      '-y',
      '-nostdin',
      ...oneThread,
      '-i',
      raw,
      '-vf',
      filter,
      '-t',
      `${healthyS + faultyS}`,
    ],
    ...['-c:v', 'libx264', '-preset', 'veryfast', '-crf', '23', '-g', `${keyEach}`, '-pix_fmt', 'yuv420p'],
    ...[...oneThread, file],
  ])
  return pictures(['-i', file, '-vf', eachSecond], await sizeOf(file))
}

async function sizeOf(file: string): Promise<Size> {
  const asked = ['-v', 'error', '-select_streams', 'v:0', '-show_entries', 'stream=width,height']
  const { stdout } = await run('ffprobe', [...asked, '-of', 'csv=p=0', file])
  const [width, height] = stdout.trim().split(',').map(Number)
  const even = (side: number) => Math.round(Math.min(1, widest / width) * (side / 2)) * 2
  return { width: even(width), height: even(height) }
}

async function pictures(input: readonly string[], { width, height }: Size): Promise<Luma[]> {
  const output = ['-fps_mode', 'passthrough', '-pix_fmt', 'gray', '-f', 'rawvideo', 'pipe:1']
  const ffmpeg = spawn('ffmpeg', ['-v', 'error', '-nostdin', ...oneThread, ...input, ...output], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = once(ffmpeg, 'close') as Promise<[number | null]>
  // It is awaited at the end only, and a failed start is told then.
  ended.catch(() => undefined)
  const shrinker = new LumaShrinker()
  const made: Luma[] = []
  let kept = Buffer.alloc(0)
  for await (const bytes of ffmpeg.stdout) {
    kept = Buffer.concat([kept, bytes])
    for (; kept.length >= width * height; kept = kept.subarray(width * height)) {
      const small = shrinker.shrink(kept, width, height)
      made.push({ ...small, pixels: small.pixels.slice() })
    }
  }
  const [status] = await ended
  if (status !== 0 || made.length === 0) throw new Error(`ffmpeg made no pictures: ${input.join(' ')}`)
  return made
}
