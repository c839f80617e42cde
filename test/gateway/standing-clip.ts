/** A clip in which someone stands still for ever: what it raises stays open until somebody ends it. */
import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, rename } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

/** Drawn once per machine, for the spot model: 640×360, 10 fps, a key picture each second. */
export async function standingClip(): Promise<string> {
  const folder = join(tmpdir(), 'skyeye-spot')
  const path = join(folder, 'standing-v1.mp4')
  if (existsSync(path)) return path
  await mkdir(folder, { recursive: true })
  const inputs = ['color=c=0x303840:s=640x360:r=10:d=2', 'color=c=white:s=36x88:r=10:d=2']
  const partial = join(folder, `${randomUUID()}.mp4`)
  await promisify(execFile)('ffmpeg', [
    ...['-v', 'error', '-y', '-nostdin'],
    ...inputs.flatMap((input) => ['-f', 'lavfi', '-i', input]),
    ...['-filter_complex', '[0][1]overlay=x=300:y=190,noise=alls=4:allf=t'],
    ...['-c:v', 'libx264', '-bf', '0', '-preset', 'veryfast', '-g', '10', '-pix_fmt', 'yuv420p', partial],
  ])
  await rename(partial, path)
  return path
}
