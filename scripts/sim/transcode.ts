/** Turns a clip into the codec or size a simulated camera needs, once, and keeps the result in a cache folder. */
import { execFile } from 'node:child_process'
import { createHash, randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Codec } from './annexb.ts'

const run = promisify(execFile)

const encoders: Record<Codec, string[]> = {
  h264: ['-c:v', 'libx264', '-preset', 'veryfast', '-bf', '0'],
  h265: ['-c:v', 'libx265', '-preset', 'ultrafast', '-x265-params', 'bframes=0:log-level=error'],
}

/** The codec of the first real video stream, or ffprobe's name for it where it is neither of the two we serve. Throws where there is none. */
export async function clipCodec(file: string): Promise<string> {
  const wanted = ['-select_streams', 'V:0', '-show_entries', 'stream=codec_name', '-of', 'default=nk=1:nw=1']
  const { stdout } = await run('ffprobe', ['-v', 'error', ...wanted, file]).catch((failed) => {
    throw new Error(`ffprobe cannot read ${file}: ${failed.stderr?.trim() || failed.message}`)
  })
  const name = stdout.trim().split('\n')[0]
  if (!name) throw new Error(`${file}: no video in it`)
  return name === 'hevc' ? 'h265' : name
}

/** Path of the clip in that codec, at half width and height if asked: a key picture every two seconds, no B-frames. */
export async function transcoded(file: string, codec: Codec, half: boolean, folder: string): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify([codec, half, encoders[codec]]))
  const made = join(
    folder,
    `sim-${hash
      .update(await readFile(file))
      .digest('hex')
      .slice(0, 16)}.mp4`,
  )
  if (existsSync(made)) return made
  await mkdir(folder, { recursive: true })
  // Written aside and renamed, so that a broken-off run or a second simulator never leaves or sees half a file.
  const part = `${made}.${randomUUID()}.part`
  const filter = half ? ['-vf', 'scale=trunc(iw/4)*2:trunc(ih/4)*2'] : []
  const keys = ['-force_key_frames', 'expr:gte(t,n_forced*2)']
  const args = [
    '-nostdin',
    '-v',
    'error',
    '-y',
    '-i',
    file,
    '-map',
    '0:V:0',
    ...filter,
    ...encoders[codec],
    ...keys,
  ]
  await run('ffmpeg', [...args, '-pix_fmt', 'yuv420p', '-f', 'mp4', part]).catch(async (failed) => {
    await rm(part, { force: true })
    throw new Error(`ffmpeg cannot transcode ${file}: ${failed.stderr?.trim() || failed.message}`)
  })
  await rename(part, made)
  return made
}
