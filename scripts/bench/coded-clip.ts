/** A clip as a camera would send it: its coded pictures in order, with times of its own and no network between. */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import type { Codec, CodedPicture } from '../../src/domain/coded-picture.ts'

const run = promisify(execFile)

/** Every coded picture of a clip of that codec. `arrivedAt` is `epochMs` plus the time at which a camera would have sent it. */
export async function codedPictures(
  file: string,
  codec: Codec,
  epochMs = 1_000_000,
): Promise<CodedPicture[]> {
  const raw = codec === 'h264' ? 'h264' : 'hevc'
  const input = [
    '-nostdin',
    '-v',
    'error',
    '-i',
    file,
    '-map',
    '0:V:0',
    '-c',
    'copy',
    '-bsf:v',
    `${raw}_mp4toannexb`,
  ]
  const options = { encoding: 'buffer', maxBuffer: 2 ** 30 } as const
  const [bytes, table] = await Promise.all([
    run('ffmpeg', [...input, '-f', raw, 'pipe:1'], options),
    run('ffmpeg', [...input, '-f', 'framecrc', 'pipe:1'], options),
  ])
  const lines = table.stdout.toString('latin1').split('\n')
  const base = lines.map((line) => /^#tb 0: (\d+)\/(\d+)/.exec(line)).find((match) => match !== null)
  if (!base) throw new Error(`${file}: ffmpeg tells no time base`)
  const msPerTick = (Number(base[1]) / Number(base[2])) * 1_000
  let at = 0
  return lines
    .filter((line) => /^0,/.test(line))
    .map((line) => {
      const [, dts, pts, , size] = line.split(',').map(Number)
      const picture: CodedPicture = {
        codec,
        // A fourth field of flags is only written for what is no key picture.
        key: !line.includes('F='),
        reference: true,
        bytes: bytes.stdout.subarray(at, at + size),
        sliceBytes: size,
        qp: undefined,
        timeMs: pts * msPerTick,
        arrivedAt: epochMs + dts * msPerTick,
        afterLoss: false,
      }
      at += size
      return picture
    })
}
