/** Pictures as the gateway's decoder would hand them over: I420, BT.601 video range. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import sharp from 'sharp'
import { frameBytes } from '../../src/domain/frame.ts'
import type { Picture420 } from '../../src/vision/fit.ts'

export interface ClipOptions {
  /** Every so many-th frame, from the first. */
  readonly step: number
  /** Size that the frames get. */
  readonly width: number
  readonly height: number
}

/** Decoded frames of a clip. Throws where ffmpeg cannot decode it. */
export async function* clipFrames(clip: string, options: ClipOptions): AsyncGenerator<Picture420> {
  const { step, width, height } = options
  const filter = `select=not(mod(n\\,${step})),scale=${width}:${height}:flags=bilinear`
  const input = ['-nostdin', '-v', 'error', '-threads', '1', '-i', clip]
  const output = [
    '-vf',
    filter,
    '-fps_mode',
    'passthrough',
    '-pix_fmt',
    'yuv420p',
    '-f',
    'rawvideo',
    'pipe:1',
  ]
  const ffmpeg = spawn('ffmpeg', [...input, ...output], { stdio: ['ignore', 'pipe', 'inherit'] })
  const ended = once(ffmpeg, 'close') as Promise<[number | null]>
  // It is awaited at the end only, and a failed start is told then.
  ended.catch(() => undefined)
  try {
    let pixels = new Uint8Array(frameBytes(width, height))
    let filled = 0
    for await (const chunk of ffmpeg.stdout as AsyncIterable<Buffer>) {
      for (let at = 0; at < chunk.length; ) {
        const part = chunk.subarray(at, at + pixels.length - filled)
        pixels.set(part, filled)
        at += part.length
        filled += part.length
        if (filled < pixels.length) continue
        yield { width, height, pixels }
        pixels = new Uint8Array(pixels.length)
        filled = 0
      }
    }
    const [status] = await ended
    if (status !== 0) throw new Error(`ffmpeg could not decode ${clip}`)
  } finally {
    ffmpeg.kill('SIGKILL')
  }
}

/** Cuts no chroma pixel. */
export function even(side: number): number {
  return side & ~1
}

/** A picture file (its path, or what is in it), cut to even sides. */
export async function readPicture(file: string | Buffer): Promise<Picture420> {
  const { data, info } = await sharp(file)
    .removeAlpha()
    .toColourspace('srgb')
    .raw()
    .toBuffer({ resolveWithObject: true })
  return toI420(data, info.width, even(info.width), even(info.height))
}

/** Interleaved RGB of `stride` pixels a row; chroma is the mean of its four pixels. */
function toI420(rgb: Uint8Array, stride: number, width: number, height: number): Picture420 {
  const pixels = new Uint8Array(frameBytes(width, height))
  const luma = width * height
  const chroma = luma / 4
  const u = new Float32Array(chroma)
  const v = new Float32Array(chroma)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const from = (y * stride + x) * 3
      const [r, g, b] = [rgb[from], rgb[from + 1], rgb[from + 2]]
      pixels[y * width + x] = Math.round(16 + 0.256788 * r + 0.504129 * g + 0.097906 * b)
      const at = (y >> 1) * (width / 2) + (x >> 1)
      u[at] += (128 - 0.148223 * r - 0.290993 * g + 0.439216 * b) / 4
      v[at] += (128 + 0.439216 * r - 0.367788 * g - 0.071427 * b) / 4
    }
  }
  pixels.set(u.map(Math.round), luma)
  pixels.set(v.map(Math.round), luma + chroma)
  return { width, height, pixels }
}
