/** Keeps a session with the broker: opens one, lets it be used until it is over, waits, opens the next. */
import { GatewayError } from '../kit/errors.ts'
import type { Log } from '../kit/log.ts'
import { type Backoff, defaultBackoff, retry } from '../kit/retry.ts'
import { OtherProtocol, openSession, type SessionOptions } from './handshake.ts'
import type { Protocol, Session, SessionEnd } from './session.ts'

/** For the broker to let go. */
const farewellMs = 1_000

export interface ConnectionOptions {
  readonly session: Omit<SessionOptions, 'protocol' | 'will'>
  /** Asked at each attempt. */
  will(): SessionOptions['will']
  /** Called with each new session; the connection is in use until it resolves. */
  use(session: Session): Promise<void>
  readonly log: Log
  readonly backoff?: Backoff
}

/** What people and programs may know of the connection. */
export interface ConnectionState {
  readonly connected: boolean
  /** Epoch ms of the last change of `connected`; absent before the first. */
  readonly since?: number
  readonly protocol?: Protocol
  /** Why the last attempt or session ended. */
  readonly lastError?: string
  /** Sessions so far. */
  readonly connects: number
}

export class Connection {
  readonly #options: ConnectionOptions
  readonly #stopping = new AbortController()
  #running: Promise<void> | undefined
  #session: Session | undefined
  /** Remembered while the process lives, once the broker has said that it does not speak 5. */
  #protocol: Protocol = 5
  #state: ConnectionState = { connected: false, connects: 0 }

  constructor(options: ConnectionOptions) {
    this.#options = options
  }

  get state(): ConnectionState {
    return this.#state
  }

  /** The session in use. */
  get session(): Session | undefined {
    return this.#session
  }

  /** Returns at once: a broker that is down is no reason not to start. */
  start(): void {
    const { log, backoff = defaultBackoff } = this.#options
    this.#running = retry(
      this.#stopping.signal,
      () => this.#attempt(),
      (error, waitMs) => {
        const why = error instanceof Error ? error.message : 'the session ended'
        this.#state = { ...this.#state, lastError: why }
        log.warn({ why, waitMs }, 'no connection to the broker')
        return undefined
      },
      backoff,
    )
  }

  /** Ends the session in good order. */
  async stop(): Promise<void> {
    this.#stopping.abort()
    await this.#session?.close(farewellMs)
    await this.#running
  }

  async #attempt(): Promise<void> {
    const session = await this.#open()
    if (this.#stopping.signal.aborted) return session.close(farewellMs)
    this.#session = session
    const connects = this.#state.connects + 1
    this.#state = { ...this.#state, connected: true, since: Date.now(), protocol: session.protocol, connects }
    this.#options.log.info({ protocol: session.protocol === 5 ? '5' : '3.1.1' }, 'connected to the broker')
    try {
      await this.#options.use(session)
    } finally {
      this.#session = undefined
      session.drop('no longer used')
      this.#state = { ...this.#state, connected: false, since: Date.now() }
    }
    throw new GatewayError('BROKER_REFUSED', (session.over.reason as SessionEnd).why)
  }

  /** MQTT 5; in the same attempt 3.1.1 where the broker does not speak 5. */
  async #open(): Promise<Session> {
    const { session, will } = this.#options
    const options = { ...session, will: will() }
    const { signal } = this.#stopping
    if (this.#protocol === 4) return openSession({ ...options, protocol: 4 }, signal)
    try {
      return await openSession({ ...options, protocol: 5 }, signal)
    } catch (error) {
      if (!(error instanceof OtherProtocol)) throw error
      const older = await openSession({ ...options, protocol: 4 }, signal)
      // A broker that merely hung up may have been starting: ask it for 5 again next time.
      if (error.certain) this.#protocol = 4
      return older
    }
  }
}
