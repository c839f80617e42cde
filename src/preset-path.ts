/** The main path of a camera that turns: each stay at a preset has stages of its own, and what it left open ends before the next begins. */
import type { Frame } from './domain/frame.ts'
import type { Stages } from './pipeline.ts'
import type { Source } from './watch.ts'

/** What watches while the camera stands at one preset. */
export interface Stay {
  readonly preset: string
  readonly stages: Stages
  /** Nobody watches it any more. */
  end(): void
}

export class PresetPath implements Source {
  readonly #source: Source
  readonly #drop: (frame: Frame) => void
  /** Whose frames the main path works on, and whose it shall. */
  #now: Stay | undefined
  #next: Stay | undefined
  #wake: () => void = () => {}
  readonly stages: Stages

  /** `drop`: a frame that is of no stay, or of one that is over. */
  constructor(source: Source, drop: (frame: Frame) => void) {
    this.#source = source
    this.#drop = drop
    this.stages = this.#facade()
  }

  /** It has come to rest, or left. */
  turn(to: Stay | undefined): void {
    this.#next = to
    this.#wake()
  }

  /** Ends what is told of the stay. */
  end(): void {
    this.#now?.end()
  }

  /** While the main path waits for a frame stays end and begin: so an alert never ends before it was saved as begun. */
  async *frames(signal: AbortSignal): AsyncGenerator<Frame> {
    const iterator = this.#source.frames(signal)[Symbol.asyncIterator]()
    try {
      for (let next = iterator.next(); ; next = iterator.next()) {
        let first: IteratorResult<Frame> | undefined
        while (!first) {
          const turned = new Promise<undefined>((resolve) => {
            this.#wake = () => resolve(undefined)
          })
          await this.#change()
          first = await Promise.race([next, turned])
        }
        await this.#change()
        if (first.done) return
        yield first.value
      }
    } finally {
      await iterator.return?.()
    }
  }

  async #change(): Promise<void> {
    while (this.#now !== this.#next) {
      const over = this.#now
      this.#now = this.#next
      if (!over) continue
      const { alerts, rules, save } = over.stages
      for (const alert of alerts.raise(rules.end('camera-turned', Date.now()))) await save(alert, undefined)
      over.end()
    }
  }

  #facade(): Stages {
    const stages = () => this.#now?.stages
    return {
      vision: {
        detect: async (frame) => {
          if (this.#now && frame.preset === this.#now.preset) return this.#now.stages.vision.detect(frame)
          this.#drop(frame)
          return undefined
        },
        snapshot: async (handle, objects) =>
          stages()?.vision.snapshot(handle, objects) ?? { missing: 'view-moved' },
        release: (handle) => stages()?.vision.release(handle),
      },
      tracker: { update: (...seen) => stages()?.tracker.update(...seen) ?? [] },
      attention: { follow: (tracks, time) => stages()?.attention.follow(tracks, time) },
      rules: {
        evaluate: (tracks, time) => stages()?.rules.evaluate(tracks, time) ?? [],
        end: (because, time) => stages()?.rules.end(because, time) ?? [],
      },
      alerts: { raise: (events) => stages()?.alerts.raise(events) ?? [] },
      save: async (alert, picture) => stages()?.save(alert, picture),
    }
  }
}
