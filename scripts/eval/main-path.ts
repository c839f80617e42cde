/** The gateway's main path over clips, as fast as it goes: what evaluation and regression files are made with. */
import type { Alert } from '../../src/domain/alert.ts'
import type { Camera } from '../../src/domain/camera.ts'
import { Networks } from '../../src/ingest/networks.ts'
import { createLog } from '../../src/kit/log.ts'
import { SecretMask } from '../../src/kit/secrets.ts'
import { replayClip } from '../../src/replay.ts'
import { VisionPool } from '../../src/vision/pool.ts'
import type { Models } from '../../src/vision/ports.ts'

/** As often as a camera is looked at when something moves. */
export const eventFps = 5
/** Widest frame, as the gateway takes it by default. */
const maxWidth = 1280
const workers = 2

export type Watched = Pick<Camera, 'zones' | 'lines' | 'rules'>

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

  /** All that is told of a clip, in order, times from its beginning. */
  async alerts(file: string, watched: Watched): Promise<Alert[]> {
    const found: Alert[] = []
    await replayClip(file, {
      ...{ camera: cameraOf(file, watched), vision: this.#vision, workers, maxWidth, fps: eventFps },
      ...{ networks: this.#networks, log: this.#log, signal: new AbortController().signal },
      save: async (alert) => void found.push(alert),
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
