/** The camera simulator as a process of its own, so that what it costs is not charged to what is measured. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { type Material, phases } from './material.ts'

const program = fileURLToPath(new URL('../sim.ts', import.meta.url))

export interface PlayingCamera {
  readonly name: string
  readonly url: string
  /** Epoch ms at which the first round of its loop began. */
  readonly runsSince: number
}

export class SimProcess {
  readonly cameras: readonly PlayingCamera[]
  readonly #child: ChildProcess

  private constructor(child: ChildProcess, cameras: readonly PlayingCamera[]) {
    this.#child = child
    this.cameras = cameras
  }

  /** So many cameras that play the material, each at another place of it. Throws with the simulator's words. */
  static async start(material: Material, count: number): Promise<SimProcess> {
    const wishes = phases(count, material).flatMap((phase, n) => [
      '--camera',
      `camera-${n + 1}=${material.file},codec=${material.codec},phase=${phase}`,
    ])
    const args = [program, '--json', '--port', '0', ...wishes]
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] })
    let words = ''
    child.stderr.on('data', (bytes) => {
      words = (words + bytes).slice(-2_000)
    })
    for await (const line of createInterface({ input: child.stdout })) {
      const { cameras } = JSON.parse(line) as { cameras: PlayingCamera[] }
      return new SimProcess(child, cameras)
    }
    throw new Error(`the camera simulator did not start: ${words.trim()}`)
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    const ended = once(this.#child, 'exit')
    this.#child.kill('SIGTERM')
    await ended
  }
}
