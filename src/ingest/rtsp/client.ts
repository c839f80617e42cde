/** Our own RTSP client: one attempt at one camera, its coded pictures over one TCP connection, nothing decoded. */
import type { Socket } from 'node:net'
import type { CodedPicture } from '../../domain/coded-picture.ts'
import { atNextBeat } from '../../kit/beat.ts'
import { type ErrorCode, GatewayError } from '../../kit/errors.ts'
import type { Log } from '../../kit/log.ts'
import { describeAddress, type RtspAddress } from '../address.ts'
import { dial } from '../dial.ts'
import type { Networks } from '../networks.ts'
import { cameraError, Refusal, reasonOf } from '../refusal.ts'
import { RtspReader } from '../rtsp-message.ts'
import { RtspSession } from './session.ts'
import { type ClockReport, TrackReader } from './track-reader.ts'

export interface RtspClientOptions {
  readonly address: RtspAddress
  readonly networks: Networks
  readonly log: Log
  /** Ends the attempt. */
  readonly signal: AbortSignal
  /** For the name and the TCP connection to the camera; default 5 s. */
  readonly connectTimeoutMs?: number
  /** For each answer until the stream plays; default 10 s. */
  readonly responseTimeoutMs?: number
  /** A camera that plays and gives no picture for this long is given up. */
  readonly silentAfterMs: number
}

/** What a read from the socket brings at most; the buffer is one per camera and used again for each. */
const readBytes = 64 * 1_024
/**
 * Where nobody waits for the next picture, what comes meanwhile is read with the next beat, as long as it is so little that nothing
 * fills up on the way. Waking up for each picture costs more than the picture.
 */
const littleBytes = 16 * 1_024
/** Beyond so much that the camera does not read, it asks for answers without end. */
const maxUnsentBytes = 128 * 1_024
/** How long the closing connection may take to send what it still holds. */
const lingerMs = 500
/** A camera that sends but never gives a first picture gets this many times `silentAfterMs` (long GOPs). */
const firstPicturePatience = 3
const looksPerSilence = 4

/** Used once. Cameras without H.264 or H.265 over TCP end with CODEC_UNSUPPORTED: ffmpeg may be able to read those. */
export class RtspClient {
  readonly #options: RtspClientOptions
  readonly #session: RtspSession
  readonly #over = Promise.withResolvers<void>()
  readonly #reader: RtspReader
  readonly #timers = new Set<NodeJS.Timeout>()
  #socket: Socket | undefined
  #track: TrackReader | undefined
  #bytes = 0
  #lastByteAt = 0
  /** The last bytes, and the last picture or the answer to PLAY, on the clock that never jumps, ms. */
  #heardAt = 0
  #seenAt = 0
  #hasPicture = false
  #warned = false
  /** Nobody waits for the next picture. */
  #calm = false
  #saidGoodbye = false
  #ended = false

