/** Keeps a session with the broker: opens one, lets it be used until it is over, waits, opens the next. */
import { GatewayError } from '../kit/errors.ts'
import type { Log } from '../kit/log.ts'
import { type Backoff, defaultBackoff, retry } from '../kit/retry.ts'
import { OtherProtocol, openSession, type SessionOptions } from './handshake.ts'
import { sessionTakenOver } from './outcome.ts'
import type { Protocol, Session, SessionEnd } from './session.ts'
import { expiryWarnings, type ValidUntil } from './tls.ts'

/** For the broker to let go. */
const farewellMs = 1_000

export interface ConnectionOptions {
  readonly session: Omit<SessionOptions, 'protocol' | 'will'>
  /** Asked at each attempt. */
  will(): SessionOptions['will']
  /** Is another gateway online under this name? Asked before each connect but the first. */
  namesake(session: Omit<SessionOptions, 'will'>, signal: AbortSignal): Promise<boolean>
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
  /** Another gateway connected under this name: nothing is sent until a restart, lest the two chase each other for ever. */
  readonly takenOver: boolean
  /** Of the certificates that the newest session used. */
  readonly validUntil?: ValidUntil
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
  #state: ConnectionState = { connected: false, takenOver: false, connects: 0 }

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
    if (await this.#isTakenOver()) return this.#standDown()
    const session = await this.#open()
    if (this.#stopping.signal.aborted) return session.close(farewellMs)
    this.#session = session
    const connects = this.#state.connects + 1
    const { protocol, validUntil } = session
    this.#state = { ...this.#state, connected: true, since: Date.now(), protocol, validUntil, connects }
    this.#options.log.info({ protocol: protocol === 5 ? '5' : '3.1.1' }, 'connected to the broker')
    for (const warning of expiryWarnings(validUntil, Date.now())) this.#options.log.warn(warning)
    try {
      await this.#options.use(session)
    } finally {
      this.#session = undefined
      session.drop('no longer used')
      this.#state = { ...this.#state, connected: false, since: Date.now() }
    }
    const { code, why } = session.over.reason as SessionEnd
    if (code === sessionTakenOver) return this.#standDown()
    throw new GatewayError('BROKER_REFUSED', why)
  }

  /** The first connect is for whoever started last; only who was thrown out afterwards has to look. */
  async #isTakenOver(): Promise<boolean> {
    if (this.#state.connects === 0) return false
    const { session, namesake } = this.#options
    return namesake({ ...session, protocol: this.#state.protocol ?? this.#protocol }, this.#stopping.signal)
  }

  /** Whichever of the two has its name by mistake, the centre would see their messages as those of one. */
  #standDown(): void {
    const lastError =
      'another gateway connected under this name and this one has stopped publishing: ' +
      'give one of them another gateway.id (and a dataDir of its own), then restart it'
    this.#state = { ...this.#state, takenOver: true, lastError }
    this.#options.log.error(lastError)
    this.#stopping.abort()
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
