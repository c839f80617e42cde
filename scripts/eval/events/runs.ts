/** What the gateway's tracker and rules tell of a sequence: from annotated boxes, with or without planted faults, and end to end from its clip. */
import type { Alert } from '../../../src/domain/alert.ts'
import type { Camera } from '../../../src/domain/camera.ts'
import type { Detection } from '../../../src/domain/detection.ts'
import { clip, wholePicture } from '../../../src/domain/geometry.ts'
import { Networks } from '../../../src/ingest/networks.ts'
import { createLog } from '../../../src/kit/log.ts'
import { SecretMask } from '../../../src/kit/secrets.ts'
import { replayClip } from '../../../src/replay.ts'
import { AlertBook } from '../../../src/rules/alerts.ts'
import { RuleEngine } from '../../../src/rules/engine.ts'
import { Tracker } from '../../../src/track/tracker.ts'
import { VisionPool } from '../../../src/vision/pool.ts'
import type { Models } from '../../../src/vision/ports.ts'
import { type Sequence, type SequenceFrame, sampled } from '../sequences.ts'
import type { Told } from './score.ts'

/** As often as a camera is looked at when something moves. */
export const eventFps = 5
/** Widest frame, as the gateway takes it by default. */
const maxWidth = 1280
const workers = 2

export type Watched = Pick<Camera, 'zones' | 'lines' | 'rules'>

/** The boxes as a detector without any fault would see them. */
export function annotatedBoxes({ truths }: SequenceFrame): Detection[] {
  return truths.map(({ box }) => ({ label: 'person', confidence: 0.9, box: clip(box) }))
}

/** Tracker and rules over boxes, at `eventFps`. */
export function toldOfBoxes(
  sequence: Sequence,
  watched: Watched,
  detect: (frame: SequenceFrame) => readonly Detection[],
): Told[] {
  const tracker = new Tracker()
  const engine = new RuleEngine(watched)
  let ids = 0
  const book = new AlertBook({ camera: 'eval', rules: watched.rules, newId: () => String(++ids) })
  return sampled(sequence, eventFps).flatMap((frame) => {
    const { timeMs } = frame
    const tracks = tracker.update(detect(frame), [wholePicture], timeMs, sequence.width / sequence.height)
    return book.raise(engine.evaluate(tracks, timeMs)).flatMap(toldBy)
  })
}

export function toldBy({ phase, rule, time, objects, direction, kind }: Alert): Told[] {
  if (phase !== 'began') return []
  const box = kind === 'crowding' ? undefined : objects[0]?.box
  return [{ rule, timeMs: time, ...(box && { box }), ...(direction && { direction }) }]
}

/** The gateway's main path over clips: models, tracker, rules and alerts as they run in the field. */
export class MainPath {
  readonly #vision: VisionPool
  readonly #log = createLog('warn', new SecretMask([]))
  readonly #networks = new Networks([])

  constructor(models: Models) {
    const onHung = () => {
      throw new Error('a model run hangs')
    }
    this.#vision = new VisionPool({ workers, models, log: this.#log, onHung })
  }

  start(): Promise<void> {
    return this.#vision.start()
  }

  async stop(): Promise<void> {
    await this.#vision.stop()
  }

  /** Of a clip, at `eventFps`. */
  async tell(file: string, watched: Watched): Promise<Told[]> {
    const found: Told[] = []
    await replayClip(file, {
      ...{ camera: cameraOf(file, watched), vision: this.#vision, workers, maxWidth, fps: eventFps },
      ...{ networks: this.#networks, log: this.#log, signal: new AbortController().signal },
      save: async (alert) => void found.push(...toldBy(alert)),
    })
    return found
  }
}

function cameraOf(file: string, watched: Watched): Camera {
  return {
    ...{ id: 'eval', name: 'eval', tier: 'public', url: `file:${file}`, enabled: true, tags: [], grid: {} },
    ...{ masks: [], ...watched },
  }
}
