/** What a simulated gateway tells of itself, retained: presence, inventory, health and the states of its cameras. */
import { eventContentType } from '../../contract/envelope.ts'
import { inventoryMessage } from '../../contract/inventory-message.ts'
import {
  cameraStateMessage,
  healthMessage,
  presenceMessage,
  type StateMessage,
} from '../../contract/state-message.ts'
import type { Presence } from '../../contract/state-schema.ts'
import type { CameraState } from '../../domain/camera.ts'
import type { Publication } from '../../publish/session.ts'
import { type SimulatedGateway, simulatedModels, tableVersions } from './cast.ts'
import type { Dice } from './dice.ts'
import { type Fate, isWithin } from './fate.ts'

export interface TellerFacts {
  readonly gateway: SimulatedGateway
  readonly prefix: string
  /** Midnight at which the day begins, epoch ms. */
  readonly from: number
  /** Of the program. */
  readonly version: string
  /** In use at that time. */
  epoch(at: number): string
  /** When each message that waits at that time was saved. */
  waiting(at: number): readonly number[]
}

export class StateTeller {
  readonly #facts: TellerFacts
  readonly #fate: Fate
  readonly #dice: Dice

  constructor(facts: TellerFacts, fate: Fate, dice: Dice) {
    this.#facts = facts
    this.#fate = fate
    this.#dice = dice
  }

  presence(at: number, presence: Presence): Publication {
    return retained(presenceMessage(this.#origin(at), presence))
  }

  /** Everything that is told at a connect. */
  greeting(at: number): Publication[] {
    const { gateway, version, epoch } = this.#facts
    const { name, site, cameras } = gateway
    const facts = { name, site, cameras, version, epoch: epoch(at), versions: tableVersions }
    const inventory = { ...facts, tier: 'standard' as const, models: simulatedModels }
    return [
      this.presence(at, 'online'),
      retained(inventoryMessage(this.#origin(at), inventory)),
      this.health(at),
      ...cameras.map(({ id }) => this.camera(at, id)),
    ]
  }

  health(at: number): Publication {
    const { from, version, gateway, waiting } = this.#facts
    const offline = isWithin(this.#fate.blind, at) ? 1 : 0
    const pending = waiting(at)
    const oldest = pending.length > 0 ? { oldestPendingAt: new Date(Math.min(...pending)).toISOString() } : {}
    const health = {
      ...{ alive: true, version, uptimeS: Math.round((at - from) / 1_000) },
      models: { tier: 'standard' as const, names: simulatedModels.map(({ name }) => name) },
      load: this.#dice.between(0.2, 0.7),
      cameras: { live: gateway.cameras.length - offline, ...(offline ? { offline } : {}) },
      outbox: { pending: pending.length, parked: 0, ...oldest },
      disk: { freeBytes: 40e9 },
    }
    return retained(healthMessage(this.#origin(at), health))
  }

  camera(at: number, camera: string): Publication {
    const { blind } = this.#fate
    const isBlind = camera === blind.camera && isWithin(blind, at)
    const wasBlind = camera === blind.camera && at >= blind.to
    const state: CameraState = isBlind ? 'offline' : 'live'
    const since = isBlind ? blind.from : wasBlind ? blind.to : this.#facts.from
    const coverage = this.#dice.between(0.97, 1)
    const facts = { state, since, fps: this.#dice.between(0.2, 3), coverage }
    return retained(cameraStateMessage(this.#origin(at), camera, facts))
  }

  #origin(time: number) {
    const { gateway, prefix } = this.#facts
    return { id: this.#dice.id(time), gateway: gateway.id, prefix, time: Math.round(time) }
  }
}

function retained({ topic, body }: StateMessage): Publication {
  return { topic, payload: body, retain: true, contentType: eventContentType }
}
