/** The part that listens: one HTTP application on one address. */
import { GatewayError } from '../kit/errors.ts'
import type { Log } from '../kit/log.ts'
import type { Part } from '../kit/part.ts'
import { buildApp } from './app.ts'
import type { HttpPorts } from './ports.ts'

/** How long requests in work may take when the server stops. */
const graceMs = 1_000

export interface HttpServerOptions {
  /** 127.0.0.1 unless told: nothing here is protected by an account. */
  readonly host?: string
  /** 8080 unless told; 0 = any free one. */
  readonly port?: number
  readonly ports: HttpPorts
  readonly log: Log
}

export class HttpServer implements Part {
  readonly name = 'http'
  readonly #options: Required<HttpServerOptions>
  #app: ReturnType<typeof buildApp> | undefined
  #url = ''

  constructor({ host = '127.0.0.1', port = 8080, ports, log }: HttpServerOptions) {
    this.#options = { host, port, ports, log }
  }

  /** `http://127.0.0.1:8080`; empty before `start`. */
  get url(): string {
    return this.#url
  }

  /** Rejects with HTTP_FAILED where the address cannot be had. */
  async start(): Promise<void> {
    const { host, port, ports, log } = this.#options
    this.#app = buildApp(ports, log)
    try {
      this.#url = await this.#app.listen({
        host,
        port,
        listenTextResolver: (address) => `HTTP on ${address}`,
      })
    } catch (error) {
      await this.#app.close()
      throw listenFailed(error as NodeJS.ErrnoException, host, port)
    }
  }

  /** Answers what is being asked, for a moment; a client that connected and says nothing is then cut off. */
  async stop(): Promise<void> {
    const app = this.#app
    if (!app) return
    const cut = setTimeout(() => app.server.closeAllConnections(), graceMs)
    await app.close()
    clearTimeout(cut)
  }
}

function listenFailed(error: NodeJS.ErrnoException, host: string, port: number): GatewayError {
  const advice = new Map([
    ['EADDRINUSE', 'another program has this port: stop it, or set http.port to a free one'],
    ['EACCES', 'this account may not use the port: set http.port to 1024 or more'],
    ['EADDRNOTAVAIL', 'this machine has no such address: set http.host to one of its own'],
    ['ENOTFOUND', 'the name is unknown: set http.host to an address of this machine'],
  ])
  const why = advice.get(error.code ?? '') ?? error.message
  return new GatewayError('HTTP_FAILED', `cannot listen on ${host}:${port}: ${why}`, { cause: error })
}
