/** A camera read packet by packet: every coded picture through the gate, and out come those that deserve a look. */
import type { CodedPicture } from '../domain/coded-picture.ts'
import type { Trouble } from '../domain/coverage.ts'
import { GatewayError } from '../kit/errors.ts'
import { type GatedCounters, GatedDecoder, type GatedPicture } from './gated-decoder.ts'
import type { Painter } from './mask.ts'
import type { Gate, PixelShelf } from './ports.ts'

/** A stream of coded pictures; read once. */
export interface CodedSource {
  /** Coded bytes that came. */
  readonly bytes: number
  /** Clock of the camera minus clock of the box, ms; null where it tells no clock, undefined until it has told. */
  readonly clockOffsetMs?: number | null | undefined
  /**
   * Until it ends; rejects where it ends badly. A picture's bytes are only valid during the call, which does not throw and returns
   * whether the next picture may come a little late: nobody waits for it.
   */
  read(onPicture: (picture: CodedPicture) => boolean): Promise<void>
}

export interface GatedStreamOptions {
  readonly gate: Gate
  readonly mask: Painter
  readonly pixels: PixelShelf
  readonly fps: number
  readonly maxWidth: number
  /** A source that sends but gives no picture for three times as long, and at least 30 s, is given up, ms. */
  readonly silentAfterMs: number
  /** Ends the stream. */
  readonly signal: AbortSignal
  /** A picture that was due will not be looked at. */
  readonly onMissed?: (trouble: Trouble) => void
}

/** A busy box may be slow. */
const picturePatience = 3
/** Where nothing moves a picture comes at each glance (10 s apart at most) or with the next key picture after it (12 s). */
const leastPatienceMs = 30_000

export class GatedStream {
  readonly #source: CodedSource
  readonly #options: GatedStreamOptions
  readonly #decoder: GatedDecoder
  readonly #ready: GatedPicture[] = []
  readonly #left = new AbortController()
  #failure: unknown
  #ended = false
  #wake: (() => void) | undefined
  #lastPictureAt = 0

  /** `open` makes the source; it ends with the signal. */
  constructor(open: (signal: AbortSignal) => CodedSource, options: GatedStreamOptions) {
    this.#source = open(AbortSignal.any([options.signal, this.#left.signal]))
    this.#options = options
    this.#decoder = new GatedDecoder({
      ...options,
      onPicture: (picture) => {
        this.#ready.push(picture)
        this.#lastPictureAt = performance.now()
        this.#wake?.()
      },
      onFailure: (failure) => this.#end(failure),
    })
  }

  get bytes(): number {
    return this.#source.bytes
  }

  get clockOffsetMs(): number | null | undefined {
    return this.#source.clockOffsetMs
  }

  get reanchored(): number {
    return this.#decoder.reanchored
  }

  get counters(): GatedCounters {
    return this.#decoder.counters
  }

  /** Until the source ends. Throws what it throws, and what the decoder ends with; STREAM_SILENT where no picture comes out. */
  async *pictures(): AsyncGenerator<GatedPicture> {
    this.#lastPictureAt = performance.now()
    const reading = this.#read()
    try {
      for (;;) {
        const picture = this.#ready.shift()
        if (picture) yield picture
        else if (this.#ended) break
        else await this.#more()
      }
      if (this.#failure !== undefined && !this.#options.signal.aborted) throw this.#failure
    } finally {
      this.#end(undefined)
      this.#left.abort()
      await this.#decoder.stop()
      for (const { pixels } of this.#ready.splice(0)) this.#options.pixels.give(pixels)
      await reading
    }
  }

  async #read(): Promise<void> {
    try {
      await this.#source.read((picture) => this.#take(picture))
      this.#end(undefined)
    } catch (error) {
      this.#end(error)
    }
  }

  #take(picture: CodedPicture): boolean {
    if (this.#ended) return true
    try {
      this.#decoder.take(picture)
      this.#checkPatience()
    } catch (error) {
      this.#end(error)
    }
    return !this.#options.gate.isOpen
  }

  #checkPatience(): void {
    const waitedMs = performance.now() - this.#lastPictureAt
    if (waitedMs < Math.max(leastPatienceMs, picturePatience * this.#options.silentAfterMs)) return
    const why = `for ${Math.round(waitedMs / 1_000)} s no picture came: it sends, but nothing that gives a picture`
    throw new GatewayError('STREAM_SILENT', `The stream is connected, but ${why}.`)
  }

  #end(failure: unknown): void {
    if (this.#ended) return
    this.#ended = true
    this.#failure = failure
    this.#wake?.()
  }

  #more(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve
    })
  }
}
