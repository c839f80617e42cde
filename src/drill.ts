/** A drill: a marked alert through the whole path from the saving on, and what has become of it. */
import { v7 as newId } from 'uuid'
import type { Alert } from './domain/alert.ts'
import type { Camera } from './domain/camera.ts'
import type { DrillFacts, DrillRefusal } from './http/ports.ts'

/** Drills that can still be asked about; who raised the one before has long had their answer. */
const mostRemembered = 20

export interface DrillPorts {
  readonly cameras: () => readonly Camera[]
  /** As any alert is saved; `onSaved` after the commit, which a disk in trouble may put off. */
  save(camera: Camera, alert: Alert, messageId: string, onSaved: () => void): Promise<void>
  /** What became of a message; undefined where it is not, or no longer, in the outbox. */
  deliveryOf(messageId: string): Promise<Status | undefined>
  /** Does the centre confirm what it has? */
  readonly receipts: boolean
  broker(): DrillFacts['broker']
}

interface Status {
  readonly state: 'waiting' | 'sent' | 'kept' | 'parked'
  readonly ahead: number
  readonly parkedBecause?: string
}

/** Times are epoch ms. */
interface Raised {
  readonly alert: string
  readonly camera: string
  readonly raisedAt: number
  /** Of the message in which it ends: it leaves after the one in which it begins. */
  readonly lastMessage: string
  committedAt?: number
}

export class Drills {
  readonly #ports: DrillPorts
  readonly #raised = new Map<string, Raised>()

  constructor(ports: DrillPorts) {
    this.#ports = ports
  }

  /** An alert that begins and ends at once, on this camera or on the first. */
  async raise(asked: string | undefined): Promise<DrillFacts | DrillRefusal> {
    const cameras = this.#ports.cameras()
    const camera = asked === undefined ? cameras[0] : cameras.find(({ id }) => id === asked)
    if (!camera) return { refused: whyNone(asked, cameras) }
    const raisedAt = Date.now()
    const drill: Raised = { alert: newId(), camera: camera.id, raisedAt, lastMessage: newId() }
    this.#raised.set(drill.alert, drill)
    for (const old of [...this.#raised.keys()].slice(0, -mostRemembered)) this.#raised.delete(old)
    const began = alertOf(drill)
    const ended: Alert = { ...began, phase: 'ended', ended: raisedAt, endedBecause: 'cleared' }
    await this.#ports.save(camera, began, newId(), () => {})
    await this.#ports.save(camera, ended, drill.lastMessage, () => {
      drill.committedAt = Date.now()
    })
    return this.#factsOf(drill)
  }

  /** Undefined where there was none, or too many since. */
  async look(alert: string): Promise<DrillFacts | undefined> {
    const drill = this.#raised.get(alert)
    return drill && this.#factsOf(drill)
  }

  async #factsOf({ lastMessage, ...drill }: Raised): Promise<DrillFacts> {
    const { deliveryOf, receipts } = this.#ports
    const { connected, lastError } = this.#ports.broker()
    const facts = { ...drill, receipts, broker: { connected, lastError } }
    if (drill.committedAt === undefined) return { ...facts, state: 'unsaved' }
    const status = await deliveryOf(lastMessage)
    // Nobody can have confirmed what went while there was no broker.
    if (!status) return { ...facts, state: receipts && connected ? 'centre' : 'given-up' }
    const { state, ahead, parkedBecause } = status
    if (state === 'waiting') return { ...facts, state, ahead }
    return { ...facts, state: state === 'parked' ? state : 'broker', parkedBecause }
  }
}

/** The least severe, for a centre that does not know what a drill is. */
function alertOf({ alert, camera, raisedAt }: Raised): Alert {
  return {
    ...{ id: alert, camera, rule: 'drill', kind: 'intrusion', severity: 'info', duty: 'system' },
    ...{ drill: true, phase: 'began', began: raisedAt, time: raisedAt, objects: [] },
  }
}

function whyNone(asked: string | undefined, cameras: readonly Camera[]): string {
  if (cameras.length === 0) return 'no camera is configured, and an alert belongs to one: add a camera'
  const known = cameras.map(({ id }) => id)
  const shown = known.length > 20 ? [...known.slice(0, 20), `${known.length - 20} more`] : known
  return `there is no camera "${asked}" (cameras: ${shown.join(', ')})`
}
