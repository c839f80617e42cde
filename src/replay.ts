/** Replay: one camera's main path over a clip, every frame once and as fast as the workers look. */
import { wantsObjects } from './attention/static-objects.ts'
import { ClipObjects } from './clip-objects.ts'
import type { Camera } from './domain/camera.ts'
import type { Frame } from './domain/frame.ts'
import type { Track } from './domain/track.ts'
import { type ClipOptions, readClip } from './ingest/clip.ts'
import { pipeline, type Sighting, type Stages } from './pipeline.ts'
import { stagesOf } from './stages.ts'

export interface ReplayOptions extends ClipOptions {
  readonly camera: Camera
  /** Started. */
  readonly vision: Stages['vision']
  /** Frames that it looks at side by side. */
  readonly workers: number
  readonly save: Stages['save']
  /** Hears what is followed in each frame, in their order. */
  readonly onFrame?: (tracks: readonly Track[], time: number) => void
}

/** Until the clip ends or the signal comes; what is open then ends as `camera-lost`. Throws the reason where the clip ends badly. */
export async function replayClip(clip: string, options: ReplayOptions): Promise<void> {
  const { camera, vision, workers, save, onFrame } = options
  const ahead = new LookAhead(vision, workers)
  const objects = wantsObjects(camera.rules) ? new ClipObjects() : undefined
  let lastTime = options.startTime ?? 0
  const follow: Stages['attention']['follow'] = (tracks, time) => {
    lastTime = time
    objects?.follow(tracks, time)
    onFrame?.(tracks, time)
  }
  const stages = stagesOf({
    camera,
    vision: ahead,
    attention: { follow },
    objects: () => objects?.view,
    save,
  })
  const frames = readClip(clip, options)
  await pipeline(ahead.frames(objects?.over(frames) ?? frames), stages)
  for (const alert of stages.alerts.raise(stages.rules.end('camera-lost', lastTime)))
    await save(alert, undefined)
}

/**
 * A clip is there as a whole, so while one frame is followed the next ones are already being looked at: every worker has
 * something to do, and the main path still sees frame after frame in order.
 */
class LookAhead {
  readonly snapshot: Stages['vision']['snapshot']
  readonly release: Stages['vision']['release']
  readonly #vision: Stages['vision']
  readonly #depth: number
  readonly #pending = new Map<Frame, Promise<Sighting | undefined>>()

  constructor(vision: Stages['vision'], workers: number) {
    this.#vision = vision
    this.#depth = workers + 1
    this.snapshot = (handle, objects) => vision.snapshot(handle, objects)
    this.release = (handle) => vision.release(handle)
  }

  async *frames(frames: AsyncIterable<Frame>): AsyncGenerator<Frame> {
    for await (const frame of frames) {
      const sighting = this.#vision.detect(frame)
      // Whoever awaits it hears of a failure; until then it is nobody's unhandled rejection.
      sighting.catch(() => {})
      this.#pending.set(frame, sighting)
      if (this.#pending.size > this.#depth) yield this.#oldest()
    }
    while (this.#pending.size > 0) yield this.#oldest()
  }

  detect(frame: Frame): Promise<Sighting | undefined> {
    const sighting = this.#pending.get(frame)
    this.#pending.delete(frame)
    return sighting ?? this.#vision.detect(frame)
  }

  #oldest(): Frame {
    const [frame] = this.#pending.keys()
    return frame
  }
}
