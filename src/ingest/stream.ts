/** Drivers: how one attempt at a source is made, by the scheme of its URL. */
import type { Log } from '../kit/log.ts'
import type { CameraAddress, RtspAddress } from './address.ts'
import { decode } from './decoder.ts'
import { cameraArguments, clipArguments, type DecodeOptions, loopArguments } from './ffmpeg.ts'
import { FfmpegRun } from './ffmpeg-run.ts'
import type { GatedPicture } from './gated-decoder.ts'
import { GatedStream, type GatedStreamOptions } from './gated-stream.ts'
import { RtspGuard } from './guard.ts'
import type { Networks } from './networks.ts'
import type { Picture } from './nut.ts'
import { RtspClient } from './rtsp/client.ts'

/** One attempt at one source. Used once. */
export interface Stream {
  /** Coded bytes that the camera sent; 0 for a file. */
  readonly bytes: number
  /** How often stream time had to be mapped to the clock anew within the stream, where it is mapped there. */
  readonly reanchored?: number
  /** Clock of the camera minus clock of the box, ms; null where it tells no clock, undefined until it has told, or never does. */
  readonly clockOffsetMs?: number | null | undefined
  /** The pictures in order until the stream ends; throws the reason where it ends badly. */
  pictures(): AsyncGenerator<Picture | GatedPicture>
}

export interface StreamOptions extends DecodeOptions {
  readonly networks: Networks
  readonly log: Log
  /** Longest silence of a camera, ms. */
  readonly silentAfterMs: number
  /** Ends the stream. */
  readonly signal: AbortSignal
}

export type GatedOptions = StreamOptions & GatedStreamOptions

/** A camera of which only what deserves a look is decoded. Its pictures may throw CODEC_UNSUPPORTED: then `openLive` may do. */
export function openGated(address: RtspAddress, options: GatedOptions): GatedStream {
  const { networks, log, silentAfterMs } = options
  return new GatedStream(
    (signal) => new RtspClient({ address, networks, log, signal, silentAfterMs }),
    options,
  )
}

/** A live source of which every picture is decoded: a camera, or a clip that plays like one. */
export function openLive(address: CameraAddress, options: StreamOptions): Stream {
  if (address.scheme === 'rtsp') return new RtspStream(address, options)
  return new ClipStream(loopArguments(address, options), options.signal, options.silentAfterMs)
}

/** A source to be read once: a clip as fast as the reader takes it, or a camera until it ends. */
export function openOnce(address: CameraAddress, options: StreamOptions): Stream {
  if (address.scheme === 'rtsp') return new RtspStream(address, options)
  return new ClipStream(clipArguments(address, options), options.signal)
}

class RtspStream implements Stream {
  readonly #guard: RtspGuard
  readonly #options: StreamOptions

  constructor(address: RtspAddress, options: StreamOptions) {
    this.#guard = new RtspGuard({ address, networks: options.networks, log: options.log })
    this.#options = options
  }

  get bytes(): number {
    return this.#guard.bytes
  }

  async *pictures(): AsyncGenerator<Picture> {
    const guard = this.#guard
    const { signal, silentAfterMs } = this.#options
    const give = () => void guard.stop()
    signal.addEventListener('abort', give)
    try {
      const url = await guard.start()
      const run = new FfmpegRun(cameraArguments(url, this.#options))
      yield* decode(run, signal, { silentAfterMs, lastByteAt: () => guard.lastByteAt })
      if (guard.failure) throw guard.failure
    } catch (error) {
      if (signal.aborted) return
      // What ffmpeg says is the echo of what the guard saw.
      throw guard.failure ?? error
    } finally {
      signal.removeEventListener('abort', give)
      await guard.stop()
    }
  }
}

class ClipStream implements Stream {
  readonly bytes = 0
  readonly #args: readonly string[]
  readonly #signal: AbortSignal
  readonly #silentAfterMs: number | undefined

  constructor(args: readonly string[], signal: AbortSignal, silentAfterMs?: number) {
    this.#args = args
    this.#signal = signal
    this.#silentAfterMs = silentAfterMs
  }

  pictures(): AsyncGenerator<Picture> {
    const silentAfterMs = this.#silentAfterMs
    const patience = silentAfterMs ? { silentAfterMs, lastByteAt: () => 0 } : undefined
    return decode(new FfmpegRun(this.#args), this.#signal, patience)
  }
}
