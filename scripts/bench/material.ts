/** The clip that a benchmark's cameras play in a loop: a visit, and an empty view for the rest, with known times of both. */
import { execFile } from 'node:child_process'
import { createHash, randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { Codec } from '../../src/domain/coded-picture.ts'
import { sceneClip } from '../scene/clip.ts'
import { sceneTruth } from '../scene/truth.ts'

const run = promisify(execFile)
const cache = fileURLToPath(new URL('../../.cache/', import.meta.url))
const filmed = fileURLToPath(
  new URL('../../../shared/videos/intel_one-by-one-person_h264_768x432.mp4', import.meta.url),
)

/** Seconds of a clip or of a loop. */
export interface Span {
  readonly from: number
  readonly to: number
}

export type Stream = 'd1' | '1080p'

export interface MaterialWish {
  readonly stream: Stream
  readonly codec: Codec
  /** Share of the time in which somebody is in the picture, 0..1; it is met as nearly as whole visits and GOPs allow. */
  readonly activity: number
  /** Seconds between key pictures; whole numbers. */
  readonly gop: number
  readonly rate: 'vbr' | 'cbr'
  /** The drawn scene also where real footage is present. */
  readonly drawn?: boolean
}

export interface Material {
  readonly file: string
  readonly codec: Codec
  /** Length of the loop, seconds: whole GOPs, so that key pictures come evenly over its seam. */
  readonly seconds: number
  /** Seconds between key pictures. */
  readonly gop: number
  /** When somebody is in the picture, in order, seconds of the loop. */
  readonly active: readonly Span[]
  /** Their share of the loop. */
  readonly activity: number
  /** Bits per second of the file, as it came out. */
  readonly bitRate: number
  /** What it was made of, for the reader of a figure. */
  readonly source: string
}

/** Footage: an excerpt that begins and ends empty, and a stretch that is empty, both in seconds of the clip. */
interface Footage {
  readonly file: string
  readonly source: string
  readonly excerpt: Span
  readonly empty: Span
  /** Somebody is in the picture, seconds of the clip. */
  readonly visit: Span
}

const fps = 25
/** Length of a loop in which nothing happens. */
const quietSeconds = 60
/**
 * Strength of ffmpeg's temporal noise filter, drawn afresh for every picture and plane: the noise of a cheap sensor, so that
 * pictures between key pictures are never empty. 8 has a standard deviation of 4.3 grey levels before
 * coding, of which 0.9 is left in the pictures of a D1 stream of 0.8 Mb/s.
 */
const noise = 8

/**
 * The loop is coded so often in one go, and the last round is kept: an encoder that has just begun spends its bits differently, which
 * would be an event at each seam of the loop.
 */
const rounds = 2

/** A substream and a main stream as cameras ship them. */
const streams: Record<
  Stream,
  { readonly width: number; readonly height: number; readonly kilobits: number }
> = {
  d1: { width: 704, height: 576, kilobits: 800 },
  '1080p': { width: 1920, height: 1080, kilobits: 4_000 },
}

/** Makes the clip, or takes it from `.cache` where the same one was made before. Throws with ffmpeg's words. */
export async function material(wish: MaterialWish): Promise<Material> {
  const footage = !wish.drawn && existsSync(filmed) ? filmedFootage : await drawnFootage()
  const seconds = loopSeconds(wish, footage)
  const active = wish.activity > 0 ? [shifted(footage.visit, -footage.excerpt.from)] : []
  const made = await encoded(footage, wish, seconds)
  const { size } = await stat(made)
  return {
    file: made,
    codec: wish.codec,
    seconds,
    gop: wish.gop,
    active,
    activity: active.reduce((sum, { from, to }) => sum + to - from, 0) / seconds,
    bitRate: Math.round((size * 8) / seconds),
    source: footage.source,
  }
}

/** How far into the loop each of so many cameras is at first, seconds: evenly spread, so that at any time the same share is active. */
export function phases(count: number, { seconds }: Pick<Material, 'seconds'>): number[] {
  return Array.from({ length: count }, (_, n) => (n * seconds) / count)
}

/** Active times that begin between two moments (epoch ms) at a camera whose loop first began at `runsSince` (epoch ms). */
export function activeBetween(
  { seconds, active }: Pick<Material, 'seconds' | 'active'>,
  runsSince: number,
  from: number,
  to: number,
): Span[] {
  const periodMs = seconds * 1_000
  const rounds: Span[] = []
  for (let at = runsSince + Math.floor((from - runsSince) / periodMs) * periodMs; at < to; at += periodMs) {
    rounds.push(...active.map((span) => ({ from: at + span.from * 1_000, to: at + span.to * 1_000 })))
  }
  return rounds.filter((round) => round.from >= from && round.from < to)
}

const shifted = ({ from, to }: Span, by: number): Span => ({ from: from + by, to: to + by })

/**
 * The room of `intel_one-by-one-person` (10 fps; a picture stands until the next): a man comes in at the bottom (picture 745),
 * stands at the table for nine seconds and leaves on the right (last seen in picture 869). It is empty from 870 to 917;
 * the light of the camera has settled by 900, and the excerpt goes on until then, so that its end is no event of its own.
 */
const filmedFootage: Footage = {
  file: filmed,
  source: 'intel_one-by-one-person (10 fps), one visit, then the mean of 15 empty pictures',
  visit: { from: 74.5, to: 87 },
  excerpt: { from: 73.5, to: 90.5 },
  empty: { from: 90.2, to: 91.7 },
}

/** Two people who cross the drawn street, one after the other. */
async function drawnFootage(): Promise<Footage> {
  const actors = ['walker', 'shopper']
  const spans = sceneTruth('street').objects.filter(({ id }) => actors.includes(id))
  const visit = {
    from: Math.min(...spans.map(({ from }) => from)),
    to: Math.max(...spans.map(({ to }) => to)),
  }
  const excerpt = { from: Math.floor(visit.from) - 0.5, to: Math.ceil(visit.to) + 0.5 }
  const file = await sceneClip({ seconds: excerpt.to, fps, actors, grain: false })
  return { file, source: 'drawn street, two people', visit, excerpt, empty: { from: 0, to: 2 } }
}

function loopSeconds({ activity, gop }: MaterialWish, { visit, excerpt }: Footage): number {
  const gops = (seconds: number, round: (n: number) => number) => round(seconds / gop) * gop
  if (activity === 0) return gops(quietSeconds, Math.ceil)
  return Math.max(
    gops((visit.to - visit.from) / activity, Math.round),
    gops(excerpt.to - excerpt.from, Math.ceil),
  )
}

/** The loop twice over: first the excerpt, then one empty picture (the mean of many) for the rest; noise is added to both alike. */
function graph({ excerpt, empty }: Footage, { stream, activity }: MaterialWish, seconds: number): string {
  const { width, height } = streams[stream]
  const restart = 'setpts=PTS-STARTPTS'
  const mean = `trim=${empty.from}:${empty.to},fps=10,tmix=frames=${Math.round((empty.to - empty.from) * 10)}`
  const still = `[0:v]${mean},reverse,trim=end_frame=1,${restart},loop=-1:1,fps=${fps}`
  const look = `scale=${width}:${height}:flags=bicubic,setsar=1,noise=alls=${noise}:allf=t,format=yuv420p`
  if (activity === 0) return `${still},trim=duration=${rounds * seconds},${look}[out]`
  const rest = seconds - (excerpt.to - excerpt.from)
  const round = (n: number) => [
    `[0:v]trim=${excerpt.from}:${excerpt.to},${restart},fps=${fps}[visit${n}]`,
    `${still},trim=duration=${rest}[rest${n}]`,
  ]
  const all = Array.from({ length: rounds }, (_, n) => n)
  const parts = all.map((n) => `[visit${n}][rest${n}]`).join('')
  return [...all.flatMap(round), `${parts}concat=n=${2 * rounds},${look}[out]`].join(';')
}

/** No B-pictures and closed GOPs of one length, as substreams are; the rate is a mean with room above it, or held over a second. */
function coder({ stream, codec, gop, rate }: MaterialWish): string[] {
  const { kilobits } = streams[stream]
  const kbps = (share: number) => `${kilobits * share}k`
  const rates =
    rate === 'cbr'
      ? ['-minrate', kbps(1), '-maxrate', kbps(1), '-bufsize', kbps(1)]
      : ['-maxrate', kbps(2), '-bufsize', kbps(4)]
  const keys = ['-g', String(gop * fps), '-keyint_min', String(gop * fps), '-b:v', kbps(1), ...rates]
  if (codec === 'h264')
    return ['-c:v', 'libx264', '-preset', 'veryfast', '-bf', '0', '-sc_threshold', '0', ...keys]
  const closed = 'bframes=0:scenecut=0:open-gop=0:log-level=error'
  return ['-c:v', 'libx265', '-preset', 'ultrafast', '-x265-params', closed, ...keys]
}

async function encoded(footage: Footage, wish: MaterialWish, seconds: number): Promise<string> {
  const args = ['-filter_complex', graph(footage, wish, seconds), '-map', '[out]', ...coder(wish)]
  const hash = createHash('sha256').update(JSON.stringify([args, seconds]))
  hash.update(await readFile(footage.file))
  const name = [wish.stream, wish.codec, wish.rate, hash.digest('hex').slice(0, 16)].join('-')
  const made = join(cache, `material-${name}.mp4`)
  if (existsSync(made)) return made
  await mkdir(cache, { recursive: true })
  // Written aside and renamed, so that a broken-off run never leaves half a file.
  const [whole, part] = ['whole', 'part'].map((suffix) => `${made}.${randomUUID()}.${suffix}`)
  const ffmpeg = (...args: string[]) => run('ffmpeg', ['-nostdin', '-v', 'error', '-y', ...args])
  try {
    await ffmpeg('-i', footage.file, ...args, '-t', String(rounds * seconds), '-f', 'mp4', whole)
    const last = ['-ss', String((rounds - 1) * seconds), '-i', whole, '-t', String(seconds)]
    await ffmpeg(...last, '-c', 'copy', '-f', 'mp4', part)
    await rename(part, made)
  } catch (failed) {
    const { stderr, message } = failed as { stderr?: string; message: string }
    throw new Error(`ffmpeg cannot make the material: ${stderr?.trim() || message}`)
  } finally {
    for (const file of [whole, part]) await rm(file, { force: true })
  }
  return made
}
