/**
 * Tells which picture of the loop decided an alert, from the redacted picture that went with it, and so when the simulator
 * sent it: a check of the gateway's word that owes nothing to the gateway's clocks.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import sharp from 'sharp'
import { clockRate, loadClip } from '../sim/clip.ts'
import { analysed } from './floor.ts'
import type { Material, Stream } from './material.ts'

/** Every so many rows are compared: enough of whoever walks there, and of the noise. */
const rowStep = 8
/** The next best must be further away than the best by this share of its distance, or the answer is none (seen: 1.1 to 3). */
const clearly = 0.25

/** When a camera sends what, in ms from the start of its first round. */
export interface Schedule {
  readonly sentMs: readonly number[]
  readonly periodMs: number
}

/** A picture of the loop in one of its rounds. */
export interface Sending {
  readonly picture: number
  /** Epoch ms. */
  readonly at: number
}

/** All that a camera whose loop began at `runsSince` (epoch ms) sends within so many ms of a time, in order. */
export function sentNear(
  { sentMs, periodMs }: Schedule,
  runsSince: number,
  time: number,
  nearMs: number,
): Sending[] {
  const first = Math.floor((time - nearMs - runsSince) / periodMs)
  const last = Math.floor((time + nearMs - runsSince) / periodMs)
  const rounds = Array.from({ length: last - first + 1 }, (_, n) => runsSince + (first + n) * periodMs)
  return rounds
    .flatMap((began) => sentMs.map((ms, picture): Sending => ({ picture, at: began + ms })))
    .filter(({ at }) => Math.abs(at - time) <= nearMs)
}

/** The place of the least of these distances; undefined where another is nearly as small. */
export function clearlyNearest(distances: readonly number[]): number | undefined {
  const [best, next] = distances
    .map((distance, place) => ({ distance, place }))
    .sort((a, b) => a.distance - b.distance)
  if (!best || (next && next.distance < best.distance * (1 + clearly))) return undefined
  return best.place
}

export class LoopPictures {
  readonly #schedule: Schedule
  readonly #lumas: readonly Uint8Array[]

  private constructor(schedule: Schedule, lumas: readonly Uint8Array[]) {
    this.#schedule = schedule
    this.#lumas = lumas
  }

  static async read({ file, codec }: Material, stream: Stream): Promise<LoopPictures> {
    const ms = (ticks: number) => (ticks * 1_000) / clockRate
    const { units, periodTicks } = await loadClip(file, codec)
    const lumas = await readLumas(file, analysed[stream])
    if (lumas.length !== units.length)
      throw new Error(`${file}: ${lumas.length} of ${units.length} pictures decoded`)
    const sentMs = units.map(({ decodeTicks }) => ms(decodeTicks))
    return new LoopPictures({ sentMs, periodMs: ms(periodTicks) }, lumas)
  }

  /**
   * When the camera sent the picture that this JPEG was made of, epoch ms; undefined where it is not clear. `about` only says
   * in which round: the right picture is found as long as it is less than half a loop off.
   */
  async sentAt(jpeg: Buffer, runsSince: number, about: number): Promise<number | undefined> {
    const { data, info } = await sharp(jpeg).raw().toBuffer({ resolveWithObject: true })
    const luma = lumaOfRgb(data, info.width)
    const sendings = sentNear(this.#schedule, runsSince, about, this.#schedule.periodMs / 2)
    const nearest = clearlyNearest(sendings.map(({ picture }) => distance(luma, this.#lumas[picture])))
    return nearest === undefined ? undefined : sendings[nearest].at
  }
}

/** Sum of squares of the differences, a number for each pixel. */
function distance(one: Uint8Array, other: Uint8Array): number {
  if (one.length !== other.length)
    throw new Error('the pictures of the alerts have another size than those of the loop')
  let sum = 0
  for (let at = 0; at < one.length; at++) sum += (one[at] - other[at]) ** 2
  return sum / one.length
}

/** BT.601 in video range, as the loop was coded. */
function lumaOfRgb(rgb: Buffer, width: number): Uint8Array {
  const rows = Math.ceil(rgb.length / 3 / width / rowStep)
  const luma = new Uint8Array(rows * width)
  for (let row = 0, to = 0; row < rows; row++) {
    for (let at = row * rowStep * width * 3, end = at + width * 3; at < end; at += 3) {
      const full = 0.299 * rgb[at] + 0.587 * rgb[at + 1] + 0.114 * rgb[at + 2]
      luma[to++] = Math.round(16 + (full * 219) / 255)
    }
  }
  return luma
}

/** Some rows of each picture of a file, at the size at which the gateway sees it. */
async function readLumas(
  file: string,
  { width, height }: { width: number; height: number },
): Promise<Uint8Array[]> {
  const filter = ['-vf', `scale=${width}:${height}:flags=bilinear`, '-fps_mode', 'passthrough']
  const args = [
    '-nostdin',
    '-v',
    'error',
    '-i',
    file,
    ...filter,
    '-pix_fmt',
    'yuv420p',
    '-f',
    'rawvideo',
    'pipe:1',
  ]
  const child = spawn('ffmpeg', args, { stdio: ['ignore', 'pipe', 'inherit'] })
  const ended = once(child, 'close')
  const size = (width * height * 3) / 2
  const lumas: Uint8Array[] = []
  let pending: Buffer = Buffer.alloc(0)
  for await (const bytes of child.stdout) {
    pending = Buffer.concat([pending, bytes as Buffer])
    for (; pending.length >= size; pending = pending.subarray(size))
      lumas.push(someRows(pending, width, height))
  }
  const [status] = (await ended) as [number]
  if (status !== 0) throw new Error(`ffmpeg could not read ${file}`)
  return lumas
}

function someRows(i420: Buffer, width: number, height: number): Uint8Array {
  const luma = new Uint8Array(Math.ceil(height / rowStep) * width)
  for (let row = 0, to = 0; row < height; row += rowStep, to += width)
    luma.set(i420.subarray(row * width, (row + 1) * width), to)
  return luma
}
