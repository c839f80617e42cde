/** Builds the messages of an alert: the CloudEvent without its numbers for the outbox, and the finished one for the wire. */
import gcoord from 'gcoord'
import type { Alert, SnapshotMissing } from '../domain/alert.ts'
import type { Attributes } from '../domain/attributes.ts'
import type { Camera } from '../domain/camera.ts'
import type { Outage } from '../domain/outage.ts'
import { type AlertData, alertTypes } from './alert-schema.ts'
import { eventContentType, toMoment, wrap } from './envelope.ts'
import { alertTopic, snapshotTopic, unknownLevel } from './topics.ts'

// Its types speak of a module that Node loads as CommonJS: what they call `default` is the whole of it.
const { transform, WGS84, GCJ02 } = gcoord as unknown as typeof gcoord.default

/** Whose alert it is. */
export interface AlertOrigin {
  /** UUIDv7 of the message (not of the alert). */
  readonly id: string
  /** Id of the gateway. */
  readonly gateway: string
  /** Beginning of every topic. */
  readonly prefix: string
  readonly camera: Camera
  readonly alert: Alert
}

export interface AlertFacts extends AlertOrigin {
  /** The picture that went before it. */
  readonly snapshot?: { readonly topic: string; readonly sha256: string }
  readonly snapshotMissing?: SnapshotMissing
  /** Where the times come from; the clock of the box unless a camera has told its own. */
  readonly clock?: AlertData['clock']
  /** Names of the models that took part. */
  readonly models: readonly string[]
  /** Of the tables that say where the camera is; absent where there are none. */
  readonly versions?: TableVersions
}

export interface TableVersions {
  readonly grid?: string
  readonly places?: string
}

/** A message for the outbox; epoch and sequence are given by the store, `sentAt` by the relay. */
export interface AlertMessage {
  readonly id: string
  readonly class: 'alert'
  readonly camera: string
  readonly topic: string
  readonly contentType: string
  /** JSON of the CloudEvent, for `finishMessage`. */
  readonly body: string
}

export interface SnapshotMessage {
  readonly id: string
  readonly class: 'snapshot'
  readonly camera: string
  readonly topic: string
  readonly contentType: 'image/jpeg'
  /** Hex digest of the JPEG. */
  readonly sha256: string
}

/** @throws GatewayError MESSAGE_INVALID where an id or code is too long for a topic. */
export function alertMessage(facts: AlertFacts): AlertMessage {
  const { id, gateway, prefix, camera, alert } = facts
  const source = { id, gateway, camera: camera.id, time: alert.time }
  const event = wrap(source, alertTypes[alert.phase], 'urn:skyeye:v1:alert-data', dataOf(facts))
  return {
    id,
    class: 'alert',
    camera: camera.id,
    topic: alertTopic(prefix, { gateway, grid: camera.grid, camera: camera.id, kind: alert.kind }),
    contentType: eventContentType,
    body: JSON.stringify(event),
  }
}

/** Whose picture it is: an alert's, or one that was asked for, which then has an id of its own in the alert's place. */
interface PictureOrigin extends Pick<AlertOrigin, 'id' | 'gateway' | 'prefix'> {
  readonly camera: Pick<Camera, 'id'>
  readonly alert: Pick<Alert, 'id'>
  readonly sha256: string
}

/** A picture travels as plain JPEG bytes. */
export function snapshotMessage({
  id,
  gateway,
  prefix,
  camera,
  alert,
  sha256,
}: PictureOrigin): SnapshotMessage {
  const topic = snapshotTopic(prefix, gateway, camera.id, alert.id)
  return { id, class: 'snapshot', camera: camera.id, topic, contentType: 'image/jpeg', sha256 }
}

/** What is known of a message only when it is sent. */
export interface Sending {
  readonly epoch: string
  readonly sequence: number
  /** Epoch ms. */
  readonly sentAt: number
}

/**
 * The JSON that goes on the wire. Numbers and `sentAt` are put into the text: to parse and print each message again would be a
 * third of what sending it costs.
 * @throws SyntaxError where the body is no event as `wrap` makes it, with `data` last.
 */
