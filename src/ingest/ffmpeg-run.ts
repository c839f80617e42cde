/** One run of ffmpeg: started without a shell, ended with us whatever happens to us, its last words kept. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Readable } from 'node:stream'
import { GatewayError } from '../kit/errors.ts'
import type { SocketPair } from '../kit/socket-pair.ts'
import { changedInput, ffmpegMissing } from './ffmpeg.ts'

/** How a run ended: its exit code, or the signal that ended it. */
export interface Exit {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

const keptLines = 20
const keptLineLength = 500

export class FfmpegRun {
  /** What it writes to descriptor 1; ours of the two sockets where it was started with a pair. */
  readonly stdout: Readable
  /** What it writes to descriptor 3, where the run was started with one. */
  readonly side: Readable | undefined
  /** Resolves when the process is gone. Rejects with FFMPEG_MISSING where it could not be started. */
  readonly exit: Promise<Exit>
  readonly #child: ChildProcess
  readonly #lines: string[] = []
  #line = ''
  #stopped = false
  #formatChanged = false

  /**
   * @param args ffmpeg's own, each one argument whatever it contains
   * @param io `side` opens descriptor 3; a pair of sockets serves as its standard input and output both
   */
  constructor(args: readonly string[], io: 'side' | SocketPair | undefined = undefined) {
    const pair = typeof io === 'object' ? io : undefined
    // setpriv becomes ffmpeg (exec) and has the kernel end it when we die, also by SIGKILL.
    this.#child = spawn('setpriv', ['--pdeathsig', 'KILL', '--', 'ffmpeg', ...args], {
      stdio: [
        pair?.far ?? 'ignore',
        pair?.far ?? 'pipe',
        'pipe',
        ...(io === 'side' ? (['pipe'] as const) : []),
      ],
      // FFREPORT and the like have no say, and no secret of ours is in its environment.
      env: { PATH: process.env.PATH },
    })
    this.exit = once(this.#child, 'close').then(
      ([code, signal]) => ({ code, signal }),
      (error: unknown) => {
        throw ffmpegMissing(
          `setpriv could not be started (${error instanceof Error ? error.message : error})`,
        )
      },
    )
    this.exit.catch(() => {})
    // Without a free file descriptor there are no pipes at all.
    const [, out, stderr, side] = (this.#child.stdio ?? []) as (Readable | undefined)[]
    const stdout = pair?.near ?? out
    pair?.far.destroy()
    if (!stdout)
      throw new GatewayError('STREAM_FAILED', 'No process could be started: too many files are open.')
    this.stdout = stdout
    this.side = side
    for (const pipe of [stdout, stderr, side]) pipe?.on('error', () => pipe.destroy())
    stderr?.setEncoding('utf8').on('data', (text: string) => this.#keep(text))
  }

  get pid(): number | undefined {
    return this.#child.pid
  }

  /** Was it us who ended it? */
  get stopped(): boolean {
    return this.#stopped
  }

  /** Did the source change its picture size or pixel format? The run then ends itself, after the pictures before. */
  get formatChanged(): boolean {
    return this.#formatChanged
  }

  /** The last lines it wrote to stderr, oldest first: 20 lines of 500 characters at most. */
  get lastWords(): readonly string[] {
    return this.#line.trim() ? [...this.#lines, this.#line] : this.#lines
  }

  /** Ends it and resolves when it is gone. Idempotent. */
  async stop(): Promise<void> {
    if (!this.#stopped && this.#child.exitCode === null && this.#child.signalCode === null) {
      this.#stopped = true
      // SIGTERM would make it flush into a pipe that nobody reads any more, and hang.
      this.#child.kill('SIGKILL')
    }
    this.stdout.destroy()
    this.side?.destroy()
    await this.exit.catch(() => {})
  }

  /** In good manners: whoever reads the pictures shall get those before the change. */
  #endWithFormat(): void {
    if (this.#formatChanged) return
    this.#formatChanged = true
    this.#child.kill('SIGTERM')
  }

  #keep(text: string): void {
    const lines = (this.#line + text).split(/\r?\n|\r/)
    this.#line = (lines.pop() ?? '').slice(0, keptLineLength)
    for (const line of lines) {
      if (line.trim()) this.#lines.push(line.slice(0, keptLineLength))
      if (changedInput.test(line)) this.#endWithFormat()
    }
    this.#lines.splice(0, this.#lines.length - keptLines)
  }
}
