/** A Node program as its own process, with everything it wrote; `skyeye` is one. */
import { spawn } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url))

export interface ProgramOptions {
  readonly cwd?: string
  /** Over this process's own; undefined takes one away. */
  readonly env?: Readonly<Record<string, string | undefined>>
}

export class Program {
  out = ''
  err = ''
  /** Resolves with the exit status, or the name of the signal that ended it. */
  readonly ended: Promise<number | string>
  readonly #child: ReturnType<typeof spawn>

  constructor(args: readonly string[], { cwd, env }: ProgramOptions = {}) {
    const child = spawn(process.execPath, args, {
      ...{ cwd, env: { ...process.env, ...env } },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    this.#child = child
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      this.out += text
    })
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.err += text
    })
    this.ended = new Promise((resolve, reject) => {
      child.once('error', reject)
      child.once('close', (code, signal) => resolve(code ?? signal ?? ''))
    })
  }

  get pid(): number {
    return this.#child.pid ?? 0
  }

  /** Its log, line by line. */
  get lines(): Record<string, unknown>[] {
    return this.err
      .split('\n')
      .filter((line) => line.startsWith('{') && line.endsWith('}'))
      .map((line) => JSON.parse(line) as Record<string, unknown>)
  }

  signal(name: NodeJS.Signals): void {
    this.#child.kill(name)
  }

  async kill(): Promise<void> {
    this.signal('SIGKILL')
    await this.ended
  }
}

export function skyeye(args: readonly string[], options: ProgramOptions = {}): Program {
  return new Program([main, ...args], options)
}

/** Runs `skyeye` to its end. */
export async function ran(args: readonly string[], options: ProgramOptions = {}) {
  const program = skyeye(args, options)
  const status = await program.ended
  return { status, out: program.out, err: program.err }
}

/** Processes that run and have the text in their environment. */
export function withMark(text: string): number[] {
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => {
      if (!pid) return false
      try {
        return readFileSync(`/proc/${pid}/environ`, 'latin1').includes(text)
      } catch {
        return false
      }
    })
}
