/** An MQTT 5 broker that answers as a test tells it: with any reason code, or not at all. */
import { once } from 'node:events'
import { createServer, type Server, type Socket } from 'node:net'

export interface Heard {
  readonly topic: string
  readonly payload: string
}

/**
 * Reason code of the PUBACK, `silent` for none, `cut` to close the connection instead, `reset` to break it,
 * `forbid and leave` for a DISCONNECT with 0x87.
 */
export type Answer = number | 'silent' | 'cut' | 'reset' | 'forbid and leave'

export class ScriptedBroker {
  readonly heard: Heard[] = []
  connects = 0
  /** Reason code of every SUBACK. */
  subscribed = 0
  readonly #answer: (message: Heard) => Answer
  readonly #sockets = new Set<Socket>()
  #server: Server | undefined
  #port = 0

  constructor(answer: (message: Heard) => Answer) {
    this.#answer = answer
  }

  get url(): string {
    return `mqtt://127.0.0.1:${this.#port}`
  }

  async start(): Promise<void> {
    this.#server = createServer((socket) => this.#serve(socket)).listen(0, '127.0.0.1')
    await once(this.#server, 'listening')
    this.#port = (this.#server.address() as { port: number }).port
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    this.#server?.close()
  }

  #serve(socket: Socket): void {
    this.#sockets.add(socket)
    socket.on('error', () => undefined)
    socket.once('close', () => this.#sockets.delete(socket))
    let rest = Buffer.alloc(0)
    socket.on('data', (chunk) => {
      rest = Buffer.concat([rest, chunk])
      for (let packet = takePacket(rest); packet; packet = takePacket(rest)) {
        rest = packet.rest
        this.#hear(socket, packet.first, packet.body)
      }
    })
  }

  #hear(socket: Socket, first: number, body: Buffer): void {
    const kind = first >> 4
    if (kind === 1) {
      this.connects++
      socket.write(Buffer.from([0x20, 3, 0, 0, 0]))
    } else if (kind === 12) {
      socket.write(Buffer.from([0xd0, 0]))
    } else if (kind === 8) {
      socket.write(Buffer.from([0x90, 4, body[0], body[1], 0, this.subscribed]))
    } else if (kind === 3) {
      const end = 2 + body.readUInt16BE(0)
      const id = body.readUInt16BE(end)
      // Properties of these tests are shorter than 128 bytes: one byte tells their length.
      const payload = body.subarray(end + 3 + body[end + 2]).toString()
      const message = { topic: body.subarray(2, end).toString(), payload }
      this.heard.push(message)
      const answer = this.#answer(message)
      if (answer === 'cut') socket.end()
      else if (answer === 'forbid and leave') socket.end(Buffer.from([0xe0, 2, 0x87, 0]))
      else if (answer === 'reset') socket.resetAndDestroy()
      else if (answer !== 'silent') socket.write(Buffer.from([0x40, 3, id >> 8, id & 0xff, answer]))
    }
  }
}

function takePacket(bytes: Buffer): { first: number; body: Buffer; rest: Buffer<ArrayBuffer> } | undefined {
  let length = 0
  for (let i = 1; i < bytes.length && i < 5; i++) {
    length += (bytes[i] & 0x7f) << (7 * (i - 1))
    if (bytes[i] & 0x80) continue
    const start = i + 1
    if (bytes.length < start + length) return undefined
    const rest = Buffer.from(bytes.subarray(start + length))
    return { first: bytes[0], body: bytes.subarray(start, start + length), rest }
  }
  return undefined
}
