/** A decoder that is fed: one ffmpeg that lives as long as the stream, decodes what it is given and shows what it is asked for. */
import type { Socket } from 'node:net'
import type { Codec } from '../domain/coded-picture.ts'
import { GatewayError } from '../kit/errors.ts'
import { socketPair } from '../kit/socket-pair.ts'
import { explainExit } from './decoder.ts'
import { fedArguments } from './ffmpeg.ts'
import { FfmpegRun } from './ffmpeg-run.ts'
import { ivfHeader, ivfPictureHeader } from './ivf.ts'
import { NutReader, type Picture } from './nut.ts'
import type { PixelShelf } from './ports.ts'

export interface FedDecoderOptions {
  readonly codec: Codec
  /** Wider pictures are scaled down to this, keeping their shape; even. */
  readonly maxWidth: number
  readonly pixels?: PixelShelf
  /** In the order of their times; `timeMs` of the picture is the position it was fed with. */
  onPicture(picture: Picture): void
  /** It ended by itself. */
  onFailure(failure: GatewayError): void
}

/**
 * ffmpeg knows nothing of the gate: each coded picture carries a time of our choosing whose lowest bit says whether it is to be
 * shown, and its filter lets only those through. So the scaling and the pipe cost nothing for pictures nobody wants.
 */
export class FedDecoder {
  readonly #options: FedDecoderOptions
  #run: FfmpegRun | undefined
  #near: Socket | undefined
  /** What is fed before ffmpeg has started. */
  #waiting: Uint8Array[] = []
  #waitingBytes = 0
  #stopped = false
  /** Goes before the next picture. */
  #prefix: Uint8Array = nothing

  constructor(options: FedDecoderOptions) {
    this.#options = options
    this.#started = this.#start().catch((error: unknown) => this.#fail(error))
  }

  readonly #started: Promise<void>

  /** Bytes fed that ffmpeg has not taken yet. */
  get backlog(): number {
    return this.#waitingBytes + (this.#near?.writableLength ?? 0)
  }

  get pid(): number | undefined {
    return this.#run?.pid
  }

  /**
   * @param bytes Annex B; must not change while `backlog` is not 0
   * @param position whole number, larger for a picture that is to be shown later; a picture that is `shown` comes out with it
   */
  feed(bytes: Uint8Array, position: number, shown: boolean): void {
    if (this.#stopped) return
    const prefix = this.#prefix
    this.#prefix = nothing
    this.together(() => {
      this.#pass(ivfPictureHeader(prefix.length + bytes.length, 2 * position + (shown ? 1 : 0)))
      if (prefix.length > 0) this.#pass(prefix)
      this.#pass(bytes)
    })
  }

  /** What is fed meanwhile goes out in one write: each would wake ffmpeg for itself. */
  together(feed: () => void): void {
    this.#near?.cork()
    feed()
    this.#near?.uncork()
  }

  /**
   * The next picture, a key picture, is from before the last one. A key picture of H.265 need not begin a sequence: its place
   * among the others is then counted on, and pictures from before and after would come out mixed up.
   */
  endSequence(): void {
    if (this.#options.codec === 'h265') this.#prefix = endOfSequence
  }

  /** Resolves when ffmpeg is gone. Idempotent. */
  async stop(): Promise<void> {
    this.#stopped = true
    await this.#started
    await this.#run?.stop()
  }

  #pass(bytes: Uint8Array): void {
    if (this.#near) {
      this.#near.write(bytes)
      return
    }
    this.#waiting.push(bytes)
    this.#waitingBytes += bytes.length
  }

  async #start(): Promise<void> {
    const { codec, maxWidth, pixels } = this.#options
    const reader = new NutReader(pixels && ((bytes) => pixels.take(bytes)))
    const { near, far } = await socketPair((bytes) => this.#read(reader, bytes))
    const run = new FfmpegRun(fedArguments(codec, { maxWidth }), { near, far })
    this.#run = run
    run.exit.then(
      (exit) => this.#fail(explainExit(exit, run)),
      (error: unknown) => this.#fail(error),
    )
    near.write(ivfHeader(codec, ticksPerSecond))
    for (const bytes of this.#waiting) near.write(bytes)
    this.#waiting = []
    this.#waitingBytes = 0
    this.#near = near
  }

  #read(reader: NutReader, bytes: Buffer): void {
    if (this.#stopped) return
    try {
      for (const picture of reader.feed(bytes)) {
        const position = Math.floor(Math.round((picture.timeMs * ticksPerSecond) / 1_000) / 2)
        this.#options.onPicture({ ...picture, timeMs: position })
      }
    } catch (error) {
      this.#fail(error)
    }
  }

  #fail(error: unknown): void {
    if (this.#stopped) return
    this.#stopped = true
    void this.#run?.stop()
    const ended = new GatewayError('DECODER_CRASHED', 'ffmpeg ended by itself.')
    this.#options.onFailure(error instanceof GatewayError ? error : ended)
  }
}

const nothing = new Uint8Array(0)
/** The NAL unit of H.265 that ends a coded sequence (type 36), behind its start code. */
const endOfSequence = Uint8Array.of(0, 0, 0, 1, 0x48, 0x01)
/** Any would do: only the order of the times matters to ffmpeg. */
const ticksPerSecond = 1_000
