/** Clips that ffmpeg draws: a bright person-high block walks through a dim room, left to right, then the room is empty. */
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, rename } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** Seconds of one walk; the sim repeats it for ever. */
export const walkSeconds = 6

/** The clip of one codec, drawn once per machine. 640×360, 10 fps, a key picture each second. */
export async function spotClip(codec: 'h264' | 'h265'): Promise<string> {
  const folder = join(tmpdir(), 'skyeye-spot')
  const path = join(folder, `walk-v1-${codec}.mp4`)
  if (existsSync(path)) return path
  await mkdir(folder, { recursive: true })
  // The block is off the picture for the last sixth of the walk, so that each walk is a new track.
  const x = `-40+t*${Math.round(760 / (walkSeconds * 0.8))}`
  const inputs = [
    `color=c=0x303840:s=640x360:r=10:d=${walkSeconds}`,
    `color=c=white:s=36x88:r=10:d=${walkSeconds}`,
  ]
  const encoder =
    codec === 'h264' ? ['libx264', '-bf', '0'] : ['libx265', '-x265-params', 'log-level=error:bframes=0']
  const partial = join(folder, `${process.pid}-${codec}.mp4`)
  await run('ffmpeg', [
    ...['-v', 'error', '-y', '-nostdin'],
    ...inputs.flatMap((input) => ['-f', 'lavfi', '-i', input]),
    ...['-filter_complex', `[0][1]overlay=x='${x}':y=190:eval=frame,noise=alls=4:allf=t`],
    ...['-c:v', ...encoder, '-preset', 'veryfast', '-g', '10', '-pix_fmt', 'yuv420p', partial],
  ])
  await rename(partial, path)
  return path
}
