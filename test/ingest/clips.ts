/** Draws small clips with the ffmpeg on this machine, so that the tests of the picture side need no others. */
import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** Runs ffmpeg and gives what it wrote to stdout. */
export async function ffmpeg(...args: string[]): Promise<Buffer> {
  const { stdout } = await run('ffmpeg', ['-nostdin', '-v', 'error', '-y', ...args], {
    encoding: 'buffer',
    maxBuffer: 2 ** 28,
  })
  return stdout
}

/** Times of the video packets in seconds, in the order of showing, by ffprobe. */
export async function packetTimes(clip: string): Promise<number[]> {
  const wanted = ['-select_streams', 'V:0', '-show_entries', 'packet=pts_time', '-of', 'csv=p=0']
  const { stdout } = await run('ffprobe', ['-v', 'error', ...wanted, clip])
  return stdout
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map(Number.parseFloat)
    .sort((a, b) => a - b)
}

export interface Drawing {
  readonly size?: string
  readonly fps?: number
  readonly seconds?: number
  readonly codec?: 'libx264' | 'libx265'
  readonly more?: readonly string[]
}

/** A folder for clips, gone at the end. */
export class ClipFolder implements AsyncDisposable {
  readonly path: string

  constructor(path: string) {
    this.path = path
  }

  static async make(): Promise<ClipFolder> {
    return new ClipFolder(await mkdtemp(join(tmpdir(), 'clips-')))
  }

  /** A moving test card; returns its path. */
  async draw(name: string, drawing: Drawing = {}): Promise<string> {
    const { size = '320x240', fps = 10, seconds = 2, codec = 'libx264', more = [] } = drawing
    const path = join(this.path, name)
    const card = `testsrc2=size=${size}:rate=${fps}:duration=${seconds}`
    const quiet = codec === 'libx265' ? ['-x265-params', 'log-level=error'] : []
    await ffmpeg('-f', 'lavfi', '-i', card, '-c:v', codec, '-preset', 'ultrafast', ...quiet, ...more, path)
    return path
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.path, { recursive: true, force: true })
  }
}
