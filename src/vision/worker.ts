/** A vision worker: owns one session per model, also of one with two tasks, analyses frames one at a time, keeps them, and makes their snapshots. */
import { parentPort, workerData } from 'node:worker_threads'
import { GatewayError } from '../kit/errors.ts'
import type { Look } from './detector.ts'
import { Eyes } from './eyes.ts'
import { HeldFrames } from './held-frames.ts'
import type { Costs, FromWorker, Task, ToWorker, WorkerSetup } from './messages.ts'
import { encodeSnapshot } from './snapshot.ts'

type Say = (message: FromWorker, transfer?: ArrayBuffer[]) => void

class VisionWorker {
  readonly #eyes: Eyes
  readonly #held: HeldFrames
  readonly #say: Say
  /** Evictions that the pool knows of. */
  #toldEvicted = 0

  constructor(eyes: Eyes, maxHeld: number, say: Say) {
    this.#eyes = eyes
    this.#held = new HeldFrames(maxHeld, (pixels) => this.#giveBack(pixels))
    this.#say = say
  }

  async take(message: ToWorker): Promise<void> {
    if (message.kind === 'release') this.#held.delete(message.handle)
    else if (message.kind === 'detect') await this.#detect(message)
    else if (message.kind === 'snapshot') await this.#snapshot(message)
  }

  close(): Promise<void> {
    return this.#eyes.close()
  }

  async #detect({ id, handle, picture, look, faces }: Extract<Task, { kind: 'detect' }>): Promise<void> {
    try {
      const { detections, looks, whole } = await this.#eyes.see(picture, look, faces)
      this.#held.put(handle, { picture, detections, whole })
      const evicted = this.#held.evicted - this.#toldEvicted
      this.#toldEvicted += evicted
      this.#say({ kind: 'detected', id, detections, costs: costsOf(looks), evicted })
    } catch (error) {
      this.#say({ kind: 'failed', id, message: (error as Error).message })
      this.#giveBack(picture.pixels)
    }
  }

  async #snapshot(task: Extract<Task, { kind: 'snapshot' }>): Promise<void> {
    const { id, handle, objects, picture: sent } = task
    try {
      if (sent) this.#held.put(handle, { picture: sent, detections: [], whole: false })
      const frame = this.#held.get(handle)
      if (!frame) throw new Error('the frame is no longer held')
      frame.redacted ??= this.#eyes.redact(frame.picture, frame.detections, frame.whole)
      const picture = await encodeSnapshot(await frame.redacted, objects)
      this.#say({ kind: 'picture', id, picture }, [picture.jpeg.buffer as ArrayBuffer])
    } catch (error) {
      this.#say({
        kind: 'picture',
        id,
        picture: { missing: 'redaction-failed' },
        why: (error as Error).message,
      })
    }
  }

  #giveBack(pixels: Uint8Array): void {
    this.#say({ kind: 'returned', pixels }, [pixels.buffer as ArrayBuffer])
  }
}

function costsOf(looks: readonly Look[]): Costs {
  const sum = (pick: (look: Look) => number) => looks.reduce((total, look) => total + pick(look), 0)
  return {
    tensors: looks.map(({ tensor }) => tensor),
    preMs: sum((look) => look.preMs),
    modelMs: sum((look) => look.modelMs),
    postMs: sum((look) => look.postMs),
    absurd: sum((look) => look.absurd),
    capped: sum((look) => look.capped),
  }
}

/** Messages are served one after the other, in order, until `stop`; then the sessions close and the thread ends. */
async function serve(): Promise<void> {
  const port = parentPort
  if (!port) throw new Error('vision/worker.ts runs in a worker thread only')
  const setup = workerData as WorkerSetup
  const say: Say = (message, transfer = []) => port.postMessage(message, transfer)
  let worker: VisionWorker
  try {
    worker = new VisionWorker(await Eyes.open(setup.models), setup.maxHeld, say)
  } catch (error) {
    const code = error instanceof GatewayError ? error.code : 'MODEL_REFUSED'
    say({ kind: 'refused', code, message: (error as Error).message })
    return port.close()
  }
  let last: Promise<void> = Promise.resolve()
  port.on('message', (message: ToWorker) => {
    last = last.then(() => worker.take(message))
    if (message.kind === 'stop') last = last.then(() => worker.close()).then(() => port.close())
  })
  say({ kind: 'ready' })
}

await serve()
