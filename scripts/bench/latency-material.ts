/** The loop of bench:latency: the drawn street while somebody walks in it, without the empty stretches before and after. */
import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { rename, rm, stat } from 'node:fs/promises'
import { promisify } from 'node:util'
import type { Codec } from '../../src/domain/coded-picture.ts'
import { type Material, material, type Span, type Stream } from './material.ts'

const run = promisify(execFile)
/** Seconds between key pictures: where the loop may be cut without coding it again. */
const gop = 1
/** Of the loop before it is cut: with room for the whole visit and some emptiness around it. */
const activity = 0.75

/** The whole GOPs in which somebody is in the picture from the first picture to the last. Throws where there are none. */
export function busySpan({ active, gop }: Pick<Material, 'active' | 'gop'>): Span {
  const [first, last] = [active[0], active.at(-1)]
  const from = Math.ceil((first?.from ?? 0) / gop) * gop
  const to = Math.floor((last?.to ?? 0) / gop) * gop
  if (to <= from) throw new Error('nobody is in the picture for long enough')
  return { from, to }
}

export async function busyMaterial(stream: Stream, codec: Codec): Promise<Material> {
  const whole = await material({ stream, codec, activity, gop, rate: 'vbr', drawn: true })
  const span = busySpan(whole)
  const seconds = span.to - span.from
  const file = await cut(whole.file, span)
  const { size } = await stat(file)
  return {
    ...whole,
    file,
    seconds,
    active: [{ from: 0, to: seconds }],
    activity: 1,
    bitRate: Math.round((size * 8) / seconds),
  }
}

/** Kept beside the file it was cut from. */
async function cut(file: string, { from, to }: Span): Promise<string> {
  const made = file.replace(/\.mp4$/, `-${from}-${to}.mp4`)
  if (existsSync(made)) return made
  // Written aside and renamed, so that a broken-off run never leaves half a file.
  const part = `${made}.${randomUUID()}.part`
  const input = ['-ss', String(from), '-t', String(to - from), '-i', file]
  const output = ['-c', 'copy', '-avoid_negative_ts', 'make_zero', '-f', 'mp4', part]
  await run('ffmpeg', ['-nostdin', '-v', 'error', '-y', ...input, ...output]).catch(async (failed) => {
    await rm(part, { force: true })
    throw new Error(`ffmpeg cannot cut the material: ${failed.stderr?.trim() || failed.message}`)
  })
  await rename(part, made)
  return made
}
