/** What our RTSP client and a camera say to each other: requests signed, answers awaited, the session kept and ended. */
import { authority, type RtspAddress } from '../address.ts'
import { Authenticator } from '../digest.ts'
import { Refusal, refusalOf } from '../refusal.ts'
import {
  type Headers,
  header,
  headersOf,
  type RtspMessage,
  type RtspRequest,
  type RtspResponse,
  serialise,
} from '../rtsp-message.ts'
import { type VideoTrack, videoTrack } from './sdp.ts'
import type { Channels } from './track-reader.ts'

export interface SessionOptions {
  readonly address: RtspAddress
  /** For each answer. */
  readonly responseTimeoutMs: number
  readonly send: (bytes: Buffer) => void
}

interface Exchange {
  readonly response: RtspResponse
  readonly signed: boolean
}

const noBody = Buffer.alloc(0)
const defaultTimeoutS = 60
/** A camera may promise to wait for a day, or for no time at all. */
const [minTimeoutS, maxTimeoutS] = [2, 120]
/** A camera's own request is answered with so much of its CSeq, which is a number. */
const maxSequenceLength = 16
const tcpTransport = 'RTP/AVP/TCP;unicast;interleaved=0-1'

/** One session, used once: describe, setUp, play, then keepAlive until teardown. Each throws a Refusal. */
export class RtspSession {
  readonly #options: SessionOptions
  readonly #authenticator: Authenticator | undefined
  readonly #waiting = new Map<string, PromiseWithResolvers<RtspResponse>>()
  #failure: Error | undefined
  #sequence = 0
  #base: string
  #aggregate: string
  #id: string | undefined
  #timeoutS = defaultTimeoutS
  #keepAliveMethod = 'OPTIONS'
  #sdp: string | undefined

  constructor(options: SessionOptions) {
    const { username, password } = options.address
    this.#options = options
    this.#authenticator =
      username === undefined ? undefined : new Authenticator({ username, password: password ?? '' })
    this.#base = this.#aggregate = this.#own(options.address.path)
  }

  /** The session description as the camera gave it. */
  get sdp(): string | undefined {
    return this.#sdp
  }

  /** How often the camera wants to hear from us, ms: half of its own time-out. */
  get keepAliveMs(): number {
    return this.#timeoutS * 500
  }