  constructor(options: RtspClientOptions) {
    const { address, responseTimeoutMs = 10_000 } = options
    this.#options = options
    this.#session = new RtspSession({ address, responseTimeoutMs, send: (bytes) => this.#send(bytes) })
    this.#reader = new RtspReader({
      message: (message) => this.#session.message(message),
      media: (run) => this.#track?.feed(run, this.#lastByteAt),
    })
  }

  /** Bytes received from the camera. */
  get bytes(): number {
    return this.#bytes
  }

  /** When the camera last sent something, epoch ms; 0 before it did. */
  get lastByteAt(): number {
    return this.#lastByteAt
  }

  /** RTP packets that never came. */
  get lost(): number {
    return this.#track?.lost ?? 0
  }

  /** Pictures that were left out because they were not whole. */
  get broken(): number {
    return this.#track?.broken ?? 0
  }

  /** The session description, once it came. */
  get sdp(): string | undefined {
    return this.#session.sdp
  }

  /** Clock of the camera minus clock of the box, ms; null where it tells no clock, undefined until it has told. */
  get clockOffsetMs(): number | null | undefined {
    return this.#track?.clockOffsetMs
  }

  /** The newest there is. */
  get report(): ClockReport | undefined {
    return this.#track?.report
  }

  /**
   * Connects, plays, and gives every whole picture in the order of its arrival until the camera says goodbye or the signal fires; then
   * ends the session at the camera. Pictures are not kept for a slow taker: what it does not copy during the call is gone.
   * Rejects with a GatewayError: URL_REFUSED, STREAM_FAILED, AUTH_FAILED, REDIRECT_REFUSED, NO_VIDEO, CODEC_UNSUPPORTED or
   * STREAM_SILENT.
   *
   * @param onPicture the picture's bytes are only valid during the call; must not throw; true where the next one may come a beat later
   */
  async read(onPicture: (picture: CodedPicture) => boolean): Promise<void> {
    const { signal } = this.#options
    const giveUp = () => this.#giveUp()
    signal.addEventListener('abort', giveUp)
    this.#over.promise.catch(() => {})
    try {
      if (signal.aborted) return
      await this.#open(onPicture)
      await this.#over.promise
    } catch (error) {
      if (!signal.aborted) throw this.#explain(error)
    } finally {
      signal.removeEventListener('abort', giveUp)
      await this.#close()
    }
  }

  async #open(onPicture: (picture: CodedPicture) => boolean): Promise<void> {
    const { address, networks, signal, connectTimeoutMs: timeoutMs = 5_000 } = this.#options
    const onread = {
      buffer: Buffer.allocUnsafeSlow(readBytes),
      callback: (length: number, buffer: Uint8Array) => this.#read(buffer as Buffer, length),
    }
    this.#watch(await dial({ address, networks, timeoutMs, signal, onread }))
    const track = await this.#session.describe()
    const channels = await this.#session.setUp(track)
    // Before PLAY: a stream may begin before the answer to it is there.
    this.#track = new TrackReader(track, channels, {
      picture: (picture) => {
        this.#hasPicture = true
        this.#seenAt = this.#heardAt
        if (!this.#ended && !this.#saidGoodbye) this.#calm = onPicture(picture)
      },
      goodbye: () => {
        this.#saidGoodbye = true
        this.#over.resolve()
      },
    })
    await this.#session.play()
    this.#seenAt = performance.now()
    void this.#session.keepAlive()
    this.#every(this.#session.keepAliveMs, () => void this.#session.keepAlive())
    this.#every(this.#options.silentAfterMs / looksPerSilence, () => this.#look())
  }

  #watch(socket: Socket): void {
    this.#socket = socket
    let because = ''
    socket.on('error', (error) => {
      because = ` (${reasonOf(error)})`
    })
    socket.on('close', () => this.#fail(new Refusal('STREAM_FAILED', `closed the connection${because}`)))
  }

  /** False where the socket shall rest until the next beat. */
  #read(buffer: Buffer, length: number): boolean {
    if (this.#ended) return true
    this.#lastByteAt = Date.now()
    this.#heardAt = performance.now()
    this.#bytes += length
    try {
      this.#reader.feed(buffer.subarray(0, length))
    } catch (error) {
      const known = error instanceof Refusal
      this.#fail(known ? error : new Refusal('STREAM_FAILED', `does not speak RTSP: ${reasonOf(error)}`))
    }
    if ((this.#socket?.writableLength ?? 0) > maxUnsentBytes) {
      this.#fail(new Refusal('STREAM_FAILED', 'sends requests and never reads the answers'))
    }
    if (!this.#calm || length > littleBytes || this.#ended) return true
    atNextBeat(() => this.#socket?.resume())
    return false
  }

  #look(): void {
    this.#warnOfRate()
    const now = performance.now()
    const { silentAfterMs } = this.#options
    const sends = now - this.#heardAt < silentAfterMs
    const patience = !this.#hasPicture && sends ? firstPicturePatience : 1
    const waitedMs = now - this.#seenAt
    if (waitedMs < patience * silentAfterMs) return
    const what = sends ? 'it sends, but nothing that gives a picture' : 'it sends nothing'
    const why = `is connected, but for ${Math.round(waitedMs / 1_000)} s no picture came: ${what}`
    this.#fail(new Refusal('STREAM_SILENT', why))
  }

  #warnOfRate(): void {
    if (this.#warned || !this.#track?.byArrival) return
    this.#warned = true
    const { address, log } = this.#options
    log.warn(
      { address: describeAddress(address) },
      'the time stamps of this camera run at another rate than it announces: the time of arrival counts',
    )
  }

  #send(bytes: Buffer): void {
    if (this.#socket?.writable) this.#socket.write(bytes)
  }

  #every(ms: number, act: () => void): void {
    if (!this.#ended) this.#timers.add(setInterval(act, ms))
  }

  /** The first end counts. */
  #end(failure?: Error): void {
    this.#ended = true
    if (failure) this.#over.reject(failure)
    else this.#over.resolve()
  }

  #fail(refusal: Refusal): void {
    if (this.#ended) return
    const failure = this.#explain(refusal)
    this.#options.log.debug({ code: refusal.code }, failure.message)
    this.#end(failure)
    this.#session.fail(failure)
  }

  #giveUp(): void {
    this.#end()
    this.#session.fail(new Refusal('STREAM_FAILED', 'was given up'))
  }

  #explain(error: unknown): Error {
    if (error instanceof GatewayError || !(error instanceof Error)) return error as Error
    const code: ErrorCode = error instanceof Refusal ? error.code : 'STREAM_FAILED'
    const why = error instanceof Refusal ? error.message : `failed (${reasonOf(error)})`
    return cameraError(this.#options.address, code, why)
  }

  async #close(): Promise<void> {
    this.#ended = true
    for (const timer of this.#timers) clearInterval(timer)
    const socket = this.#socket
    if (!socket || socket.closed) return
    this.#session.teardown()
    const closed = new Promise((resolve) => socket.once('close', resolve))
    const linger = setTimeout(() => socket.destroy(), lingerMs)
    socket.resume().destroySoon()
    await closed
    clearTimeout(linger)
  }
}
