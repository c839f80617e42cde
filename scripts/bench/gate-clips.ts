/** The clips of bench:gate: two real ones with openings from quiet to active, coded anew in every way that matters to the gate. */
import { execFile } from 'node:child_process'
import { createHash, randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readFile, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Codec } from '../../src/domain/coded-picture.ts'
import type { Label } from '../../src/domain/detection.ts'

const run = promisify(execFile)

export interface GateClip {
  readonly name: string
  readonly file: string
  /** What comes and goes in it. */
  readonly label: Label
}

export const gateClips: readonly GateClip[] = [
  { name: 'one-by-one-person', file: 'intel_one-by-one-person_h264_768x432.mp4', label: 'person' },
  { name: 'car-detection', file: 'intel_car-detection_h264_768x432.mp4', label: 'vehicle' },
]

export const rates = ['vbr', 'cbr'] as const
export type Rate = (typeof rates)[number]

/** One way of coding. */
export interface Coding {
  readonly codec: Codec
  readonly gopSeconds: number
  readonly rate: Rate
}

const constantKbps = 500

/** A constant rate is filled up with filler where the pictures need less, as an encoder with a fixed channel does. */
function encoder({ codec, rate }: Coding): string[] {
  const kbps = `${constantKbps}k`
  const buffered = ['-b:v', kbps, '-maxrate', kbps, '-bufsize', kbps]
  if (codec === 'h264') {
    const rateArguments = rate === 'vbr' ? ['-crf', '26'] : [...buffered, '-minrate', kbps, '-nal-hrd', 'cbr']
    return ['-c:v', 'libx264', '-preset', 'veryfast', '-bf', '0', '-sc_threshold', '0', ...rateArguments]
  }
  const constant = `strict-cbr=1:vbv-maxrate=${constantKbps}:vbv-bufsize=${constantKbps}:`
  const params = `${rate === 'cbr' ? constant : ''}bframes=0:scenecut=0:log-level=error`
  const rateArguments = rate === 'vbr' ? ['-crf', '28'] : ['-b:v', kbps]
  return ['-c:v', 'libx265', '-preset', 'ultrafast', '-x265-params', params, ...rateArguments]
}

/** Path of the clip coded so, made once and kept. */
export async function coded(clip: string, coding: Coding, cache: string): Promise<string> {
  const every = `expr:gte(t,n_forced*${coding.gopSeconds})`
  const output = [
    ...encoder(coding),
    '-g',
    '100000',
    '-force_key_frames',
    every,
    '-pix_fmt',
    'yuv420p',
    '-an',
  ]
  const hash = createHash('sha256').update(JSON.stringify(output))
  const name = `gate-${hash
    .update(await readFile(clip))
    .digest('hex')
    .slice(0, 16)}.mp4`
  const made = join(cache, name)
  if (existsSync(made)) return made
  await mkdir(cache, { recursive: true })
  const part = `${made}.${randomUUID()}.part`
  await run('ffmpeg', [
    '-nostdin',
    '-v',
    'error',
    '-y',
    '-i',
    clip,
    '-map',
    '0:V:0',
    ...output,
    '-f',
    'mp4',
    part,
  ])
  await rename(part, made)
  return made
}
