/** The CloudEvents 1.0 envelope (structured mode) around every JSON message. */
import Type, { type TSchema } from 'typebox'

export const eventContentType = 'application/cloudevents+json'

/** A moment, UTC. */
export const moment = (description: string) =>
  Type.String({
    description,
    pattern: '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}\\.\\d{3}Z$',
    examples: ['2026-11-23T08:15:30.250Z'],
  })

/** As `moment` wants it, from epoch milliseconds. */
export function toMoment(time: number): string {
  return new Date(time).toISOString()
}

/** UUID of version 7: ids sort by the time they were made. */
export const uuid = (description: string) =>
  Type.String({
    description,
    pattern: '^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$',
  })

interface EnvelopeOptions<Data extends TSchema> {
  readonly $id: string
  readonly title: string
  readonly description: string
  /** Every `type` that this message may carry. */
  readonly types: readonly string[]
  readonly data: Data
  /** `$id` of the schema of `data`. */
  readonly dataschema: string
}

function attributes<Data extends TSchema>({ types, data, dataschema }: EnvelopeOptions<Data>) {
  return {
    specversion: Type.Literal('1.0'),
    id: uuid(
      'Of this message; stays the same over every sending, so a second one with the same id is a duplicate.',
    ),
    source: Type.String({
      description: '`/gateways/{gateway}`, followed by `/cameras/{camera}` where a camera is meant.',
      pattern: '^/gateways/[^/]+(/cameras/[^/]+)?$',
    }),
    type: Type.Enum([...types]),
    time: moment('When it happened, on the clock of the box.'),
    datacontenttype: Type.Literal('application/json'),
    dataschema: Type.Literal(dataschema),
    data,
  }
}

/** State: retained, newest only, unnumbered. */
export function stateEvent<Data extends TSchema>(options: EnvelopeOptions<Data>) {
  const { $id, title, description } = options
  return Type.Object(attributes(options), { $id, title, description })
}

/** An event of the outbox: numbered, so that gaps show. */
export function numberedEvent<Data extends TSchema>(options: EnvelopeOptions<Data>) {
  const { $id, title, description } = options
  const numbers = {
    epoch: Type.String({
      description: 'Of the database of the box; a new one means that numbers begin again at 1.',
      minLength: 1,
      maxLength: 64,
    }),
    sequence: Type.Integer({
      description: 'From 1 without gaps, per gateway, epoch and class (all alerts are one class).',
      minimum: 1,
      maximum: 2_147_483_647,
    }),
  }
  return Type.Object({ ...attributes(options), ...numbers }, { $id, title, description })
}

/** A message as JSON carries it, before the outbox adds its numbers. */
export interface CloudEvent<Data> {
  readonly specversion: '1.0'
  readonly id: string
  readonly source: string
  readonly type: string
  readonly time: string
  readonly datacontenttype: 'application/json'
  readonly dataschema: string
  readonly data: Data
}

export interface EventSource {
  /** UUIDv7 */
  readonly id: string
  readonly gateway: string
  readonly camera?: string
  /** Epoch ms. */
  readonly time: number
}

/** Wraps data; what the outbox adds later (epoch, sequence) is not in it. */
export function wrap<Data>(
  { id, gateway, camera, time }: EventSource,
  type: string,
  dataschema: string,
  data: Data,
): CloudEvent<Data> {
  const source = `/gateways/${encodeURIComponent(gateway)}`
  return {
    specversion: '1.0',
    id,
    source: camera === undefined ? source : `${source}/cameras/${encodeURIComponent(camera)}`,
    type,
    time: toMoment(time),
    datacontenttype: 'application/json',
    dataschema,
    data,
  }
}
