/** What the vision pool counts. */

export interface VisionStats {
  /** Threads that are up. */
  readonly workers: number
  /** Tasks waiting for a worker. */
  readonly queued: number
  /** Tasks at a worker. */
  readonly running: number
  /** Cameras that wait for their turn with a frame. */
  readonly waiting: number
  /** Frames held for snapshots. */
  readonly held: number
  /** Frames analysed. */
  readonly frames: number
  /** Frames that deserved no look: no model ran. */
  readonly unseen: number
  /** Faces seen, in one look a second and camera. */
  readonly faces: number
  /** Model runs for detection. */
  readonly runs: number
  /** The same by model and size of its input; sizes are multiples of 32, so there are few. */
  readonly tensors: Readonly<Record<string, number>>
  /** Sums over those runs: filling the tensor, the model, reading its output. */
  readonly preMs: number
  readonly modelMs: number
  readonly postMs: number
  /** Sum of the time that cameras waited for their turn, and tasks until a worker took them. */
  readonly waitMs: number
  /** Boxes dropped: not finite, empty, outside or far too large. */
  readonly absurdBoxes: number
  /** Boxes dropped because a frame had more than a thousand. */
  readonly cappedBoxes: number
  /** Held frames dropped because a worker had too many. */
  readonly evicted: number
  readonly snapshots: number
  readonly redactionFailures: number
  /** Tasks that failed. */
  readonly failures: number
  /** Worker threads that died. */
  readonly deaths: number
}

type Sums = {
  -readonly [K in Exclude<
    keyof VisionStats,
    'workers' | 'queued' | 'running' | 'waiting' | 'held' | 'tensors'
  >]: number
} & { tensors: Record<string, number> }

/** The sums, at zero. */
export function emptyStats(): Sums {
  return {
    frames: 0,
    unseen: 0,
    faces: 0,
    runs: 0,
    tensors: {},
    preMs: 0,
    modelMs: 0,
    postMs: 0,
    waitMs: 0,
    absurdBoxes: 0,
    cappedBoxes: 0,
    evicted: 0,
    snapshots: 0,
    redactionFailures: 0,
    failures: 0,
    deaths: 0,
  }
}
