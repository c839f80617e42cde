/** Coded pictures on their way to a reader that may be slow: a queue within limits, which then goes on from the newest key picture. */
import type { CodedPicture } from '../../domain/coded-picture.ts'

export interface QueueLimits {
  readonly pictures: number
  readonly bytes: number
}

/** About five seconds of a camera; one picture may be as long as all of it. */
const defaultLimits: QueueLimits = { pictures: 128, bytes: 8 * 1_024 * 1_024 }

/**
 * Beyond a limit all pictures before the newest key picture go; where that does not help, everything goes and nothing is
 * taken before the next key picture, since what lacks its key picture is of no use. Each is counted.
 */
export class PictureQueue implements AsyncIterable<CodedPicture> {
  readonly #limits: QueueLimits
  #waiting: CodedPicture[] = []
  #bytes = 0
  #dropped = 0
  #needsKey = false
  #ended = false
  #failure: Error | undefined
  #wake: (() => void) | undefined

  constructor(limits: QueueLimits = defaultLimits) {
    this.#limits = limits
  }

  /** Pictures that nobody took in time. */
  get dropped(): number {
    return this.#dropped
  }

  /** Ignored after the end. */
  put(picture: CodedPicture): void {
    if (this.#ended) return
    if (!this.#fits(picture)) this.#makeRoom(picture)
    if (this.#needsKey && !picture.key) {
      this.#dropped++
      return
    }
    this.#needsKey = false
    this.#waiting.push(picture)
    this.#bytes += picture.bytes.length
    this.#wake?.()
  }

  /** No more come: the reader gets what waits, and then the failure where there is one. The first end counts. */
  end(failure?: Error): void {
    if (this.#ended) return
    this.#ended = true
    this.#failure = failure
    this.#wake?.()
  }

  /** The reader is not to get what still waits. */
  clear(): void {
    this.#drop(this.#waiting.length)
  }

  /** One reader at a time. Throws the failure. */
  async *[Symbol.asyncIterator](): AsyncGenerator<CodedPicture> {
    for (;;) {
      const picture = this.#waiting.shift()
      if (picture) {
        this.#bytes -= picture.bytes.length
        yield picture
      } else if (this.#ended) {
        if (this.#failure) throw this.#failure
        return
      } else {
        await new Promise<void>((resolve) => {
          this.#wake = resolve
        })
        this.#wake = undefined
      }
    }
  }

  #fits({ bytes }: CodedPicture): boolean {
    const { length } = this.#waiting
    return (
      length === 0 || (length < this.#limits.pictures && this.#bytes + bytes.length <= this.#limits.bytes)
    )
  }

  #makeRoom(picture: CodedPicture): void {
    if (!picture.key)
      this.#drop(
        Math.max(
          0,
          this.#waiting.findLastIndex(({ key }) => key),
        ),
      )
    if (this.#fits(picture)) return
    this.#drop(this.#waiting.length)
    this.#needsKey = true
  }

  #drop(count: number): void {
    for (const { bytes } of this.#waiting.splice(0, count)) this.#bytes -= bytes.length
    this.#dropped += count
  }
}
