/** An MQTT broker inside the gateway, for demo and tests: loopback only, nothing kept when it stops, MQTT 3.1.1. */
import { createServer, type Server, type Socket } from 'node:net'
import { Aedes } from 'aedes'
import { GatewayError } from '../kit/errors.ts'
import type { Part } from '../kit/part.ts'

const host = '127.0.0.1'
const mostConnections = 64

export class EmbeddedBroker implements Part {
  readonly name = 'embedded broker'
  readonly #wantedPort: number
  readonly #sockets = new Set<Socket>()
  #aedes: Aedes | undefined
  #server: Server | undefined

  /** Port 0 = any free one. */
  constructor({ port }: { readonly port: number }) {
    this.#wantedPort = port
  }

  /** The port in use; 0 before `start`. */
  get port(): number {
    const address = this.#server?.address()
    return typeof address === 'object' ? (address?.port ?? 0) : 0
  }

  get url(): string {
    return `mqtt://${host}:${this.port}`
  }

  /** @throws GatewayError BROKER_FAILED where the port cannot be had. */
  async start(): Promise<void> {
    const aedes = await Aedes.createBroker({
      // What a subscriber that is away misses is not kept: its queue would grow in memory without limit.
      preConnect: (_client, packet, done) => {
        packet.clean = true
        done(null, true)
      },
    })
    const server = createServer((socket) => {
      this.#sockets.add(socket)
      socket.once('close', () => this.#sockets.delete(socket))
      aedes.handle(socket)
    })
    server.maxConnections = mostConnections
    this.#aedes = aedes
    this.#server = server
    await new Promise<void>((resolve, reject) => {
      server.once('error', (error: NodeJS.ErrnoException) => {
        const why =
          error.code === 'EADDRINUSE'
            ? `port ${this.#wantedPort} is taken; stop the other broker or set broker: embedded:PORT`
            : error.message
        reject(new GatewayError('BROKER_FAILED', `the embedded broker cannot listen on ${host}: ${why}`))
      })
      server.listen(this.#wantedPort, host, resolve)
    }).catch(async (error) => {
      await this.stop()
      throw error
    })
  }

  async stop(): Promise<void> {
    const [aedes, server] = [this.#aedes, this.#server]
    this.#aedes = undefined
    this.#server = undefined
    if (aedes) await new Promise<void>((resolve) => aedes.close(() => resolve()))
    for (const socket of this.#sockets) socket.destroy()
    if (server?.listening) await new Promise<void>((resolve) => server.close(() => resolve()))
  }
}
