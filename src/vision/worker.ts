/** A vision worker: owns one session per model, analyses frames one at a time, keeps them, and makes their snapshots. */
import { parentPort, workerData } from 'node:worker_threads'
import type { Detection } from '../domain/detection.ts'
import { GatewayError } from '../kit/errors.ts'
import { Detector, type Look } from './detector.ts'
import type { Picture420 } from './fit.ts'
import { HeldFrames } from './held-frames.ts'
import type { Costs, FromWorker, Task, ToWorker, WorkerSetup } from './messages.ts'
import { encodeSnapshot, redactPicture } from './snapshot.ts'

/** From this confidence a person is worth a look for faces. */
const leastPersonForFaces = 0.3

class VisionWorker {
  readonly #objects: Detector
  readonly #faces: Detector
  readonly #held: HeldFrames
  readonly #say: (message: FromWorker, transfer?: ArrayBuffer[]) => void

  constructor(
    objects: Detector,
    faces: Detector,
    held: HeldFrames,
    say: (message: FromWorker, transfer?: ArrayBuffer[]) => void,
  ) {
    this.#objects = objects
    this.#faces = faces
    this.#held = held
    this.#say = say
  }

  async take(message: ToWorker): Promise<void> {
    if (message.kind === 'release') this.#held.delete(message.handle)
    else if (message.kind === 'detect') await this.#detect(message)
    else if (message.kind === 'snapshot') await this.#snapshot(message)
  }

  async close(): Promise<void> {
    await this.#objects.close()
    await this.#faces.close()
  }

  async #detect({ id, handle, picture, faces }: Extract<Task, { kind: 'detect' }>): Promise<void> {
    try {
      const { detections, looks } = await this.#see(picture, faces)
      this.#held.put(handle, { picture, detections })
      this.#say({ kind: 'detected', id, detections, costs: costsOf(looks), evicted: this.#held.evicted })
    } catch (error) {
      this.#say({ kind: 'failed', id, message: (error as Error).message })
    }
  }

  async #see(picture: Picture420, withFaces: boolean): Promise<{ detections: Detection[]; looks: Look[] }> {
    const things = await this.#objects.look(picture)
    const someone = things.detections.some(
      (one) => one.label === 'person' && one.confidence >= leastPersonForFaces,
    )
    if (!withFaces || !someone) return { detections: things.detections, looks: [things] }
    const faces = await this.#faces.look(picture)
    return { detections: [...things.detections, ...faces.detections], looks: [things, faces] }
  }

  async #snapshot({ id, handle, objects }: Extract<Task, { kind: 'snapshot' }>): Promise<void> {
    try {
      const frame = this.#held.get(handle)
      if (!frame) throw new Error('the frame is no longer held')
      frame.redacted ??= redactPicture(this.#faces, frame)
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
  const say = (message: FromWorker, transfer: ArrayBuffer[] = []) => port.postMessage(message, transfer)
  let worker: VisionWorker
  try {
    const objects = await Detector.open(setup.objects)
    const faces = await Detector.open(setup.faces)
    worker = new VisionWorker(objects, faces, new HeldFrames(setup.maxHeld), say)
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
