/** The pool's end of one worker thread: sends tasks, matches answers, notices death and silence. */
import './no-telemetry.ts'
import { Worker } from 'node:worker_threads'
import { type ErrorCode, GatewayError } from '../kit/errors.ts'
import type { FromWorker, Task, ToWorker, WorkerSetup } from './messages.ts'

export type Answer = Extract<FromWorker, { id: number }>

export interface LinkOptions {
  readonly url: URL
  readonly setup: WorkerSetup
  /** A worker that owes an answer and gave none for this long is hung. */
  readonly runDeadlineMs: number
  /** A frame's pixels came back. */
  onReturned(pixels: Uint8Array): void
  onHung(): void
  /** The thread has ended after it was ready; `why` is absent after a stop. */
  onEnd(why: string | undefined): void
}

interface Owed {
  resolve(answer: Answer): void
  reject(error: Error): void
}

export class WorkerLink {
  readonly #options: LinkOptions
  readonly #worker: Worker
  readonly #owed = new Map<number, Owed>()
  readonly #ended: Promise<void>
  #silence: NodeJS.Timeout | undefined
  #error: Error | undefined
  #stopping = false

  private constructor(options: LinkOptions) {
    this.#options = options
    this.#worker = new Worker(options.url, { workerData: options.setup, name: 'vision' })
    this.#ended = new Promise((resolve) => {
      this.#worker.once('exit', () => resolve())
    })
    this.#worker.on('error', (error) => {
      this.#error = error instanceof Error ? error : new Error(String(error))
    })
  }

  /** Resolves when the worker has loaded and warmed its models. Throws MODEL_* or VISION_FAILED. */
  static async open(options: LinkOptions): Promise<WorkerLink> {
    const link = new WorkerLink(options)
    const first = await Promise.race([
      new Promise<FromWorker>((resolve) => link.#worker.once('message', resolve)),
      link.#ended.then(() => undefined),
    ])
    if (first?.kind !== 'ready') {
      await link.#ended
      const code: ErrorCode = first?.kind === 'refused' ? first.code : 'VISION_FAILED'
      const why =
        first?.kind === 'refused'
          ? first.message
          : `a vision worker ended at its start: ${link.#error?.message ?? 'no reason given'}`
      throw new GatewayError(code, why)
    }
    link.#worker.on('message', (answer: FromWorker) => link.#hear(answer))
    void link.#ended.then(() => link.#bury())
    return link
  }

  /** Answers owed. */
  get busy(): number {
    return this.#owed.size
  }

  /** Rejects with VISION_FAILED when the worker dies first. */
  ask(task: Task): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.#owed.set(task.id, { resolve, reject })
      if (this.#owed.size === 1) this.#watch()
      // Moving the memory instead of copying it; the sender's view is empty from here on.
      const transfer = task.picture ? [task.picture.pixels.buffer as ArrayBuffer] : []
      this.#worker.postMessage(task satisfies ToWorker, transfer)
    })
  }

  release(handle: number): void {
    this.#worker.postMessage({ kind: 'release', handle } satisfies ToWorker)
  }

  /** Waits for what is under way, closes the sessions, ends the thread. Never terminates it: ONNX Runtime would abort. */
  async stop(): Promise<void> {
    if (!this.#stopping) this.#worker.postMessage({ kind: 'stop' } satisfies ToWorker)
    this.#stopping = true
    await this.#ended
  }

  #hear(answer: FromWorker): void {
    if (answer.kind === 'returned') this.#options.onReturned(answer.pixels)
    if (!('id' in answer)) return
    const owed = this.#owed.get(answer.id)
    this.#owed.delete(answer.id)
    this.#watch()
    owed?.resolve(answer)
  }

  /** Every answer starts the silence anew. */
  #watch(): void {
    clearTimeout(this.#silence)
    if (this.#owed.size === 0) return
    this.#silence = setTimeout(() => this.#options.onHung(), this.#options.runDeadlineMs)
  }

  #bury(): void {
    clearTimeout(this.#silence)
    const why = this.#error?.message ?? 'the thread ended'
    for (const { reject } of this.#owed.values()) {
      reject(new GatewayError('VISION_FAILED', `A vision worker died with this frame: ${why}`))
    }
    this.#owed.clear()
    this.#options.onEnd(this.#stopping ? undefined : why)
  }
}
