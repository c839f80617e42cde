/** Video structuring of all cameras: hears what is followed, and saves summaries of finished tracks and counts of minutes in groups. */
import { v7 as newId } from 'uuid'
import { countsMessage, trackMessage } from './contract/structure-message.ts'
import { type Camera, mayStructure } from './domain/camera.ts'
import type { MinuteCounts, TrackSummary } from './domain/structure.ts'
import type { Track } from './domain/track.ts'
import { type Log, oncePer } from './kit/log.ts'
import type { Part } from './kit/part.ts'
import { sleep } from './kit/retry.ts'
import type { Structured } from './store/ports.ts'
import { TrackHistory } from './track/history.ts'
import { MinuteCounter } from './track/minute.ts'

/** So often what has gathered is saved: one commit for all, since each wears the flash. */
const saveEveryMs = 10_000
/** Messages that may wait for the disk; then the oldest are given up, before they have a number. */
const mostWaiting = 5_000

export interface StructuringOptions {
  readonly gateway: string
  /** Beginning of every topic. */
  readonly prefix: string
  /** Of the table of the grid, as it is in force. */
  gridVersion(): string | undefined
  readonly store: { saveStructure(found: readonly Structured[]): Promise<void> }
  /** They are in the outbox. */
  saved(): void
  readonly log: Log
}

/** What is made of one camera's tracks. */
export interface CameraStructuring {
  follow(tracks: readonly Track[], time: number): void
  /** The camera is not watched any more. */
  end(): void
}

const nothing: CameraStructuring = { follow: () => {}, end: () => {} }

export class Structuring implements Part {
  readonly name = 'structuring'
  readonly #options: StructuringOptions
  readonly #grumble = oncePer(60_000)
  #waiting: Structured[] = []
  #stopping = new AbortController()
  #running: Promise<void> = Promise.resolve()
  #givenUp = 0

  constructor(options: StructuringOptions) {
    this.#options = options
  }

  /** Messages given up because the disk did not take them, since the start. */
  get givenUp(): number {
    return this.#givenUp
  }

  async start(): Promise<void> {
    this.#stopping = new AbortController()
    this.#running = this.#run(this.#stopping.signal)
  }

  /** Saves what has gathered. */
  async stop(): Promise<void> {
    this.#stopping.abort()
    await this.#running
    await this.#save()
  }

  /** Where a shop or household has not agreed to it, nothing is made of its tracks. */
  of(camera: Camera): CameraStructuring {
    if (!mayStructure(camera)) return nothing
    const history = new TrackHistory(camera)
    const counter = new MinuteCounter()
    return {
      follow: (tracks, time) => {
        const { steps, ended } = history.update(tracks, time)
        const minute = counter.count(steps, time)
        this.#add(camera, ended, minute)
      },
      end: () => this.#add(camera, history.end(), counter.end()),
    }
  }

  #add(camera: Camera, tracks: readonly TrackSummary[], minute: MinuteCounts | undefined): void {
    if (tracks.length === 0 && !minute) return
    const { gateway, prefix, gridVersion } = this.#options
    const origin = () => ({ id: newId(), gateway, prefix, camera, gridVersion: gridVersion() })
    for (const track of tracks) this.#waiting.push({ message: trackMessage(origin(), track), track })
    if (minute) this.#waiting.push({ message: countsMessage(origin(), minute) })
    const excess = this.#waiting.length - mostWaiting
    if (excess <= 0) return
    this.#waiting.splice(0, excess)
    this.#givenUp += excess
  }

  async #run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await sleep(saveEveryMs, signal)
      await this.#save()
    }
  }

  async #save(): Promise<void> {
    const found = this.#waiting
    if (found.length === 0) return
    this.#waiting = []
    try {
      await this.#options.store.saveStructure(found)
      this.#options.saved()
    } catch (error) {
      this.#waiting = [...found, ...this.#waiting]
      this.#grumble('save', () =>
        this.#options.log.error(
          { err: error },
          'finished tracks and counts could not be saved; trying again',
        ),
      )
    }
  }
}