export function finishMessage(body: string, { epoch, sequence, sentAt }: Sending): string {
  const at = body.indexOf(',"data":{')
  if (at < 0 || !body.endsWith('}}')) throw new SyntaxError('the body is no event that ends with its data')
  const numbers = `,"epoch":${JSON.stringify(epoch)},"sequence":${sequence}`
  return `${body.slice(0, at)}${numbers}${body.slice(at, -2)},"sentAt":"${toMoment(sentAt)}"}}`
}

/** Absent fields are `undefined` here and vanish in the JSON. */
function dataOf({
  camera,
  alert,
  snapshot,
  snapshotMissing,
  clock = { source: 'box' },
  models,
  versions = {},
}: AlertFacts): Omit<AlertData, 'sentAt'> {
  return {
    alert: alert.id,
    kind: alert.kind,
    duty: alert.duty,
    rule: alert.rule,
    severity: alert.severity,
    phase: alert.phase,
    began: toMoment(alert.began),
    ended: alert.ended === undefined ? undefined : toMoment(alert.ended),
    endedBecause: alert.endedBecause,
    camera: { id: camera.id, name: camera.name, tier: camera.tier, gbId: camera.gbId },
    ...whereabouts(camera, versions.grid),
    placesVersion: versions.places,
    objects: alert.objects.map(({ track, label, confidence, box, attributes }) => ({
      track,
      label,
      confidence: round(confidence, 3),
      box: { x1: unit5(box.x1), y1: unit5(box.y1), x2: unit5(box.x2), y2: unit5(box.y2) },
      attributes: attributes ? toldOf(attributes) : {},
    })),
    zone: alert.zone,
    line: alert.line,
    direction: alert.direction,
    count: alert.count,
    density: alert.density === undefined ? undefined : round(alert.density, 3),
    reasons: alert.reasons?.map(({ began, ended, ...reason }) => ({
      ...reason,
      began: toMoment(began),
      ended: ended === undefined ? undefined : toMoment(ended),
    })),
    digest: alert.digest && {
      count: alert.digest.count,
      rules: alert.digest.rules.map((rule) => ({ ...rule })),
    },
    outage: alert.outage && outageOf(alert.outage),
    degradation: alert.degradation && { ...alert.degradation, reasons: [...alert.degradation.reasons] },
    storm: alert.storm && { ...alert.storm, cameras: alert.storm.cameras.map((one) => ({ ...one })) },
    tamper: alert.tamper && { ...alert.tamper, faults: [...alert.tamper.faults] },
    snapshot: snapshot && { topic: snapshot.topic, sha256: snapshot.sha256, redacted: true },
    snapshotMissing,
    clock,
    drill: alert.drill ?? false,
    models: [...models],
  }
}

function outageOf({ cameras, ...outage }: Outage): AlertData['outage'] {
  return { ...outage, cameras: cameras.map((one) => ({ ...one, since: toMoment(one.since) })) }
}

function toldOf({ speed, ...attributes }: Attributes): AlertData['objects'][number]['attributes'] {
  return { ...attributes, ...(speed === undefined ? {} : { speed: round(speed, 1) }) }
}

/** Where a camera is, as alerts and the inventory tell it. */
export function whereabouts(
  { grid: { street, community, group, unit }, address, place, placeMissing }: Camera,
  gridVersion: string | undefined,
): Pick<AlertData, 'grid' | 'address' | 'place' | 'placeMissing'> {
  const code = (value: string | undefined) => value || unknownLevel
  return {
    grid: {
      street: code(street),
      community: code(community),
      group: code(group),
      unit: code(unit),
      version: code(gridVersion),
    },
    address,
    place: place && placeOf(place),
    placeMissing: place ? undefined : placeMissing,
  }
}

function placeOf({ lon, lat }: NonNullable<Camera['place']>): NonNullable<AlertData['place']> {
  const [east, north] = transform([lon, lat], WGS84, GCJ02)
  return { wgs84: [lon, lat], gcj02: [round(east, 6), round(north, 6)] }
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits))
}

/** A predicted box may reach out of the picture; a published one does not. */
function unit5(value: number): number {
  return round(Math.min(1, Math.max(0, value)), 5)
}
