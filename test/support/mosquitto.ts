/** A real mosquitto on a free loopback port, with its own configuration and folder. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'

const program = '/usr/sbin/mosquitto'

/** For `describe.skipIf`: where it is false, `apt-get install mosquitto` helps. */
export const mosquittoPresent = existsSync(program)

export async function freePort(): Promise<number> {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  await once(server, 'close')
  return port
}

export interface MosquittoOptions {
  /** Its own folder, kept afterwards; a temporary one, removed by `dispose`, where absent. */
  readonly folder?: string
  /** Keeps sessions, queues and retained messages over a clean stop. */
  readonly persistent?: boolean
  /** Further lines of its configuration. */
  readonly config?: readonly string[]
  /** Files of its folder, by name; `{dir}` in `config` stands for the folder. */
  readonly files?: Readonly<Record<string, string>>
  /** TLS on the listener. */
  readonly scheme?: 'mqtt' | 'mqtts'
}

export class Mosquitto {
  readonly #options: MosquittoOptions
  #folder: string | undefined
  #port = 0
  #child: ChildProcess | undefined
  #output = ''

  constructor(options: MosquittoOptions = {}) {
    this.#options = options
  }

  /** Chosen at the first start and kept. */
  get port(): number {
    return this.#port
  }

  get url(): string {
    return `${this.#options.scheme ?? 'mqtt'}://127.0.0.1:${this.#port}`
  }

  /** Waits until it accepts connections. Also starts it again, on the same port, after `stop` or `kill`. */
  async start(): Promise<void> {
    this.#folder ??= await this.#prepare()
    const args = ['-c', join(this.#folder, 'mosquitto.conf')]
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] })
    this.#child = child
    this.#output = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        this.#output = (this.#output + chunk).slice(-20_000)
      })
    }
    while (!(await accepts(this.#port))) {
      if (child.exitCode !== null) throw new Error(`mosquitto ended at once:\n${this.#output}`)
      await delay(20)
    }
  }

  async stop(): Promise<void> {
    await this.#end('SIGTERM')
  }

  /** As a power cut would. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL')
  }

  /** It hangs: connections stay, nothing is answered. */
  pause(): void {
    this.#child?.kill('SIGSTOP')
  }

  resume(): void {
    this.#child?.kill('SIGCONT')
  }

  /** Stops it and removes its temporary folder. */
  async dispose(): Promise<void> {
    await this.kill()
    if (this.#folder && !this.#options.folder) await rm(this.#folder, { recursive: true, force: true })
  }

  /** With other lines of configuration from the next start on, at the same port. */
  async configure(config: readonly string[]): Promise<void> {
    this.#folder ??= await this.#prepare()
    await this.#write(this.#folder, config)
  }

  async #prepare(): Promise<string> {
    const { config = ['allow_anonymous true'], files = {} } = this.#options
    const folder = this.#options.folder ?? (await mkdtemp(join(tmpdir(), 'skyeye-mosquitto-')))
    await mkdir(folder, { recursive: true })
    this.#port = await freePort()
    for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text)
    await this.#write(folder, config)
    return folder
  }

  async #write(folder: string, config: readonly string[]): Promise<void> {
    const { persistent = false } = this.#options
    // As root it would change to an account that cannot read the folder.
    const account = process.getuid?.() === 0 ? ['user root'] : []
    const persistence = persistent
      ? ['persistence true', 'persistence_location {dir}/', 'autosave_on_changes true', 'autosave_interval 1']
      : ['persistence false']
    const lines = [`listener ${this.#port} 127.0.0.1`, ...persistence, ...account, ...config]
    await writeFile(join(folder, 'mosquitto.conf'), lines.join('\n').replaceAll('{dir}', folder))
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child
    this.#child = undefined
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    const ended = once(child, 'exit')
    child.kill(signal)
    await ended
  }
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
}