  async describe(): Promise<VideoTrack> {
    const response = await this.#ask('DESCRIBE', this.#base, [['Accept', 'application/sdp']])
    this.#sdp = response.body.toString('utf8')
    const base = header(response, 'content-base') ?? header(response, 'content-location')
    if (base) this.#base = this.#resolve(base)
    const track = videoTrack(this.#sdp)
    this.#aggregate = this.#resolve(track.sessionControl)
    return track
  }

  /** Asks for the track over this connection. Throws CODEC_UNSUPPORTED where the camera only sends over UDP. */
  async setUp(track: VideoTrack): Promise<Channels> {
    const uri = this.#resolve(track.control)
    const response = await this.#ask('SETUP', uri, [['Transport', tcpTransport]])
    const session = /^\s*([^\s;]+)\s*(?:;\s*timeout\s*=\s*(\d{1,9}))?/i.exec(
      header(response, 'session') ?? '',
    )
    this.#id = session?.[1]
    const promised = Number(session?.[2] ?? 0) || defaultTimeoutS
    this.#timeoutS = Math.min(maxTimeoutS, Math.max(minTimeoutS, promised))
    return channelsOf(header(response, 'transport') ?? tcpTransport)
  }

  async play(): Promise<void> {
    await this.#ask('PLAY', this.#aggregate, [['Range', 'npt=0.000-']])
  }

  /**
   * Says that we are still here. The first time it asks what the camera understands, and from then on it uses GET_PARAMETER where
   * the camera lists that. Never throws: a camera that plays and ignores it is no reason to leave.
   */
  async keepAlive(): Promise<void> {
    try {
      const response = await this.#ask(this.#keepAliveMethod, this.#aggregate, [])
      if (/\bGET_PARAMETER\b/i.test(header(response, 'public') ?? '')) this.#keepAliveMethod = 'GET_PARAMETER'
    } catch {
      this.#keepAliveMethod = 'OPTIONS'
    }
  }

  /** Ends the session in good manners, as cameras have few; nobody waits for the answer. */
  teardown(): void {
    if (this.#id !== undefined) this.#send('TEARDOWN', this.#aggregate, [])
    this.#id = undefined
  }

  /** Whoever awaits an answer, or will, gets this instead. */
  fail(failure: Error): void {
    this.#failure = failure
    for (const { reject } of this.#waiting.values()) reject(failure)
  }

  /** The camera speaks. Throws REDIRECT_REFUSED where it sends us elsewhere. */
  message(message: RtspMessage): void {
    if (message.kind === 'response') {
      if (message.status < 200) return
      // A few cameras leave CSeq out; then the answer is to the oldest request.
      const sequence = header(message, 'cseq') ?? this.#waiting.keys().next().value ?? ''
      this.#waiting.get(sequence)?.resolve(message)
    } else if (message.method === 'REDIRECT') {
      throw new Refusal('REDIRECT_REFUSED', 'sent a REDIRECT; configure the new address if it is right')
    } else {
      const headers: Headers = [['CSeq', (header(message, 'cseq') ?? '0').slice(0, maxSequenceLength)]]
      const refusal = {
        kind: 'response',
        status: 501,
        reason: 'Not Implemented',
        headers,
        body: noBody,
      } as const
      this.#options.send(serialise(refusal))
    }
  }

  /** Sends a request, answers at most one challenge for it (two where the first says that only the nonce is old). */
  async #ask(method: string, uri: string, headers: Headers): Promise<RtspResponse> {
    for (let challenges = 0; ; challenges++) {
      const { response, signed } = await this.#exchange(method, uri, headers)
      if (response.status < 300) return response
      if (response.status === 401 && this.#challenged(response, challenges)) continue
      if (response.status === 461) {
        throw new Refusal('CODEC_UNSUPPORTED', `answered ${method} with 461: it does not send over TCP`)
      }
      throw refusalOf({ method, signed, account: this.#authenticator !== undefined }, response)
    }
  }

  #challenged(response: RtspResponse, before: number): boolean {
    const authenticator = this.#authenticator
    if (!authenticator?.challenge(headersOf(response, 'www-authenticate'))) return false
    return before < (authenticator.stale ? 2 : 1)
  }

  async #exchange(method: string, uri: string, headers: Headers): Promise<Exchange> {
    if (this.#failure) throw this.#failure
    const answer = Promise.withResolvers<RtspResponse>()
    const { sequence, signed } = this.#send(method, uri, headers)
    this.#waiting.set(sequence, answer)
    const { responseTimeoutMs } = this.#options
    const late = `did not answer ${method} in ${responseTimeoutMs} ms`
    const timer = setTimeout(() => answer.reject(new Refusal('STREAM_FAILED', late)), responseTimeoutMs)
    try {
      return { response: await answer.promise, signed }
    } finally {
      clearTimeout(timer)
      this.#waiting.delete(sequence)
    }
  }

  #send(method: string, uri: string, headers: Headers): { sequence: string; signed: boolean } {
    const sequence = `${++this.#sequence}`
    const authorization = this.#authenticator?.authorization(method, uri)
    const own: [string, string][] = [
      ['CSeq', sequence],
      ['User-Agent', 'skyeye'],
    ]
    if (this.#id !== undefined) own.push(['Session', this.#id])
    if (authorization !== undefined) own.push(['Authorization', authorization])
    const request: RtspRequest = { kind: 'request', method, uri, headers: [...own, ...headers], body: noBody }
    this.#options.send(serialise(request))
    return { sequence, signed: authorization !== undefined }
  }

  /**
   * The URL of a control attribute or a Content-Base: of the camera's own address, whatever host it names. One that is relative is
   * appended to the base, as all common clients do and cameras expect, also where the base does not end with `/`.
   */
  #resolve(control: string | undefined): string {
    if (control === undefined || control === '' || control === '*') return this.#base
    const absolute = /^[a-z][a-z0-9+.-]*:\/\/[^/?]*([\x21-\x7e]*)$/i.exec(control)
    if (absolute) return this.#own(absolute[1] || '/')
    if (!/^[\x21-\x7e]{1,2048}$/.test(control)) {
      throw new Refusal('CODEC_UNSUPPORTED', 'names its video by a URL that is none')
    }
    return `${this.#base.replace(/\/$/, '')}/${control.replace(/^\//, '')}`
  }

  #own(path: string): string {
    return `rtsp://${authority(this.#options.address)}${path}`
  }
}

function channelsOf(transport: string): Channels {
  const [, rtp, rtcp] = /;\s*interleaved\s*=\s*(\d{1,3})(?:\s*-\s*(\d{1,3}))?/i.exec(transport) ?? []
  const isTcp = /^\s*RTP\/AVPF?\/TCP\b/i.test(transport)
  if (!isTcp) throw new Refusal('CODEC_UNSUPPORTED', 'was asked to send over TCP and chose another transport')
  const first = Number(rtp ?? 0)
  return { rtp: first, rtcp: Number(rtcp ?? first + 1) }
}
