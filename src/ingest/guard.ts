/** The loopback RTSP guard: ffmpeg talks to it, and it alone talks to the camera (docs/decisions/002-rtsp-guard.md). */
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { type ErrorCode, GatewayError } from '../kit/errors.ts'
import type { Log } from '../kit/log.ts'
import type { RtspAddress } from './address.ts'
import { dial } from './dial.ts'
import { RtspDialogue } from './dialogue.ts'
import { GuardUrls } from './guard-urls.ts'
import type { Networks } from './networks.ts'
import { cameraError, reasonOf } from './refusal.ts'
import { RtspReader } from './rtsp-message.ts'

export interface RtspGuardOptions {
  readonly address: RtspAddress
  readonly networks: Networks
  readonly log: Log
  /** For the name and the TCP connection to the camera; default 5 s. */
  readonly connectTimeoutMs?: number
  /** For each answer until the stream plays; default 10 s. */
  readonly responseTimeoutMs?: number
}

/** A busy box may need seconds to start an ffmpeg. */
const clientTimeoutMs = 20_000
/** A client waits once 16 KiB to the camera are unsent, and 64 KiB more may be on their way: beyond is what a camera asks for. */
const maxUnsentBytes = 128 * 1_024
/** How long a closing socket may take to send what it still holds. */
const lingerMs = 500

/** One attempt at one camera. Used once: start, then stop. */
export class RtspGuard {
  readonly #options: RtspGuardOptions
  readonly #closed = Promise.withResolvers<void>()
  readonly #open = new Set<Socket | Server>()
  readonly #giveUp = new AbortController()
  #dialogue: RtspDialogue | undefined
  #server: Server | undefined
  #client: Socket | undefined
  #camera: Socket | undefined
  #timer: NodeJS.Timeout | undefined
  #failure: GatewayError | undefined
  #lastByteAt = 0
  #bytes = 0
  #closing = false

  constructor(options: RtspGuardOptions) {
    this.#options = options
  }

  /** Why the attempt ended, where the guard knows: what ffmpeg prints afterwards is only its echo. */
  get failure(): GatewayError | undefined {
    return this.#failure
  }

  /** The camera's session description as ffmpeg got it, once it came. */
  get sdp(): string | undefined {
    return this.#dialogue?.sdp
  }

  /** When the camera last sent something, `Date.now()` milliseconds; 0 before it did. */
  get lastByteAt(): number {
    return this.#lastByteAt
  }

  /** Bytes received from the camera. */
  get bytes(): number {
    return this.#bytes
  }

  /**
   * Connects to the camera, then listens on loopback for one ffmpeg. Returns the URL to give it.
   * Throws URL_REFUSED or STREAM_FAILED (also in `failure`) where the camera cannot be reached: no ffmpeg is needed then.
   */
  async start(): Promise<string> {
    try {
      const camera = await this.#dial()
      const server = this.#keep(createServer({ noDelay: true }, (socket) => this.#accept(socket)))
      this.#server = server.listen(0, '127.0.0.1', 1)
      await once(server, 'listening')
      const { port } = server.address() as AddressInfo
      const urls = new GuardUrls(this.#options.address, port, randomBytes(16).toString('hex'))
      this.#dialogue = new RtspDialogue(this.#options.address, urls, {
        toCamera: (bytes) => relay(bytes, this.#camera, this.#client),
        toClient: (bytes) => relay(bytes, this.#client, this.#camera),
        fail: (code, why) => this.#fail(this.#error(code, why)),
        owes: (method) => this.#owes(method),
      })
      this.#watchCamera(camera, this.#dialogue)
      if (this.#closing) {
        server.close()
        throw this.#error('STREAM_FAILED', 'was given up')
      }
      this.#expect(clientTimeoutMs, `was connected, but no ffmpeg asked for it in ${clientTimeoutMs} ms`)
      return urls.start
    } catch (error) {
      this.#fail(
        error instanceof GatewayError ? error : this.#error('STREAM_FAILED', `failed (${reasonOf(error)})`),
      )
      throw this.#failure ?? error
    }
  }

  /** Calls back once, when both connections are gone. */
  onClosed(callback: () => void): void {
    void this.#closed.promise.then(callback)
  }

  /** Ends the session at the camera in good manners and resolves when both connections are gone. Idempotent. */
  stop(): Promise<void> {
    this.#close()
    return this.#closed.promise
  }

