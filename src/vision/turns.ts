/**
 * Whose frame is next: start-time fair queueing (P. Goyal, H. Vin, H. Cheng, SIGCOMM 1996) over cameras. Each turn moves a
 * camera back by one over its weight, and the camera that is least far goes first: shares are as the weights, and none
 * starves. Pure: time is an argument.
 */

export interface TurnsOptions {
  /** A camera's share beside those of others, kept to 0.1 … 10; default 1 for all. */
  readonly weight?: (camera: string) => number
  /** A camera that has waited so long goes before all others, however little it weighs, ms; default 2 000. */
  readonly floorMs?: number
}

const lightest = 0.1
const heaviest = 10
/** How far a camera may stay behind the others and still catch up: one turn of a camera of weight 1. */
const mostCredit = 1

interface Asking {
  readonly start: number
  readonly since: number
}

export class Turns {
  readonly #weight: (camera: string) => number
  readonly #floorMs: number
  /** In the order in which they asked. */
  readonly #asking = new Map<string, Asking>()
  /** How far each camera has got that is further than the others; one that is not owes nothing and is forgotten. */
  readonly #ends = new Map<string, number>()
  #now = 0

  constructor({ weight = () => 1, floorMs = 2_000 }: TurnsOptions = {}) {
    this.#weight = weight
    this.#floorMs = floorMs
  }

  /** Cameras that wait for a turn. */
  get waiting(): number {
    return this.#asking.size
  }

  /** The camera has a frame. Asking again changes nothing. */
  ask(camera: string, timeMs: number): void {
    if (this.#asking.has(camera)) return
    // What a heavy camera could not use because it had no frame yet is kept; who was away for long has saved no more than that.
    const start = Math.max(this.#now - mostCredit, this.#ends.get(camera) ?? Number.NEGATIVE_INFINITY)
    this.#asking.set(camera, { start, since: timeMs })
  }

  /** The camera has no frame any more. */
  withdraw(camera: string): void {
    this.#asking.delete(camera)
  }

  /** Takes the next camera out of those that wait; undefined where none does. */
  next(timeMs: number): string | undefined {
    const overdue = this.#overdue(timeMs)
    const camera = overdue ?? this.#leastFar()
    if (camera === undefined) return undefined
    const { start } = this.#asking.get(camera)!
    this.#asking.delete(camera)
    // A turn that was given for waiting is free: how far its camera is ahead says nothing about where the others are.
    if (overdue === undefined) {
      this.#now = Math.max(this.#now, start)
      this.#ends.set(camera, start + 1 / this.#weightOf(camera))
    }
    this.#forget()
    return camera
  }

  #overdue(timeMs: number): string | undefined {
    // The first has waited longest.
    const [first] = this.#asking
    return first && timeMs - first[1].since >= this.#floorMs ? first[0] : undefined
  }

  #leastFar(): string | undefined {
    let best: string | undefined
    let least = Number.POSITIVE_INFINITY
    for (const [camera, { start }] of this.#asking) {
      if (start < least) [best, least] = [camera, start]
    }
    return best
  }

  #weightOf(camera: string): number {
    const weight = this.#weight(camera)
    return weight > 0 ? Math.min(heaviest, Math.max(lightest, weight)) : 1
  }

  #forget(): void {
    if (this.#ends.size <= 2 * this.#asking.size + 16) return
    for (const [camera, end] of this.#ends) if (end <= this.#now - mostCredit) this.#ends.delete(camera)
  }
}
