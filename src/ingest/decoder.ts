/** One run of ffmpeg read to its end: pictures with their time, and a clear reason where it ends badly. */
import { GatewayError } from '../kit/errors.ts'
import type { Exit, FfmpegRun } from './ffmpeg-run.ts'
import { NutReader, type Picture } from './nut.ts'

/** How long a live source may keep us waiting. */
export interface Patience {
  /** Without a sign of life, ms. */
  readonly silentAfterMs: number
  /** When the source was last heard of, `Date.now()` ms, while there is no picture yet; 0 where that is not known. */
  lastByteAt(): number
}

/** A source that sends but never gives a first picture gets this many times `silentAfterMs` (long GOPs, busy box). */
const firstPicturePatience = 3

/**
 * The pictures of one run, in order, each once; waits while nobody takes them. Ends the run when the reader leaves
 * or the signal fires.
 * Throws STREAM_SILENT, FORMAT_CHANGED, NO_VIDEO, DECODER_CRASHED, FFMPEG_MISSING or STREAM_FAILED;
 * returns at the end, and where the signal fired.
 */
export async function* decode(
  run: FfmpegRun,
  signal: AbortSignal,
  patience?: Patience,
): AsyncGenerator<Picture> {
  const reader = new NutReader()
  const watchdog = new Watchdog(run, patience)
  const stop = () => void run.stop()
  signal.addEventListener('abort', stop)
  try {
    if (signal.aborted) return
    watchdog.wait()
    for await (const chunk of run.stdout as AsyncIterable<Buffer>) {
      for (const picture of reader.feed(chunk)) {
        // While the reader is busy with a picture, nobody waits for the source.
        watchdog.rest()
        yield picture
        watchdog.wait()
      }
    }
    const exit = await run.exit
    if (watchdog.silence) throw watchdog.silence
    const failure = explainExit(exit, run)
    if (failure) throw failure
  } catch (error) {
    if (!signal.aborted) throw watchdog.silence ?? error
  } finally {
    signal.removeEventListener('abort', stop)
    watchdog.rest()
    await run.stop()
  }
}

/** Ends a run that gives no picture while one is waited for. */
class Watchdog {
  readonly #run: FfmpegRun
  readonly #patience: Patience | undefined
  #first = true
  #waitedSince = 0
  #timer: NodeJS.Timeout | undefined
  silence: GatewayError | undefined

  constructor(run: FfmpegRun, patience: Patience | undefined) {
    this.#run = run
    this.#patience = patience
  }

  wait(): void {
    if (!this.#patience) return
    this.#waitedSince = Date.now()
    this.#timer = setTimeout(() => this.#check(), this.#patience.silentAfterMs)
  }

  rest(): void {
    this.#first = false
    clearTimeout(this.#timer)
  }

  #check(): void {
    const { silentAfterMs, lastByteAt } = this.#patience!
    const now = Date.now()
    const [waitedMs, heardAt] = [now - this.#waitedSince, lastByteAt()]
    const silentMs = heardAt === 0 ? waitedMs : now - heardAt
    // Before the first byte the guard counts; before the first picture a camera may send for long.
    const patient = this.#first && (heardAt === 0 || silentMs < silentAfterMs)
    if (patient && waitedMs < firstPicturePatience * silentAfterMs) {
      this.#timer = setTimeout(() => this.#check(), heardAt === 0 ? silentAfterMs : silentAfterMs - silentMs)
      return
    }
    const sends = silentMs < silentAfterMs ? 'it sends, but nothing that gives a picture' : 'it sends nothing'
    const why = `The stream is connected, but for ${Math.round(waitedMs / 1_000)} s no picture came: ${sends}.`
    this.silence = new GatewayError('STREAM_SILENT', why)
    void this.#run.stop()
  }
}

/** Why a run ended; undefined where it was ended by us or has read its source to the end. */
export function explainExit({ code, signal }: Exit, run: FfmpegRun): GatewayError | undefined {
  if (run.formatChanged) {
    return new GatewayError('FORMAT_CHANGED', 'The stream changed its picture size or pixel format.')
  }
  if (run.stopped || code === 0) return
  const words = run.lastWords.slice(-3).join(' | ') || 'it said nothing'
  if (signal) return new GatewayError('DECODER_CRASHED', `ffmpeg was ended by ${signal} (${words}).`)
  if (/matches no streams|does not contain any stream/.test(words)) {
    return new GatewayError('NO_VIDEO', `The source has no video stream (${words}).`)
  }
  // 127: setpriv found no ffmpeg; 126: it is not executable.
  if (code === 127 || code === 126) {
    return new GatewayError('FFMPEG_MISSING', `ffmpeg could not be started (${words}). Is it installed?`)
  }
  return new GatewayError('STREAM_FAILED', `ffmpeg gave up with exit code ${code} (${words}).`)
}
