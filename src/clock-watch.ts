/** Looks after the clocks of cameras: who hears of a camera hears of a clock that differs from the box's, and the log of one that is wrong. */
import type { Log } from './kit/log.ts'
import type { Part } from './kit/part.ts'

/** How often clocks are looked at, ms. */
const everyMs = 10_000
/** Beyond the first a clock is wrong, and no more below the second, ms: one that is set by NTP is never off by a second. */
const wrongMs = 5_000
const rightMs = 4_000
/** It is told anew when it has changed by so much, ms: what is less is the network's doing. */
const noticeableMs = 1_000

/** What is told of a camera's clock. */
export interface ClockFacts {
  /** Clock of the camera minus clock of the box. */
  readonly clockOffsetMs: number
  readonly clockWrong?: true
}

export interface ClockWatchOptions {
  /** By camera, of those that are watched: clock of the camera minus clock of the box, ms; undefined where it is not known. */
  offsets(): readonly (readonly [camera: string, offsetMs: number | undefined])[]
  /** What is known of the clock of that camera has changed noticeably. */
  tell(camera: string): void
  readonly log: Log
}

export class ClockWatch implements Part {
  readonly name = 'clocks'
  readonly #options: ClockWatchOptions
  #told: ReadonlyMap<string, ClockFacts> = new Map()
  #timer: NodeJS.Timeout | undefined

  constructor(options: ClockWatchOptions) {
    this.#options = options
  }

  async start(): Promise<void> {
    this.#timer = setInterval(() => this.look(), everyMs)
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer)
  }

  /** As last told; undefined where it is not known. */
  of(camera: string): ClockFacts | undefined {
    return this.#told.get(camera)
  }

  /** At all cameras. */
  look(): void {
    const { offsets, tell, log } = this.#options
    const before = this.#told
    const now = new Map<string, ClockFacts>()
    for (const [camera, offsetMs] of offsets()) {
      const facts = offsetMs === undefined ? undefined : judged(offsetMs, before.get(camera))
      if (facts) now.set(camera, facts)
    }
    this.#told = now
    for (const camera of before.keys()) if (!now.has(camera)) tell(camera)
    for (const [camera, facts] of now) {
      const known = before.get(camera)
      if (facts === known) continue
      if (facts.clockWrong !== known?.clockWrong) {
        const { clockOffsetMs, clockWrong } = facts
        if (clockWrong) log.warn({ camera, clockOffsetMs }, 'the clock of this camera is wrong')
        else if (known) log.info({ camera, clockOffsetMs }, 'the clock of this camera is right again')
      }
      tell(camera)
    }
  }
}

/** Those known where nothing noticeable has changed. */
function judged(offsetMs: number, known: ClockFacts | undefined): ClockFacts {
  const isWrong = Math.abs(offsetMs) > (known?.clockWrong ? rightMs : wrongMs)
  const isSame = isWrong === (known?.clockWrong ?? false)
  if (known && isSame && Math.abs(offsetMs - known.clockOffsetMs) < noticeableMs) return known
  return { clockOffsetMs: Math.round(offsetMs), ...(isWrong && { clockWrong: true }) }
}