  async #dial(): Promise<Socket> {
    const { address, networks, connectTimeoutMs = 5_000 } = this.#options
    const signal = this.#giveUp.signal
    const camera = await dial({ address, networks, timeoutMs: connectTimeoutMs, signal })
    if (this.#closing) {
      camera.destroy()
      throw this.#error('STREAM_FAILED', 'was given up')
    }
    this.#camera = this.#keep(camera)
    return camera
  }

  #watchCamera(camera: Socket, dialogue: RtspDialogue): void {
    const reader = new RtspReader({
      message: (message) => dialogue.fromCamera(message),
      media: (bytes) => relay(bytes, this.#client, camera),
    })
    let because = ''
    camera.on('data', (chunk) => {
      this.#lastByteAt = Date.now()
      this.#bytes += chunk.length
      this.#feed(reader, chunk, 'does not speak RTSP')
      if (camera.writableLength > maxUnsentBytes) {
        this.#fail(this.#error('STREAM_FAILED', 'sends requests and never reads the answers'))
      }
    })
    camera.on('drain', () => this.#client?.resume())
    camera.on('error', (error) => {
      because = ` (${reasonOf(error)})`
    })
    const gone = () => {
      if (dialogue.finished) this.#close()
      else this.#fail(this.#error('STREAM_FAILED', `closed the connection${because}`))
    }
    camera.on('close', gone)
    if (camera.destroyed) gone()
  }

  /** The first connection is the only one. */
  #accept(client: Socket): void {
    const dialogue = this.#dialogue
    if (this.#client || this.#closing || !dialogue) {
      client.destroy()
      return
    }
    this.#server?.close()
    this.#client = this.#keep(client)
    const reader = new RtspReader({
      message: (message) => dialogue.fromClient(message),
      media: (bytes) => relay(bytes, this.#camera, client),
    })
    client.on('data', (chunk) => this.#feed(reader, chunk, 'was asked for in something that is not RTSP'))
    client.on('drain', () => this.#camera?.resume())
    client.on('error', (error) =>
      this.#options.log.debug({ reason: reasonOf(error) }, 'ffmpeg left the guard'),
    )
    client.on('close', () => this.#close())
  }

  #feed(reader: RtspReader, chunk: Buffer, wrong: string): void {
    if (this.#closing) return
    try {
      reader.feed(chunk)
    } catch (error) {
      this.#fail(this.#error('STREAM_FAILED', `${wrong}: ${reasonOf(error)}`))
    }
  }

  #owes(method: string | undefined): void {
    clearTimeout(this.#timer)
    const { responseTimeoutMs = 10_000 } = this.#options
    if (method) this.#expect(responseTimeoutMs, `did not answer ${method} in ${responseTimeoutMs} ms`)
  }

  #expect(timeoutMs: number, otherwise: string): void {
    clearTimeout(this.#timer)
    if (this.#closing) return
    this.#timer = setTimeout(() => this.#fail(this.#error('STREAM_FAILED', otherwise)), timeoutMs)
  }

  #error(code: ErrorCode, why: string): GatewayError {
    return cameraError(this.#options.address, code, why)
  }

  /** The first failure is the true one. */
  #fail(failure: GatewayError): void {
    if (this.#closing) return
    this.#failure = failure
    this.#options.log.debug({ code: failure.code }, failure.message)
    this.#dialogue?.refuse()
    this.#close()
  }

  #close(): void {
    if (this.#closing) return
    this.#dialogue?.teardown()
    this.#closing = true
    this.#giveUp.abort()
    clearTimeout(this.#timer)
    if (this.#server?.listening) this.#server.close()
    for (const socket of [this.#client, this.#camera]) {
      if (!socket) continue
      socket.resume().destroySoon()
      const linger = setTimeout(() => socket.destroy(), lingerMs)
      socket.once('close', () => clearTimeout(linger))
    }
    if (this.#open.size === 0) this.#closed.resolve()
  }

  /** Remembers what must be closed before the guard is. */
  #keep<T extends Socket | Server>(resource: T): T {
    this.#open.add(resource)
    resource.once('close', () => {
      this.#open.delete(resource)
      if (this.#closing && this.#open.size === 0) this.#closed.resolve()
    })
    return resource
  }
}

/** Writes, and lets the other side wait while the buffer is full (its `drain` handler goes on). */
function relay(bytes: Buffer, to: Socket | undefined, from: Socket | undefined): void {
  if (to?.writable && !to.write(bytes)) from?.pause()
}
