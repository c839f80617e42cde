/** Things that were left or taken, in a clip of which every frame is decoded: there attention has no part. */
import { StaticObjects, type StaticView } from './attention/static-objects.ts'
import type { Frame } from './domain/frame.ts'
import type { Luma } from './domain/luma.ts'
import type { Track } from './domain/track.ts'
import { LumaShrinker } from './ingest/luma.ts'

/** Pictures kept until it is known what is followed in them; more than a replay reads ahead. */
const mostWaiting = 32

export class ClipObjects {
  readonly #objects = new StaticObjects()
  readonly #luma = new LumaShrinker()
  #waiting: { readonly luma: Luma; readonly time: number }[] = []

  get view(): StaticView {
    return this.#objects.view
  }

  /** Frames are read ahead of what is followed; a picture is looked at together with what is followed in it. */
  follow(tracks: readonly Track[], time: number): void {
    this.#objects.follow(tracks)
    const due = this.#waiting.filter((one) => one.time <= time)
    this.#waiting = this.#waiting.slice(due.length)
    for (const { luma, time } of due) this.#objects.see(luma, time)
  }

  /** The same frames, their small pictures taken before their pixels are given away. */
  async *over(frames: AsyncIterable<Frame>): AsyncGenerator<Frame> {
    for await (const frame of frames) {
      const { pixels, width, height, frameTime } = frame
      const luma = this.#luma.shrink(pixels, width, height)
      this.#waiting.push({ luma: { ...luma, pixels: luma.pixels.slice() }, time: frameTime })
      if (this.#waiting.length > mostWaiting) this.#waiting.shift()
      yield frame
    }
  }
}
