/** What the simulator holds of one camera. */
import type { Account } from './account.ts'
import type { Clip } from './clip.ts'
import type { Fault } from './fault.ts'

/** One answered (or, with status 0, unanswered) request. */
export interface SeenRequest {
  readonly method: string
  readonly status: number
  /** Epoch ms. */
  readonly at: number
}

const maxSeen = 1_000

export class Camera {
  readonly name: string
  readonly clip: Clip
  readonly account: Account | undefined
  /** When the clip's first round began, on the clock of `performance.now()`; undefined where each session begins with the clip. */
  readonly runsSince: number | undefined
  /** Sessions that play at the moment. */
  playing = 0
  fault: Fault | undefined
  /** The same clip at half the width and height, where a `resize` was asked for. */
  halfSize: Clip | undefined
  /** Pictures not sent because the reader was too slow. */
  dropped = 0
  private readonly seen: SeenRequest[] = []

  constructor(name: string, clip: Clip, account: Account | undefined, runsSince?: number) {
    this.name = name
    this.clip = clip
    this.account = account
    this.runsSince = runsSince
  }

  /** The newest thousand requests, oldest first. */
  get requests(): readonly SeenRequest[] {
    return [...this.seen]
  }

  note(request: SeenRequest): void {
    this.seen.push(request)
    if (this.seen.length > maxSeen) this.seen.shift()
  }
}
