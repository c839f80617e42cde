/** A small camera on loopback for the guard's tests: each request goes to a function that writes what it likes. */
import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { header, RtspReader, type RtspRequest } from '../../src/ingest/rtsp-message.ts'

export type Answer = (request: RtspRequest, socket: Socket) => string | Buffer | undefined

export interface TestCamera extends AsyncDisposable {
  readonly port: number
  readonly requests: RtspRequest[]
  readonly sockets: Socket[]
  /** Interleaved bytes the camera received. */
  readonly media: Buffer[]
}

export async function testCamera(answer: Answer, onConnect?: (socket: Socket) => void): Promise<TestCamera> {
  const requests: RtspRequest[] = []
  const sockets: Socket[] = []
  const media: Buffer[] = []
  const server = createServer((socket) => {
    sockets.push(socket)
    socket.on('error', () => socket.destroy())
    const reader = new RtspReader({
      media: (bytes) => media.push(bytes),
      message: (message) => {
        if (message.kind !== 'request') return
        requests.push(message)
        const bytes = answer(message, socket)
        if (bytes !== undefined) socket.write(bytes)
      },
    })
    socket.on('data', (chunk) => reader.feed(chunk))
    onConnect?.(socket)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    requests,
    sockets,
    media,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}

/** An answer to a request, with its CSeq. */
export function reply(
  request: RtspRequest,
  status: string,
  headers: readonly string[] = [],
  body = '',
): string {
  const length = body ? [`Content-Length: ${Buffer.byteLength(body)}`] : []
  return `${[`RTSP/1.0 ${status}`, `CSeq: ${header(request, 'cseq')}`, ...headers, ...length].join('\r\n')}\r\n\r\n${body}`
}
