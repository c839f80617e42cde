/** One RTSP client at the simulator: answers its requests (RFC 2326) and starts and ends its session. */
import { randomBytes } from 'node:crypto'
import type { Socket } from 'node:net'
import { challenge, newNonce, proves } from './account.ts'
import type { Camera } from './camera.ts'
import { describeAudio, describeVideo } from './description.ts'
import { Playing } from './playing.ts'
import { RequestReader, type RtspRequest } from './request.ts'

interface Answer {
  readonly status: number
  readonly headers?: Record<string, string>
  readonly body?: string
}

const reasons: Record<number, string> = {
  200: 'OK',
  302: 'Found',
  401: 'Unauthorized',
  404: 'Not Found',
  405: 'Method Not Allowed',
  454: 'Session Not Found',
  455: 'Method Not Valid in This State',
  461: 'Unsupported Transport',
}
const methods = 'OPTIONS, DESCRIBE, SETUP, PLAY, GET_PARAMETER, SET_PARAMETER, TEARDOWN'

/** The camera's name in a request's address: the path, without the track that SETUP adds. */
function cameraName(uri: string): string | undefined {
  if (!URL.canParse(uri)) return undefined
  try {
    return decodeURIComponent(new URL(uri).pathname.replace(/\/(trackID=0)?$/, '').slice(1))
  } catch {
    return undefined
  }
}

export class Connection {
  private readonly socket: Socket
  private readonly find: (name: string) => Camera | undefined
  private readonly timeoutMs: number
  private readonly nonce = newNonce()
  private readonly session = randomBytes(4).toString('hex')
  private readonly reader = new RequestReader()
  private channel: number | undefined
  private playing: Playing | undefined
  private heardAt = 0

  /** `timeoutMs`: a session whose client says nothing for so long is ended. */
  constructor(socket: Socket, find: (name: string) => Camera | undefined, timeoutMs: number) {
    this.socket = socket
    this.find = find
    this.timeoutMs = timeoutMs
  }

  start(): void {
    this.socket.setNoDelay(true)
    this.socket.setTimeout(this.timeoutMs, () => this.socket.destroy())
    this.socket.on('error', () => this.socket.destroy())
    this.socket.on('close', () => this.endSession())
    this.socket.on('data', (bytes) => this.hear(bytes))
  }

  private hear(bytes: Buffer): void {
    this.heardAt = performance.now()
    try {
      for (const request of this.reader.take(bytes)) this.reply(request)
    } catch {
      this.socket.destroy()
    }
  }

  private reply(request: RtspRequest): void {
    const name = cameraName(request.uri)
    const camera = name === undefined ? undefined : this.find(name)
    const answer = camera?.fault?.kind === 'silent' ? undefined : this.answer(request, camera)
    camera?.note({ method: request.method, status: answer?.status ?? 0, at: Date.now() })
    if (!answer) return
    const body = answer.body ?? ''
    const lines = [
      `RTSP/1.0 ${answer.status} ${reasons[answer.status]}`,
      `CSeq: ${request.headers.get('cseq') ?? 0}`,
    ]
    for (const [key, value] of Object.entries(answer.headers ?? {})) lines.push(`${key}: ${value}`)
    if (body) lines.push('Content-Type: application/sdp', `Content-Length: ${Buffer.byteLength(body)}`)
    this.socket.write(`${lines.join('\r\n')}\r\n\r\n${body}`)
    // Only now: the first picture must not overtake the answer to PLAY.
    if (request.method === 'PLAY' && answer.status === 200) this.playing?.start()
  }

  private answer(request: RtspRequest, camera: Camera | undefined): Answer {
    if (request.method === 'OPTIONS') return { status: 200, headers: { Public: methods } }
    if (!camera || camera.fault?.kind === '404') return { status: 404 }
    if (camera.fault?.kind === 'redirect') return { status: 302, headers: { Location: camera.fault.to } }
    if (!this.admits(request, camera)) {
      const scheme = camera.account?.scheme ?? 'digest'
      return { status: 401, headers: { 'WWW-Authenticate': challenge(scheme, this.nonce) } }
    }
    switch (request.method) {
      case 'DESCRIBE':
        return describe(request, camera)
      case 'SETUP':
        return this.setUp(request)
      case 'PLAY':
        return this.play(request, camera)
      case 'GET_PARAMETER':
      case 'SET_PARAMETER':
        return { status: 200, headers: { Session: this.session } }
      case 'TEARDOWN':
        this.endSession()
        return { status: 200, headers: { Session: this.session } }
      default:
        return { status: 405, headers: { Allow: methods } }
    }
  }

  private admits(request: RtspRequest, camera: Camera): boolean {
    if (camera.fault?.kind === 'wrong-password') return false
    if (!camera.account) return true
    return proves(request.headers.get('authorization'), camera.account, request, this.nonce)
  }

  private setUp(request: RtspRequest): Answer {
    const transport = request.headers.get('transport') ?? ''
    if (!transport.includes('RTP/AVP/TCP')) return { status: 461 }
    if (this.playing) return { status: 455 }
    // RTCP takes the next channel, and a channel is one byte.
    const asked = Number(/interleaved=(\d+)/.exec(transport)?.[1] ?? 0)
    if (asked > 254) return { status: 461 }
    this.channel = asked
    const agreed = `RTP/AVP/TCP;unicast;interleaved=${asked}-${asked + 1}`
    const session = `${this.session};timeout=${Math.ceil(this.timeoutMs / 1_000)}`
    return { status: 200, headers: { Transport: agreed, Session: session } }
  }

  private play(request: RtspRequest, camera: Camera): Answer {
    if (this.channel === undefined) return { status: 455 }
    if (request.headers.get('session')?.split(';', 1)[0] !== this.session) return { status: 454 }
    const headers = { Session: this.session, Range: 'npt=0.000-' }
    if (this.playing) return { status: 200, headers }
    const expired = () => performance.now() - this.heardAt > this.timeoutMs
    this.playing = new Playing(camera, this.socket, this.channel, expired)
    const { sequence, stamp } = this.playing.first
    const track = `${request.uri.replace(/\/$/, '')}/trackID=0`
    return {
      status: 200,
      headers: { ...headers, 'RTP-Info': `url=${track};seq=${sequence};rtptime=${stamp}` },
    }
  }

  private endSession(): void {
    this.playing?.stop()
    this.playing = undefined
    this.channel = undefined
  }
}

function describe(request: RtspRequest, camera: Camera): Answer {
  const body = camera.fault?.kind === 'audio-only' ? describeAudio() : describeVideo(camera.clip)
  return { status: 200, headers: { 'Content-Base': `${request.uri.replace(/\/$/, '')}/` }, body }
}
