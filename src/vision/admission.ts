/** Lets cameras take their newest frame only when a worker is nearly free for it, in fair turns. */
import { Turns, type TurnsOptions } from './turns.ts'

/** A turn that nobody used for so long goes to the next camera, ms. */
const lapseMs = 1_000

interface Asking {
  resolve(): void
}

export class Admission {
  readonly #turns: Turns
  readonly #room: () => number
  readonly #asking = new Map<string, Asking>()
  /** Cameras whose turn it is, until they use it. */
  readonly #granted = new Map<string, NodeJS.Timeout>()

  /** `room`: frames that a worker would take at once. */
  constructor(options: TurnsOptions, room: () => number) {
    this.#turns = new Turns(options)
    this.#room = room
  }

  /** Cameras that wait for their turn. */
  get waiting(): number {
    return this.#turns.waiting
  }

  /** Resolves at the camera's turn, or when the signal fires: then without one. One question per camera at a time. */
  async turn(camera: string, signal: AbortSignal): Promise<void> {
    if (signal.aborted || this.#granted.has(camera)) return
    const withdraw = () => this.#withdraw(camera)
    signal.addEventListener('abort', withdraw, { once: true })
    try {
      await new Promise<void>((resolve) => {
        this.#asking.get(camera)?.resolve()
        this.#asking.set(camera, { resolve })
        this.#turns.ask(camera, performance.now())
        this.grant()
      })
    } finally {
      signal.removeEventListener('abort', withdraw)
    }
  }

  /** The camera's frame has arrived, or will not. */
  use(camera: string): void {
    clearTimeout(this.#granted.get(camera))
    this.#granted.delete(camera)
  }

  /** As many turns as there is room for. */
  grant(): void {
    while (this.#room() > this.#granted.size) {
      const camera = this.#turns.next(performance.now())
      if (camera === undefined) return
      this.#granted.set(
        camera,
        setTimeout(() => this.#lapse(camera), lapseMs),
      )
      this.#answer(camera)
    }
  }

  /** Nobody waits any longer. */
  close(): void {
    for (const camera of [...this.#asking.keys()]) this.#withdraw(camera)
    for (const camera of [...this.#granted.keys()]) this.use(camera)
  }

  #lapse(camera: string): void {
    this.use(camera)
    this.grant()
  }

  #withdraw(camera: string): void {
    this.#turns.withdraw(camera)
    this.#answer(camera)
  }

  #answer(camera: string): void {
    const asking = this.#asking.get(camera)
    this.#asking.delete(camera)
    asking?.resolve()
  }
}
