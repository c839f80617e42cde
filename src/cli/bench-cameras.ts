/** The cameras of `skyeye bench`: drawn clips over RTSP on loopback, again and again at the pace at which real cameras send them. */
import { once } from 'node:events'
import { createServer, type Server, type Socket } from 'node:net'
import { header, type RtspMessage, RtspReader, serialise } from '../ingest/rtsp-message.ts'
import { picturesPerSecond, type Scene } from './bench-clip.ts'
import { clockRate, packetsOf, payloadType, type RtpPosition, type SentClip } from './bench-rtp.ts'

const host = '127.0.0.1'
const periodMs = 1_000 / picturesPerSecond
const ticksPerPicture = clockRate / picturesPerSecond
/** A reader that owes more than this does not keep up: it is cut off, and comes back. */
const mostUnread = 4 * 1_024 * 1_024

export class BenchCameras {
  readonly #clips: Readonly<Record<Scene, SentClip>>
  readonly #sockets = new Set<Socket>()
  readonly #server: Server
  #cutOff = 0

  constructor(clips: Readonly<Record<Scene, SentClip>>) {
    this.#clips = clips
    this.#server = createServer((socket) => this.#admit(socket))
  }

  /** Readers that did not keep up. */
  get cutOff(): number {
    return this.#cutOff
  }

  async start(): Promise<void> {
    this.#server.listen(0, host)
    await once(this.#server, 'listening')
  }

  async stop(): Promise<void> {
    const closed = once(this.#server, 'close')
    this.#server.close()
    for (const socket of this.#sockets) socket.destroy()
    await closed
  }

  /** The address of a camera that shows the scene; any number may be read at once. */
  url(scene: Scene, number: number): string {
    const address = this.#server.address()
    const port = typeof address === 'object' ? (address?.port ?? 0) : 0
    return `rtsp://${host}:${port}/${scene}/${number}`
  }

  #admit(socket: Socket): void {
    this.#sockets.add(socket)
    const playing = new AbortController()
    socket.setNoDelay(true)
    socket.on('error', () => socket.destroy())
    socket.on('close', () => {
      this.#sockets.delete(socket)
      playing.abort()
    })
    const reader = new RtspReader({
      message: (message) => this.#answer(message, socket, playing.signal),
      media: () => {},
    })
    socket.on('data', (bytes) => {
      try {
        reader.feed(bytes)
      } catch {
        socket.destroy()
      }
    })
  }

  /** There is nothing to refuse: whoever reads here is the gateway under test. */
  #answer(message: RtspMessage, socket: Socket, left: AbortSignal): void {
    if (message.kind !== 'request') return
    const { method, uri } = message
    const clip = this.#clips[uri.includes('/active/') ? 'active' : 'quiet']
    const headers: [string, string][] = [
      ['CSeq', header(message, 'cseq') ?? '0'],
      ['Session', '1'],
    ]
    if (method === 'SETUP') headers.push(['Transport', 'RTP/AVP/TCP;unicast;interleaved=0-1'])
    const body = Buffer.from(method === 'DESCRIBE' ? description(clip) : '')
    if (body.length > 0)
      headers.push(['Content-Type', 'application/sdp'], ['Content-Length', String(body.length)])
    socket.write(serialise({ kind: 'response', status: 200, reason: 'OK', headers, body }))
    if (method === 'PLAY') this.#play(clip, socket, left)
  }

  #play({ pictures }: SentClip, socket: Socket, left: AbortSignal): void {
    const began = performance.now()
    const position: RtpPosition = { sequence: 0, stamp: 0 }
    let sent = 0
    const step = () => {
      if (left.aborted) return
      while (performance.now() >= began + sent * periodMs) {
        position.stamp = (sent * ticksPerPicture) >>> 0
        socket.write(packetsOf(pictures[sent % pictures.length], position))
        sent++
      }
      if (socket.writableLength > mostUnread) {
        this.#cutOff++
        socket.destroy()
        return
      }
      setTimeout(step, Math.max(0, began + sent * periodMs - performance.now()))
    }
    step()
  }
}

function description({ parameterSets }: SentClip): string {
  const sets = parameterSets.map((nal) => nal.toString('base64')).join(',')
  return [
    ...['v=0', `o=- 1 1 IN IP4 ${host}`, 's=bench', 't=0 0', 'a=control:*'],
    ...[`m=video 0 RTP/AVP ${payloadType}`, `a=rtpmap:${payloadType} H264/${clockRate}`],
    ...[`a=fmtp:${payloadType} packetization-mode=1;sprop-parameter-sets=${sets}`, 'a=control:video', ''],
  ].join('\r\n')
}
