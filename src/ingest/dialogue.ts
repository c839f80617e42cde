/** What ffmpeg and a camera say to each other through the guard: requests signed, answers checked, URLs exchanged. */
import type { ErrorCode } from '../kit/errors.ts'
import type { RtspAddress } from './address.ts'
import { Authenticator } from './digest.ts'
import type { GuardUrls } from './guard-urls.ts'
import { refusalOf } from './refusal.ts'
import {
  type Headers,
  header,
  headersOf,
  type RtspMessage,
  type RtspRequest,
  type RtspResponse,
  serialise,
  withHeaders,
} from './rtsp-message.ts'

/** The two sockets and the clock, as the dialogue needs them. */
export interface Wire {
  toCamera(bytes: Buffer): void
  toClient(bytes: Buffer): void
  /** The attempt is over; `why` continues the sentence "The camera …". */
  fail(code: ErrorCode, why: string): void
  /** The camera owes an answer to this method before the stream can play; undefined = it owes none. */
  owes(method: string | undefined): void
}

/** A request that the camera has not answered. */
interface Pending {
  /** As ffmpeg sent it, with the camera's URL. */
  readonly request: RtspRequest
  readonly clientSequence: string
  /** How often a challenge was answered for it. */
  challenges: number
  signed: boolean
}

const maxPending = 8
/** A camera's own request is answered with so much of its CSeq, which is a number. */
const maxSequenceLength = 16
const noBody = Buffer.alloc(0)
/** RTP-Info names the camera's address and is of no use for a live picture; the others are the guard's own business. */
const keptFromClient = ['cseq', 'www-authenticate', 'authentication-info', 'rtp-info', 'location']

export class RtspDialogue {
  readonly #urls: GuardUrls
  readonly #wire: Wire
  readonly #authenticator: Authenticator | undefined
  readonly #pending = new Map<string, Pending>()
  #sequence = 0
  #admitted = false
  #playing = false
  #finished = false
  #sdp: string | undefined
  /** What a TEARDOWN needs, once the camera opened a session. */
  #session: { readonly id: string; readonly uri: string } | undefined

  constructor(address: RtspAddress, urls: GuardUrls, wire: Wire) {
    const { username, password } = address
    this.#urls = urls
    this.#wire = wire
    this.#authenticator =
      username === undefined ? undefined : new Authenticator({ username, password: password ?? '' })
  }

  /** The session description as ffmpeg got it, once it came. */
  get sdp(): string | undefined {
    return this.#sdp
  }

  /** ffmpeg ended the session itself: a camera that hangs up now does what it should. */
  get finished(): boolean {
    return this.#finished
  }

