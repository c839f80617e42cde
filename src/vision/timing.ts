/** What a model takes on this machine: one thread, pictures of its own size. */
import { frameBytes } from '../domain/frame.ts'
import { Detector, type Look } from './detector.ts'
import { cameraPicture } from './fit.ts'
import type { ModelOnDisk } from './ports.ts'

/** Medians, ms. */
export interface Timing {
  /** Size of the model's input, pixels. */
  readonly width: number
  readonly height: number
  readonly runs: number
  /** The model itself; filling its tensors; reading its output. */
  readonly modelMs: number
  readonly preMs: number
  readonly postMs: number
}

/** Looks at noise (what is in a picture does not change what a network takes) so many times. Throws MODEL_REFUSED. */
export async function timeModel(
  model: ModelOnDisk,
  runs: number,
  onRun: (done: number) => void,
): Promise<Timing> {
  const detector = await Detector.open(model)
  try {
    const size = cameraPicture(model.manifest.input.size)
    const pixels = Uint8Array.from(
      { length: frameBytes(size.width, size.height) },
      (_, i) => (i * 7_919) % 256,
    )
    const looks: Look[] = []
    for (let done = 1; done <= runs; done++) {
      looks.push(await detector.look({ ...size, pixels }))
      onRun(done)
    }
    const median = (pick: (look: Look) => number) => {
      const middle = looks.map(pick).sort((a, b) => a - b)[Math.floor(runs / 2)]
      return Math.round(middle * 100) / 100
    }
    const { width, height } = looks[0]
    return {
      ...{ width, height, runs },
      modelMs: median((look) => look.modelMs),
      preMs: median((look) => look.preMs),
      postMs: median((look) => look.postMs),
    }
  } finally {
    await detector.close()
  }
}
