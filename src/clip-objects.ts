/** Things that were left or taken, in a clip of which every frame is decoded: there attention has no part. */
import { StaticObjects, type StaticView } from './attention/static-objects.ts'
import type { Frame } from './domain/frame.ts'
import type { Track } from './domain/track.ts'
import { LumaShrinker } from './ingest/luma.ts'

export class ClipObjects {
  readonly #objects = new StaticObjects()
  readonly #luma = new LumaShrinker()

  get view(): StaticView {
    return this.#objects.view
  }

  follow(tracks: readonly Track[]): void {
    this.#objects.follow(tracks)
  }

  /** The same frames, looked at before their pixels are given away. */
  async *over(frames: AsyncIterable<Frame>): AsyncGenerator<Frame> {
    for await (const frame of frames) {
      const { pixels, width, height, frameTime } = frame
      this.#objects.see(this.#luma.shrink(pixels, width, height), frameTime)
      yield frame
    }
  }
}
