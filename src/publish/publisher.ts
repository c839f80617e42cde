/** All that leaves by MQTT: the relay, the announcer and further voices on one kept connection. */
import type { InventoryFacts } from '../contract/inventory-message.ts'
import type { CameraFacts } from '../contract/state-message.ts'
import type { GatewayHealth } from '../contract/state-schema.ts'
import { presenceTopic } from '../contract/topics.ts'
import type { Alert } from '../domain/alert.ts'
import type { Covered } from '../domain/coverage.ts'
import type { Track } from '../domain/track.ts'
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
import { chosenVoices, type VoiceChoice } from './voices/chosen.ts'
import { Voices } from './voices/voices.ts'

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
  /** Beside the contract; none where absent. */
  readonly voices?: VoiceChoice
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

export interface RelayStats extends ConnectionState, RelayCounts {
  /** Events of further voices that nobody heard. */
  readonly unsaid: number
}

export class Publisher implements Part {
  readonly name = 'publisher'
  readonly #announcer: Announcer
  readonly #relay: Relay
  readonly #voices: Voices
  readonly #ear: CommandEar | undefined
  readonly #receipts: ReceiptEar | undefined
  readonly #connection: Connection

  constructor(options: PublisherOptions) {
    const {
      gateway,
      broker,
      outbox,
      announced,
      voices = {},
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
    this.#voices = new Voices({
      voices: chosenVoices(voices, gateway.id, prefix),
      announced,
      inventory: () => options.inventory(),
      log,
    })
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

  /** It was saved: further voices say so now or, where the broker is away, never. */
  alert(alert: Alert): void {
    this.#voices.alert(alert)
  }

  /** What is followed in a picture of this camera: further voices say how many. */
  inView(camera: string, tracks: readonly Track[]): void {
    this.#voices.inView(camera, tracks)
  }

  /** Retained at the broker until the camera is forgotten; at most one message a second and camera. */
  cameraState(camera: string, facts: CameraFacts): void {
    this.#announcer.cameraState(camera, facts)
    this.#voices.cameraState(camera, facts.state, facts.since)
  }

  /** How its last hour was covered: told with its state, by itself only where it has changed noticeably. */
  cameraCoverage(camera: string, hour: Covered): void {
    this.#announcer.cameraCoverage(camera, hour)
  }

  forgetCamera(camera: string): void {
    this.#announcer.forgetCamera(camera)
    this.#voices.forgetCamera(camera)
  }

  /** Cameras, or the tables that place them, have changed: the centre is told. */
  inventoryChanged(): void {
    this.#announcer.inventoryChanged()
    this.#voices.inventoryChanged()
  }

  stats(): RelayStats {
    return { ...this.#connection.state, ...this.#relay.counts(), unsaid: this.#voices.unsaid }
  }

  async #use(session: Session): Promise<void> {
    await Promise.all([
      ...[this.#announcer.run(session), this.#relay.run(session)],
      ...[this.#ear?.listen(session), this.#receipts?.listen(session)],
      this.#voices.run(session),
    ])
  }
}
