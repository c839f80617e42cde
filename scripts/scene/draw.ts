/** Renders the play to a video: SVG figures over a still backdrop, softened and with the noise of a cheap camera. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { rename } from 'node:fs/promises'
import sharp from 'sharp'
import { backdrop, sceneSize, type Variant } from './backdrop.ts'
import { person } from './person.ts'
import { onStage, playSeconds, type Stance } from './play.ts'
import { bicycle, car } from './vehicles.ts'

export interface SceneOptions {
  readonly variant?: Variant
  /** Length of the clip; what goes beyond the play (30 s) shows the empty stage. */
  readonly seconds?: number
  readonly fps?: number
  /** Only these are on stage; everyone when absent. */
  readonly actors?: readonly string[]
  /** The noise of a cheap camera; true when absent. */
  readonly grain?: boolean
  /** Told after each picture. */
  readonly progress?: (done: number, all: number) => void
}

const { width, height } = sceneSize
const noiseSpread = 5
const noiseTiles = 7

/** A figure is drawn in its own units; a car's are hundredths of a metre, so a person of 175 units sets their scale. */
export function figure({ actor: { role }, x, y, height: tall, way, speed }: Stance, second: number): string {
  const metric = tall / 175
  if (role.kind === 'person') {
    const toCamera = Math.abs(speed.y) > Math.abs(speed.x) || (speed.x === 0 && speed.y === 0)
    const facing = toCamera ? 'camera' : speed.x < 0 ? 'left' : 'right'
    const step = toCamera ? second * 2 * Math.PI * 0.9 : (Math.abs(way) / (0.4 * tall)) * Math.PI
    return `<g transform="translate(${x},${y}) scale(${tall / 100})">${person(role.look, { step, facing })}</g>`
  }
  const flip = speed.x < 0 ? -1 : 1
  const turn = Math.abs(way) / (metric * 33)
  const drawn = role.kind === 'car' ? car(role.paint, turn) : bicycle(role.look, role.paint, turn)
  return `<g transform="translate(${x},${y}) scale(${metric * flip},${metric})">${drawn}</g>`
}

/** Draws one picture; `second` counts from the start of the play. RGB, 1280 × 720. `actors` as in SceneOptions. */
export async function drawPicture(
  empty: Buffer,
  variant: Variant,
  second: number,
  actors?: readonly string[],
): Promise<Buffer> {
  const figures = onStage(variant, second)
    .filter(({ actor }) => actors?.includes(actor.id) ?? true)
    .map((stance) => figure(stance, second))
  if (figures.length === 0) return Buffer.from(empty)
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${figures.join('')}</svg>`
  const stage = sharp(empty, { raw: { width, height, channels: 3 } })
  return stage
    .composite([{ input: Buffer.from(svg) }])
    .removeAlpha()
    .raw()
    .toBuffer()
}

/** The empty stage, RGB. */
export async function emptyStage(variant: Variant): Promise<Buffer> {
  return sharp(Buffer.from(backdrop(variant)))
    .removeAlpha()
    .raw()
    .toBuffer()
}

/** Grain of the same kind in every rendering: a small generator with a fixed seed (numerical recipes' constants). */
function grain(seed: number): Int8Array {
  const tile = new Int8Array(width * height * 3)
  let state = seed
  for (let at = 0; at < tile.length; at++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0
    tile[at] = ((state >>> 16) % (2 * noiseSpread + 1)) - noiseSpread
  }
  return tile
}

function addGrain(picture: Buffer, tile: Int8Array): void {
  const clamped = new Uint8ClampedArray(picture.buffer, picture.byteOffset, picture.length)
  for (let at = 0; at < clamped.length; at++) clamped[at] += tile[at]
}

/** Writes the clip (H.264, MP4, a key picture every two seconds). Throws with ffmpeg's words if it fails. */
export async function drawScene(out: string, options: SceneOptions = {}): Promise<void> {
  const { variant = 'street', seconds = playSeconds, fps = 10, actors, grain: noisy = true } = options
  const all = Math.round(seconds * fps)
  const part = `${out}.${process.pid}.part`
  const input = [
    '-f',
    'rawvideo',
    '-pix_fmt',
    'rgb24',
    '-s',
    `${width}x${height}`,
    '-r',
    String(fps),
    '-i',
    'pipe:0',
  ]
  const encode = [
    '-vf',
    'gblur=sigma=0.7',
    '-c:v',
    'libx264',
    '-preset',
    'veryfast',
    '-crf',
    '24',
    '-bf',
    '0',
  ]
  const keys = [
    '-g',
    String(fps * 2),
    '-sc_threshold',
    '0',
    '-pix_fmt',
    'yuv420p',
    '-movflags',
    '+faststart',
    '-f',
    'mp4',
  ]
  const args = ['-v', 'error', '-y', ...input, ...encode, ...keys, part]
  const ffmpeg = spawn('ffmpeg', args, { stdio: ['pipe', 'ignore', 'pipe'] })
  let words = ''
  ffmpeg.stderr.on('data', (bytes) => {
    words = (words + bytes).slice(-2_000)
  })
  // A broken pipe shows itself in the exit status, with better words.
  ffmpeg.stdin.on('error', () => {})
  const ended = once(ffmpeg, 'close')
  const empty = await emptyStage(variant)
  const tiles = Array.from({ length: noiseTiles }, (_, n) => grain(n + 1))
  for (let n = 0; n < all && !ffmpeg.stdin.destroyed; n++) {
    const picture = await drawPicture(empty, variant, n / fps, actors)
    if (noisy) addGrain(picture, tiles[n % noiseTiles])
    if (!ffmpeg.stdin.write(picture)) await Promise.race([once(ffmpeg.stdin, 'drain'), ended])
    options.progress?.(n + 1, all)
  }
  ffmpeg.stdin.end()
  const [status] = await ended
  if (status !== 0) throw new Error(`ffmpeg could not write ${out}: ${words.trim()}`)
  await rename(part, out)
}
