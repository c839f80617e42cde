/** Builds the message of a disposition, without its numbers, for the outbox. */
import type { Disposition } from '../domain/disposition.ts'
import { type DispositionData, dispositionType } from './disposition-schema.ts'
import { eventContentType, toMoment, wrap } from './envelope.ts'
import { dispositionTopic } from './topics.ts'

export interface DispositionOrigin {
  /** UUIDv7 of the message. */
  readonly id: string
  readonly gateway: string
  /** Beginning of every topic. */
  readonly prefix: string
  /** Of the alert. */
  readonly camera: string
  /** Epoch ms of the decision. */
  readonly time: number
}

export interface DispositionMessage {
  readonly id: string
  readonly class: 'disposition'
  readonly camera: string
  readonly topic: string
  readonly contentType: string
  /** JSON of the CloudEvent, for `finishMessage`. */
  readonly body: string
}

export function dispositionMessage(
  origin: DispositionOrigin,
  { alert, state, actor, cell, reason, due }: Disposition,
  revision: number,
): DispositionMessage {
  const { id, gateway, prefix, camera } = origin
  const data: Omit<DispositionData, 'sentAt'> = {
    ...{ alert, revision, state, actor: { ...actor }, cell, reason },
    due: due === undefined ? undefined : toMoment(due),
  }
  const event = wrap(origin, dispositionType, 'urn:skyeye:v1:disposition-data', data)
  return {
    ...{ id, class: 'disposition', camera, contentType: eventContentType },
    topic: dispositionTopic(prefix, gateway, camera, alert),
    body: JSON.stringify(event),
  }
}
