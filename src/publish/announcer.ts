/** Tells the broker how things stand: presence, inventory, health and camera states, retained, newest only, anew at every connect. */
import { v7 as newId } from 'uuid'
import { eventContentType } from '../contract/envelope.ts'
import { type InventoryFacts, inventoryMessage } from '../contract/inventory-message.ts'
import {
  type CameraFacts,
  cameraStateMessage,
  healthMessage,
  presenceMessage,
  type StateMessage,
  type StateOrigin,
} from '../contract/state-message.ts'
import type { GatewayHealth, Presence } from '../contract/state-schema.ts'
import { cameraStateTopic } from '../contract/topics.ts'
import type { Covered } from '../domain/coverage.ts'
import { type Log, oncePer } from '../kit/log.ts'
import { sleep } from '../kit/retry.ts'
import { Bell } from './bell.ts'
import type { Outcome } from './outcome.ts'
import type { Announced } from './ports.ts'
import type { Session } from './session.ts'

const healthEveryMs = 60_000

/** A camera whose state flaps is told so often at most. */
const cameraEveryMs = 1_000

/** Connections whose `online` a broker may come back with. */
const mostRemembered = 100

/** Each change rings; nothing is missed by sleeping long. */
const idleMs = 3_600_000

export interface AnnouncerOptions {
  readonly gateway: string
  readonly prefix: string
  readonly announced: Announced
  /** Ids of the cameras that are to be watched. */
  cameras(): readonly string[]
  health(): GatewayHealth | Promise<GatewayHealth>
  inventory(): InventoryFacts
  readonly log: Log
}

export class Announcer {
  readonly #options: AnnouncerOptions
  readonly #grumble = oncePer(60_000)
  readonly #bell = new Bell()
  readonly #inventoryBell = new Bell()
  readonly #cameras = new Map<string, CameraFacts>()
  /** Their last hour, and what the broker was told of it. */
  readonly #hours = new Map<string, Covered>()
  readonly #toldHours = new Map<string, Covered>()
  /** Cameras whose newest facts (or whose removal) the broker has not heard. */
  readonly #untold = new Set<string>()
  /** Cameras of which is written down that the broker may hold their state. */
  readonly #written = new Set<string>()

  /** Ids of the newest messages in which we said `online`. */
  #ours: readonly string[] = []
  #onlineAt = 0

  constructor(options: AnnouncerOptions) {
    this.#options = options
  }

  cameraState(camera: string, facts: CameraFacts): void {
    this.#cameras.set(camera, facts)
    this.#untold.add(camera)
    this.#bell.ring()
  }

