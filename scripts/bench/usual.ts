/**
 * bench:cameras, second part: what the usual method costs. Every picture is decoded, scaled to 640 × 360 at 5 a second and
 * searched for motion, with the command line and the motion detector that Frigate's defaults give; one Python process and
 * one ffmpeg for each camera.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { ProcessTree } from './process-tree.ts'
import type { PlayingCamera } from './sim-process.ts'
import { median, observe } from './window.ts'

const program = fileURLToPath(new URL('usual-motion.py', import.meta.url))
/** The system's: a version manager's Python has not what Debian installs. */
const python = '/usr/bin/python3'
const warmUpSeconds = 30

/** Size of the pictures it looks at. */
export const usualPicture = { width: 640, height: 360 }

export interface UsualCost {
  /** Processor seconds in the window; no model runs in it. */
  readonly cpuSeconds: number
  readonly pssBytesPerCamera: number
  readonly seconds: number
  /** Pictures looked at, and those of them that a model would have to look at. */
  readonly frames: number
  readonly motionFrames: number
}

/** Throws a sentence that says what to install. */
export function checkUsual(): void {
  try {
    execFileSync(python, ['-c', 'import cv2, numpy'], { stdio: 'ignore' })
  } catch {
    throw new Error(
      'the usual method needs Python with OpenCV: apt-get install --no-install-recommends python3-opencv python3-numpy',
    )
  }
}

class UsualCamera {
  readonly tree: ProcessTree
  counts = { frames: 0, motion: 0 }
  readonly #child: ChildProcess

  constructor({ url }: PlayingCamera) {
    const child = spawn(python, [program, url], { stdio: ['ignore', 'pipe', 'inherit'], detached: true })
    this.#child = child
    createInterface({ input: child.stdout }).on('line', (line) => {
      this.counts = JSON.parse(line) as typeof this.counts
    })
    this.tree = new ProcessTree(child.pid!)
  }

  /** Ends its ffmpeg too: both are a process group of their own. */
  async stop(): Promise<void> {
    if (this.#child.exitCode !== null) throw new Error('the usual method ended before its time: see above')
    const ended = once(this.#child, 'exit')
    process.kill(-this.#child.pid!, 'SIGKILL')
    await ended
  }
}

export async function measureUsual(
  cameras: readonly PlayingCamera[],
  seconds: number,
  say: (text: string) => void,
): Promise<UsualCost> {
  const running = cameras.map((camera) => new UsualCamera(camera))
  const counts = (kind: 'frames' | 'motion') => running.reduce((sum, camera) => sum + camera.counts[kind], 0)
  try {
    say(`the usual method: ${cameras.length} cameras, ${warmUpSeconds} s to warm up, then ${seconds} s`)
    await delay(warmUpSeconds * 1_000)
    const before = { frames: counts('frames'), motion: counts('motion') }
    const seen = await observe(
      running.map(({ tree }) => tree),
      seconds,
    )
    return {
      cpuSeconds: seen.cpuSeconds,
      pssBytesPerCamera: median(seen.pssBytes) / cameras.length,
      seconds: (seen.to - seen.from) / 1_000,
      frames: counts('frames') - before.frames,
      motionFrames: counts('motion') - before.motion,
    }
  } finally {
    await Promise.all(running.map((camera) => camera.stop()))
  }
}
