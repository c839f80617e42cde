/** Builds the message about numbers that do not come. */
import { eventContentType, wrap } from './envelope.ts'
import { type TombstoneData, tombstoneType } from './tombstone-schema.ts'
import { tombstoneTopic } from './topics.ts'

export interface TombstoneOrigin {
  /** UUIDv7 of the message. */
  readonly id: string
  readonly gateway: string
  readonly prefix: string
  /** Epoch ms at which it is told. */
  readonly time: number
}

/** What was given up, all for the same reason; ranges ascending, `mostRanges` at most. */
export type GivenUp = Omit<TombstoneData, 'count' | 'sentAt'>

/** A message for the outbox. */
export interface TombstoneMessage {
  readonly id: string
  readonly class: 'tombstone'
  readonly topic: string
  readonly contentType: string
  /** JSON of the CloudEvent, for `finishMessage`. */
  readonly body: string
}

export function tombstoneMessage(origin: TombstoneOrigin, gone: GivenUp): TombstoneMessage {
  const { id, gateway, prefix } = origin
  const count = gone.ranges.reduce((sum, { first, last }) => sum + last - first + 1, 0)
  const event = wrap(origin, tombstoneType, 'urn:skyeye:v1:tombstone-data', { ...gone, count })
  const topic = tombstoneTopic(prefix, gateway)
  return { id, class: 'tombstone', topic, contentType: eventContentType, body: JSON.stringify(event) }
}
