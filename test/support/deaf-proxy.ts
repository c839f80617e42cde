/** A link that dies without a word: once deaf, nothing passes in either direction, and both ends stay open. */
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'

export class DeafProxy {
  readonly #port: number
  readonly #sockets = new Set<Socket>()
  readonly #server: Server
  /** Nothing passes while it is true; what was swallowed never comes. */
  deaf = false
  connects = 0

  /** In front of a port on loopback. */
  constructor(port: number) {
    this.#port = port
    this.#server = createServer((near) => {
      this.connects++
      const far = connect(this.#port, '127.0.0.1')
      this.#pass(near, far)
      this.#pass(far, near)
    })
  }

  get url(): string {
    return `mqtt://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  async start(): Promise<void> {
    this.#server.listen(0, '127.0.0.1')
    await once(this.#server, 'listening')
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    this.#server.close()
  }

  #pass(from: Socket, to: Socket): void {
    this.#sockets.add(from)
    from.on('error', () => undefined)
    from.on('data', (chunk) => {
      if (!this.deaf) to.write(chunk)
    })
    from.once('close', () => {
      this.#sockets.delete(from)
      // Who hung up on a dead link is not heard of at the other end.
      if (!this.deaf) to.destroy()
    })
  }
}
