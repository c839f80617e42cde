/** A gateway as its own process, so that a test can kill it as a power cut would. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { stringify } from 'yaml'

const entry = fileURLToPath(new URL('../support/gateway-main.ts', import.meta.url))

export interface Line {
  readonly level: number
  readonly msg: string
  readonly [field: string]: unknown
}

export class GatewayProcess {
  readonly lines: Line[] = []
  readonly #child: ChildProcess
  #rest = ''

  /** `config` is written to `folder/skyeye.yaml`; the gateway uses the spot models (test/support/spot-model.ts). */
  constructor(folder: string, config: object) {
    const path = join(folder, 'skyeye.yaml')
    writeFileSync(path, stringify(config))
    this.#child = spawn(process.execPath, [entry, path, join(folder, 'models')], {
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      const parts = (this.#rest + text).split('\n')
      this.#rest = parts.pop() ?? ''
      for (const part of parts) this.lines.push(parse(part))
    })
  }

  get pid(): number {
    return this.#child.pid ?? 0
  }

  /** Everything the process has written, for a failing test's message. */
  get text(): string {
    return this.lines.map((line) => JSON.stringify(line)).join('\n')
  }

  /** Resolves with the exit status, or the name of the signal that ended it. */
  async end(signal: NodeJS.Signals): Promise<number | string> {
    if (this.#child.exitCode !== null) return this.#child.exitCode
    if (this.#child.signalCode !== null) return this.#child.signalCode
    const ended = once(this.#child, 'exit')
    this.#child.kill(signal)
    const [code, name] = (await ended) as [number | null, string | null]
    return code ?? name ?? ''
  }
}

function parse(line: string): Line {
  try {
    return JSON.parse(line) as Line
  } catch {
    return { level: 0, msg: line }
  }
}
