/** What the cameras of `skyeye bench` see: a street that is drawn by ffmpeg, empty or with three things that move, coded as a camera would. */
import { execFile } from 'node:child_process'
import { GatewayError } from '../kit/errors.ts'

/** `quiet`: nothing but the noise of the sensor. `active`: something moves all the time. */
export type Scene = 'quiet' | 'active'

/** A kind of camera stream. */
export interface StreamKind {
  /** Pixels. */
  readonly width: number
  readonly height: number
  /** Bits per second at most. */
  readonly bitsPerSecond: number
}

export const streamKinds = {
  d1: { width: 704, height: 576, bitsPerSecond: 800_000 },
  '1080p': { width: 1_920, height: 1_080, bitsPerSecond: 4_000_000 },
} as const satisfies Record<string, StreamKind>

export type StreamName = keyof typeof streamKinds

export const picturesPerSecond = 25
const gopSeconds = 2
/**
 * After this a clip begins again; what moves is then where it was. What comes back to the same place too often would be learned, like
 * a tree in the wind, and no longer looked at: so seldom it takes a minute.
 */
export const clipSeconds: Readonly<Record<Scene, number>> = { quiet: 4, active: 12 }
const mostBytes = 64 * 1_024 * 1_024

/** The clip as H.264, Annex B: each picture behind a delimiter, parameter sets before each key picture. Throws BENCH_FAILED. */
export function drawClip(scene: Scene, kind: StreamKind): Promise<Buffer> {
  const rate = String(kind.bitsPerSecond)
  const gop = String(gopSeconds * picturesPerSecond)
  return draw(scene, kind, '', [
    ...['-t', String(clipSeconds[scene]), '-c:v', 'libx264', '-preset', 'veryfast', '-crf', '27', '-bf', '0'],
    ...['-maxrate', rate, '-bufsize', rate, '-g', gop, '-keyint_min', gop, '-sc_threshold', '0'],
    ...['-x264-params', 'aud=1', '-f', 'h264'],
  ])
}

/** One picture of the clip in planar YUV 4:2:0, `width` pixels wide and `height` high. Throws BENCH_FAILED. */
export function drawPicture(kind: StreamKind, width: number, height: number): Promise<Buffer> {
  return draw('active', kind, `,scale=${width}:${height}`, ['-frames:v', '1', '-f', 'rawvideo'])
}

function draw(scene: Scene, kind: StreamKind, last: string, output: readonly string[]): Promise<Buffer> {
  const graph = `${street(kind)}${scene === 'active' ? traffic(kind) : ''}[seen];[seen]noise=alls=10:allf=t${last}`
  const input = ['-nostdin', '-v', 'error', '-f', 'lavfi', '-i', graph]
  return new Promise((resolve, reject) => {
    execFile(
      'ffmpeg',
      [...input, '-pix_fmt', 'yuv420p', ...output, 'pipe:1'],
      { encoding: 'buffer', maxBuffer: mostBytes },
      (error, stdout, stderr) => {
        if (!error) return resolve(stdout)
        const why = stderr.toString().trim().split('\n').at(-1) || error.message
        reject(new GatewayError('BENCH_FAILED', `ffmpeg could not draw a street to measure with: ${why}`))
      },
    )
  })
}

/** Coarse grain that stays where it is, so that there is something to code: one picture, drawn once and repeated. */
function street({ width, height }: StreamKind): string {
  const size = `${width}x${height}`
  const repeated = `trim=end_frame=1,loop=loop=-1:size=1,setpts=N/${picturesPerSecond}/TB`
  return `color=0x707468:s=${size}:r=${picturesPerSecond},noise=alls=90,gblur=sigma=4,${repeated}`
}

/** Two that walk and something large: each crosses the picture once per clip. */
function traffic({ width, height }: StreamKind): string {
  const things = [
    { colour: '0x803028', wide: 0.06, high: 0.3, top: 0.5 },
    { colour: '0x283880', wide: 0.05, high: 0.22, top: 0.35 },
    { colour: '0xc8c8b8', wide: 0.25, high: 0.2, top: 0.7 },
  ]
  const even = (pixels: number) => 2 * Math.round(pixels / 2)
  const drawn = things.map(({ colour, wide, high, top }, i) => {
    const size = `${even(wide * width)}x${even(high * height)}`
    const speed = width / clipSeconds.active
    const thing = `color=${colour}:s=${size}:r=${picturesPerSecond}[thing${i}]`
    return `${thing};[scene${i}][thing${i}]overlay=x='mod(t*${speed}+${i * 0.3 * width},${width})':y=${even(top * height)}`
  })
  return `[scene0];${drawn.map((text, i) => (i < things.length - 1 ? `${text}[scene${i + 1}]` : text)).join(';')}`
}