  /** ffmpeg speaks. Its answers to a camera's requests are nobody's business: the guard gave them. */
  fromClient(message: RtspMessage): void {
    if (message.kind === 'response') return
    const clientSequence = header(message, 'cseq') ?? '0'
    const uri = message.uri === '*' && this.#admitted ? '*' : this.#urls.toCamera(message.uri)
    if (uri === undefined) {
      this.#wire.fail(
        'STREAM_FAILED',
        'was asked for by somebody who does not know the token of this attempt',
      )
    } else if (message.method === 'SETUP' && !isOverTcp(header(message, 'transport'))) {
      // Media over UDP would pass beside the guard.
      this.#reply(clientSequence, 461, 'Unsupported Transport')
    } else if (this.#pending.size >= maxPending && !this.#playing) {
      this.#wire.fail('STREAM_FAILED', `left ${maxPending} requests unanswered`)
    } else {
      this.#admitted = true
      if (message.method === 'TEARDOWN') {
        this.#finished = true
        this.#session = undefined
      }
      this.#send({ request: { ...message, uri }, clientSequence, challenges: 0, signed: false })
    }
  }

  /** The camera speaks. Its own requests do not concern ffmpeg, and a REDIRECT is one as much as a 3xx. */
  fromCamera(message: RtspMessage): void {
    if (message.kind === 'response') {
      this.#answered(message)
    } else if (message.method === 'REDIRECT') {
      this.#wire.fail('REDIRECT_REFUSED', 'sent a REDIRECT; configure the new address if it is right')
    } else {
      const sequence = (header(message, 'cseq') ?? '0').slice(0, maxSequenceLength)
      const headers: Headers = [['CSeq', sequence]]
      const answer: RtspResponse = {
        kind: 'response',
        status: 501,
        reason: 'Not Implemented',
        headers,
        body: noBody,
      }
      this.#wire.toCamera(serialise(answer))
    }
  }

  /** Answers what ffmpeg still waits for: the attempt failed. */
  refuse(): void {
    for (const { clientSequence } of this.#pending.values()) this.#reply(clientSequence, 502, 'Bad Gateway')
    this.#pending.clear()
  }

  /** Ends the session in good manners: cameras have few, and keep one that was dropped for a minute or so. */
  teardown(): void {
    if (!this.#session) return
    const { id, uri } = this.#session
    this.#session = undefined
    this.#playing = true // nobody waits for the answer
    const request: RtspRequest = {
      kind: 'request',
      method: 'TEARDOWN',
      uri,
      headers: [['Session', id]],
      body: noBody,
    }
    this.#send({ request, clientSequence: '0', challenges: 0, signed: false })
  }

  #send(pending: Pending): void {
    const { request } = pending
    const sequence = `${++this.#sequence}`
    const authorization = this.#authenticator?.authorization(request.method, request.uri)
    pending.signed = authorization !== undefined
    // Some cameras never answer a keep-alive; while they play that is no reason to leave them.
    if (this.#pending.size >= maxPending) this.#pending.delete(this.#pending.keys().next().value ?? '')
    this.#pending.set(sequence, pending)
    const own: Headers = authorization === undefined ? [] : [['Authorization', authorization]]
    const headers = withHeaders(request.headers, ['cseq', 'authorization', 'proxy-authorization'], own)
    this.#wire.toCamera(serialise({ ...request, headers: [['CSeq', sequence], ...headers] }))
    if (!this.#playing) this.#wire.owes(request.method)
  }

  #answered(response: RtspResponse): void {
    const { status } = response
    // A few cameras leave CSeq out; then the answer is to the oldest request.
    const sequence = header(response, 'cseq') ?? this.#pending.keys().next().value ?? ''
    const pending = this.#pending.get(sequence)
    if (!pending || status < 200) return
    // A failure leaves the request pending: `refuse` answers it.
    if (status >= 300 && status < 400) {
      this.#refused(pending, response)
    } else if (status === 401 && this.#login(pending, response)) {
      this.#pending.delete(sequence)
      this.#send(pending)
    } else if (status >= 400 && !this.#playing && pending.request.method !== 'GET_PARAMETER') {
      this.#refused(pending, response)
    } else if (this.#forward(pending, response)) {
      this.#pending.delete(sequence)
      if (this.#pending.size === 0) this.#wire.owes(undefined)
    }
  }

  /** Takes the challenge of a 401; false where the request had already answered a fresh one: the account is refused. */
  #login(pending: Pending, response: RtspResponse): boolean {
    if (!this.#authenticator?.challenge(headersOf(response, 'www-authenticate'))) return false
    if (pending.challenges >= (this.#authenticator.stale ? 2 : 1)) return false
    pending.challenges++
    return true
  }

  #refused({ request, signed }: Pending, response: RtspResponse): void {
    const account = this.#authenticator !== undefined
    const { code, message } = refusalOf({ method: request.method, signed, account }, response)
    this.#wire.fail(code, message)
  }

  /** Hands an answer on; false where it ends the attempt instead. */
  #forward({ request, clientSequence }: Pending, response: RtspResponse): boolean {
    const body = request.method === 'DESCRIBE' ? this.#urls.describe(response.body) : response.body
    if (response.status === 200 && !this.#advance(request, response, body)) return false
    const kept = withHeaders(response.headers, keptFromClient, [])
    const headers = kept.map(([name, value]): [string, string] => [name, this.#rewritten(name, value)])
    this.#wire.toClient(serialise({ ...response, headers: [['CSeq', clientSequence], ...headers], body }))
    return true
  }

  /** Notes what a success means for the session; false where it cannot go on. */
  #advance(request: RtspRequest, response: RtspResponse, body: Buffer): boolean {
    if (request.method === 'DESCRIBE') {
      this.#sdp = body.toString('utf8')
      if (!/^m=video /m.test(this.#sdp)) {
        this.#wire.fail('NO_VIDEO', 'offers no video')
        return false
      }
    } else if (request.method === 'SETUP') {
      const id = header(response, 'session')?.split(';')[0].trim()
      if (id) this.#session = { id, uri: request.uri }
    } else if (request.method === 'PLAY') {
      this.#playing = true
      this.#session = this.#session && { id: this.#session.id, uri: request.uri }
    }
    return true
  }

  #rewritten(name: string, value: string): string {
    const key = name.toLowerCase()
    if (key === 'content-base' || key === 'content-location') return this.#urls.toClient(value)
    if (key === 'transport') return value.replace(/;(?:source|destination)=[^;,]*/gi, '')
    return value
  }

  #reply(clientSequence: string, status: number, reason: string): void {
    const headers: Headers = [['CSeq', clientSequence]]
    this.#wire.toClient(serialise({ kind: 'response', status, reason, headers, body: noBody }))
  }
}

/** Is every transport that is offered an interleaved one? */
function isOverTcp(transport: string | undefined): boolean {
  return transport?.split(',').every((offer) => /^\s*RTP\/S?AVPF?\/TCP(;|\s*$)/i.test(offer)) ?? false
}