  /** How the last hour was covered; kept for the next message of this camera, which comes at once where much has changed. */
  cameraCoverage(camera: string, hour: Covered): void {
    this.#hours.set(camera, hour)
    if (!this.#cameras.has(camera) || !isNoticeable(this.#toldHours.get(camera), hour)) return
    this.#untold.add(camera)
    this.#bell.ring()
  }

  /** Clears the retained state of a camera that is no more. */
  forgetCamera(camera: string): void {
    this.#cameras.delete(camera)
    this.#hours.delete(camera)
    this.#toldHours.delete(camera)
    this.#untold.add(camera)
    this.#bell.ring()
  }

  /** It is asked for and told anew. */
  inventoryChanged(): void {
    this.#inventoryBell.ring()
  }

  /** Also the last will, asked for before each connect. */
  presence(presence: Presence): StateMessage {
    const origin = this.#origin()
    if (presence === 'online') {
      this.#ours = [...this.#ours, origin.id].slice(-mostRemembered)
      this.#onlineAt = origin.time
    }
    return presenceMessage(origin, presence)
  }

  /** Did somebody else say `online` under our name since we last did? (A broker may come back with what it held long ago.) */
  isForeign(presence: string): boolean {
    try {
      const { id, data } = JSON.parse(presence) as { id: string; data: { presence: Presence; since: string } }
      const isNewer = Date.parse(data.since) > this.#onlineAt
      return data.presence === 'online' && isNewer && !this.#ours.includes(id)
    } catch {
      return false
    }
  }

  /** Says how the gateway is reachable. */
  async tellPresence(session: Session, presence: Presence): Promise<void> {
    await this.#tell(session, this.presence(presence))
  }

  /** Until the session is over. */
  async run(session: Session): Promise<void> {
    await this.tellPresence(session, 'online')
    for (const camera of this.#cameras.keys()) this.#untold.add(camera)
    const cameras = async () => {
      await this.#findLeftOver()
      await this.#tellCameras(session)
    }
    await Promise.all([this.#tellInventory(session), this.#tellHealth(session), cameras()])
  }

  /** Cameras that were removed or disabled while the gateway was down. */
  async #findLeftOver(): Promise<void> {
    const watched = new Set([...this.#options.cameras(), ...this.#cameras.keys()])
    const held = (await this.#write((announced) => announced.announcedCameras())) ?? []
    for (const camera of held) {
      this.#written.add(camera)
      if (!watched.has(camera)) this.#untold.add(camera)
    }
  }

  async #tellInventory(session: Session): Promise<void> {
    while (!session.over.aborted) {
      await this.#tell(session, inventoryMessage(this.#origin(), this.#options.inventory()))
      await this.#inventoryBell.wait(idleMs, session.over)
    }
  }

  async #tellHealth(session: Session): Promise<void> {
    while (!session.over.aborted) {
      try {
        const health = await this.#options.health()
        await this.#tell(session, healthMessage(this.#origin(), health))
      } catch (error) {
        this.#grumble('health', () => this.#options.log.warn({ err: error }, 'health could not be told'))
      }
      await sleep(healthEveryMs, session.over)
    }
  }

  async #tellCameras(session: Session): Promise<void> {
    while (!session.over.aborted) {
      const cameras = [...this.#untold]
      this.#untold.clear()
      await this.#noteTold(cameras)
      const outcomes = await Promise.all(
        cameras.map((camera) => this.#tell(session, this.#cameraMessage(camera))),
      )
      // The connection ended before the broker had heard them.
      for (const [i, camera] of cameras.entries()) {
        if (outcomes[i].kind === 'lost') this.#untold.add(camera)
      }
      await this.#noteCleared(cameras.filter((_, i) => outcomes[i].kind === 'accepted'))
      if (cameras.length > 0) await sleep(cameraEveryMs, session.over)
      await this.#bell.wait(idleMs, session.over)
    }
  }

  /** Before they are told: a crash in between leaves one name too many, not one too few. */
  async #noteTold(cameras: readonly string[]): Promise<void> {
    const fresh = cameras.filter((camera) => this.#cameras.has(camera) && !this.#written.has(camera))
    if (fresh.length === 0) return
    for (const camera of fresh) this.#written.add(camera)
    await this.#write((announced) => announced.announced(fresh))
  }

  async #noteCleared(cameras: readonly string[]): Promise<void> {
    // One that came back meanwhile is still untold and keeps its name.
    const gone = cameras.filter((camera) => !this.#cameras.has(camera))
    if (gone.length === 0) return
    for (const camera of gone) this.#written.delete(camera)
    await this.#write((announced) => announced.cleared(gone))
  }

  /** A store in trouble keeps no state from being told. */
  async #write<Result>(ask: (announced: Announced) => Promise<Result>): Promise<Result | undefined> {
    try {
      return await ask(this.#options.announced)
    } catch (error) {
      this.#grumble('store', () =>
        this.#options.log.error({ err: error }, 'which cameras were announced cannot be read or written'),
      )
      return undefined
    }
  }

  /** An empty payload clears what the broker has retained. */
  #cameraMessage(camera: string): StateMessage {
    const { gateway, prefix } = this.#options
    const facts = this.#cameras.get(camera)
    if (!facts) return { topic: cameraStateTopic(prefix, gateway, camera), body: '' }
    const hour = this.#hours.get(camera)
    if (hour) this.#toldHours.set(camera, hour)
    return cameraStateMessage(this.#origin(), camera, { ...facts, ...hour })
  }

  /** A refusal is logged and not repeated: the next change tries again. */
  async #tell(session: Session, { topic, body }: StateMessage): Promise<Outcome> {
    const contentType = body === '' ? undefined : eventContentType
    const outcome = await session.publish({ topic, payload: body, retain: true, contentType })
    if (outcome.kind === 'refused') {
      this.#grumble('refused', () =>
        this.#options.log.warn({ topic, why: outcome.why }, 'the broker refused a state message'),
      )
    }
    return outcome
  }

  #origin(): StateOrigin {
    const { gateway, prefix } = this.#options
    return { id: newId(), gateway, prefix, time: Date.now() }
  }
}

/** Two hundredths of an hour are 72 seconds; a rate that moved by a quarter is another rate, unless both are next to nothing. */
function isNoticeable(told: Covered | undefined, { coverage, fps }: Covered): boolean {
  if (!told || Math.abs(coverage - told.coverage) >= 0.02) return true
  return Math.abs(fps - told.fps) >= Math.max(0.25 * told.fps, 0.1)
}
