/** All that leaves by MQTT: the relay and the announcer on one kept connection. */
import type { InventoryFacts } from '../contract/inventory-message.ts'
import type { CameraFacts } from '../contract/state-message.ts'
import type { GatewayHealth } from '../contract/state-schema.ts'
import { presenceTopic } from '../contract/topics.ts'
import type { Covered } from '../domain/coverage.ts'
import type { Log } from '../kit/log.ts'
import type { Part } from '../kit/part.ts'
import type { Backoff } from '../kit/retry.ts'
import { Announcer } from './announcer.ts'
import { CommandEar } from './command-ear.ts'
import { Connection, type ConnectionState } from './connection.ts'
import { isNamesakeOnline } from './namesake.ts'
import type { Announced, BrokerOptions, Commands, Outbox } from './ports.ts'
import { ReceiptEar } from './receipt-ear.ts'
import { Relay, type RelayCounts } from './relay.ts'
import type { Session } from './session.ts'

/** At stop: for what still waits, then for the last word. */
const drainMs = 3_000
const lastWordMs = 1_000

export interface PublisherOptions {
  readonly gateway: { readonly id: string }
  readonly broker: BrokerOptions
  readonly outbox: Outbox
  readonly announced: Announced
  /** Absent = the centre's commands are not heard. */
  readonly commands?: Commands
  /** Ids of the cameras that are to be watched: what the broker holds of others is cleared. Asked at every connect. */
  cameras(): readonly string[]
  /** Asked at every connect and each minute. */
  health(): GatewayHealth | Promise<GatewayHealth>
  /** Asked at every connect and when it has changed. */
  inventory(): InventoryFacts
  readonly log: Log
  readonly backoff?: Backoff
  readonly connectTimeoutMs?: number
  readonly ackTimeoutMs?: number
  readonly keepAliveSeconds?: number
  /** After so long, what the broker's access list forbade is tried again. */
  readonly forbiddenMs?: number
  /** Messages a second at most when much has piled up; what is urgent does not count. 0 (the default) = no limit. */
  readonly drainPerSecond?: number
  /** Is a message only delivered when the centre has confirmed it? Then its receipts are heard. */
  readonly receipts?: boolean
}

export interface RelayStats extends ConnectionState, RelayCounts {}

export class Publisher implements Part {
  readonly name = 'publisher'
  readonly #announcer: Announcer
  readonly #relay: Relay
  readonly #ear: CommandEar | undefined
  readonly #receipts: ReceiptEar | undefined
  readonly #connection: Connection

  constructor(options: PublisherOptions) {
    const {
      gateway,
      broker,
      outbox,
      announced,
      log,
      backoff,
      connectTimeoutMs = 10_000,
      ackTimeoutMs = 15_000,
      keepAliveSeconds,
      forbiddenMs = 60_000,
      drainPerSecond = 0,
    } = options
    const { prefix } = broker
    this.#announcer = new Announcer({
      gateway: gateway.id,
      prefix,
      announced,
      cameras: () => options.cameras(),
      health: () => options.health(),
      inventory: () => options.inventory(),
      log,
    })
    this.#relay = new Relay(outbox, log, { forbiddenMs, drainPerSecond })
    const { commands } = options
    this.#receipts = options.receipts
      ? new ReceiptEar({ gateway: gateway.id, prefix, outbox, log })
      : undefined
    this.#ear = commands && new CommandEar({ gateway: gateway.id, prefix, commands, log })
    this.#connection = new Connection({
      session: { broker, clientId: `skyeye-${gateway.id}`, connectTimeoutMs, ackTimeoutMs, keepAliveSeconds },
      will: () => {
        const { topic, body } = this.#announcer.presence('offline')
        return { topic, payload: body }
      },
      namesake: (session, signal) =>
        isNamesakeOnline(
          session,
          presenceTopic(prefix, gateway.id),
          (presence) => this.#announcer.isForeign(presence),
          signal,
        ),
      use: (session) => this.#use(session),
      log,
      ...(backoff ? { backoff } : {}),
    })
  }

  /** Does not wait for the broker. */
  async start(): Promise<void> {
    this.#connection.start()
  }

  /** Lets what was saved before leave for a short time, says `stopped`, disconnects. */
  async stop(): Promise<void> {
    const { session } = this.#connection
    if (session) {
      await this.#relay.drain(AbortSignal.any([session.over, AbortSignal.timeout(drainMs)]))
      const late = setTimeout(() => session.drop('the broker took no leave'), lastWordMs)
      await this.#announcer.tellPresence(session, 'stopped')
      clearTimeout(late)
    }
    await this.#connection.stop()
  }

  /** The store has saved something that has to leave. */
  nudge(): void {
    this.#relay.nudge()
  }

  /** Older messages wait again in the outbox. */
  rewind(): void {
    this.#relay.rewind()
  }

  /** Retained at the broker until the camera is forgotten; at most one message a second and camera. */
  cameraState(camera: string, facts: CameraFacts): void {
    this.#announcer.cameraState(camera, facts)
  }

  /** How its last hour was covered: told with its state, by itself only where it has changed noticeably. */
  cameraCoverage(camera: string, hour: Covered): void {
    this.#announcer.cameraCoverage(camera, hour)
  }

  forgetCamera(camera: string): void {
    this.#announcer.forgetCamera(camera)
  }

  /** Cameras, or the tables that place them, have changed: the centre is told. */
  inventoryChanged(): void {
    this.#announcer.inventoryChanged()
  }

  stats(): RelayStats {
    return { ...this.#connection.state, ...this.#relay.counts() }
  }

  async #use(session: Session): Promise<void> {
    await Promise.all([
      ...[this.#announcer.run(session), this.#relay.run(session)],
      ...[this.#ear?.listen(session), this.#receipts?.listen(session)],
    ])
  }
}
