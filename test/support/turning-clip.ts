/** Clips of a camera that turns: walls of bricks, each of its own, in front of which someone stands for the spot model. */
import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, rename } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

export const turningSize = { width: 640, height: 360 }

/** By wall: the size of its bricks, pixels, and a number that makes it unlike the others. */
const walls = { gate: [47, 31, 1], between: [39, 43, 5], dock: [53, 27, 9] } as const
export type Wall = keyof typeof walls

/** Drawn once per machine: 640×360, 10 fps, a key picture each second. */
export async function turningClip(
  ...scenes: { readonly wall: Wall; readonly seconds: number }[]
): Promise<string> {
  const folder = join(tmpdir(), 'skyeye-spot')
  const name = scenes.map(({ wall, seconds }) => `${wall}-${seconds}`).join('-')
  const path = join(folder, `turning-v1-${name}.mp4`)
  if (existsSync(path)) return path
  await mkdir(folder, { recursive: true })
  const size = `${turningSize.width}x${turningSize.height}`
  const bricks = scenes.map(({ wall, seconds }, i) => {
    const [width, height, seed] = walls[wall]
    const row = `floor(Y/${height})`
    const level = `30+mod(abs(sin(floor((X+${row}*11)/${width})*12.9+${row}*78.2+${seed}))*43758,60)`
    return `nullsrc=s=${size}:r=10:d=0.1,geq=lum='${level}':cb=128:cr=128,loop=${seconds * 10 - 1}:1,setpts=N/10/TB[s${i}]`
  })
  const all = scenes.map((_, i) => `[s${i}]`).join('')
  const someone = `color=c=white:s=36x88:r=10[p]`
  const graph = [
    ...bricks,
    someone,
    `${all}concat=n=${scenes.length}[w]`,
    '[w][p]overlay=x=300:y=190:shortest=1,noise=alls=4:allf=t',
  ].join(';')
  const partial = join(folder, `${randomUUID()}.mp4`)
  await run('ffmpeg', [
    ...['-v', 'error', '-y', '-nostdin', '-filter_complex', graph],
    ...['-c:v', 'libx264', '-bf', '0', '-preset', 'veryfast', '-g', '10', '-pix_fmt', 'yuv420p', partial],
  ])
  await rename(partial, path)
  return path
}
