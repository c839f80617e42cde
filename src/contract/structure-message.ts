/** Builds the messages of video structuring, without their numbers, for the outbox. */
import type { Camera } from '../domain/camera.ts'
import type { GroundMovement, MinuteCounts, TrackSummary } from '../domain/structure.ts'
import { whereabouts } from './alert-message.ts'
import { eventContentType, toMoment, wrap } from './envelope.ts'
import { type CountsData, countsType, type TrackData, trackType } from './structure-schema.ts'
import { countsTopic, tracksTopic } from './topics.ts'

export interface StructureOrigin {
  /** UUIDv7 of the message. */
  readonly id: string
  readonly gateway: string
  /** Beginning of every topic. */
  readonly prefix: string
  readonly camera: Camera
  /** Version of the table of the grid. */
  readonly gridVersion?: string
}

export interface StructureMessage {
  readonly id: string
  readonly class: 'track' | 'count'
  readonly camera: string
  readonly topic: string
  readonly contentType: string
  /** JSON of the CloudEvent, for `finishMessage`. */
  readonly body: string
}

export function trackMessage(origin: StructureOrigin, summary: TrackSummary): StructureMessage {
  const {
    track,
    label,
    type,
    colour,
    faceSeen,
    change,
    confidence,
    began,
    ended,
    path,
    width,
    height,
    heading,
    pace,
    ground,
    stoodMs,
  } = summary
  const data: Omit<TrackData, 'sentAt'> = {
    ...{ track, label, type, colour, faceSeen, change, confidence: round(confidence, 3) },
    ...{ began: toMoment(began), ended: toMoment(ended), ...sourceOf(origin) },
    path: path.map(({ time, x, y }) => [Math.max(0, Math.round(time - began)), round(x, 4), round(y, 4)]),
    size: { width: unit(width), height: unit(height) },
    ...{ heading, pace, ground: ground && groundOf(ground), stoodMs: Math.round(stoodMs) },
    zones: summary.zones.map(({ zone, dwellMs }) => ({ zone, dwellMs: Math.round(dwellMs) })),
    lines: summary.lines.map(({ line, direction, time }) => ({ line, direction, time: toMoment(time) })),
  }
  const event = wrap(eventOf(origin, ended), trackType, 'urn:skyeye:v1:track-data', data)
  const topic = tracksTopic(origin.prefix, origin.gateway, origin.camera.id)
  return messageOf(origin, 'track', topic, event)
}

export function countsMessage(origin: StructureOrigin, counts: MinuteCounts): StructureMessage {
  const { minute, labels, zones, lines } = counts
  const data: Omit<CountsData, 'sentAt'> = {
    ...{ minute: toMoment(minute), ...sourceOf(origin) },
    labels: labels.map((one) => ({ ...one })),
    zones: zones.map((one) => ({ ...one })),
    lines: lines.map((one) => ({ ...one })),
  }
  const event = wrap(eventOf(origin, minute), countsType, 'urn:skyeye:v1:counts-data', data)
  const topic = countsTopic(origin.prefix, origin.gateway, origin.camera.id)
  return messageOf(origin, 'count', topic, event)
}

function messageOf(
  { id, camera }: StructureOrigin,
  kind: StructureMessage['class'],
  topic: string,
  event: object,
): StructureMessage {
  const body = JSON.stringify(event)
  return { id, class: kind, camera: camera.id, topic, contentType: eventContentType, body }
}

function eventOf({ id, gateway, camera }: StructureOrigin, time: number) {
  return { id, gateway, camera: camera.id, time }
}

function sourceOf({ camera, gridVersion }: StructureOrigin): Pick<TrackData, 'camera' | 'grid'> {
  const { id, name, tier, gbId } = camera
  return { camera: { id, name, tier, gbId }, grid: whereabouts(camera, gridVersion).grid }
}

function groundOf({ metres, speed, topSpeed }: GroundMovement): TrackData['ground'] {
  const tenths = (value: number | undefined) => (value === undefined ? undefined : round(value, 1))
  return { metres: round(metres, 1), speed: tenths(speed), topSpeed: tenths(topSpeed) }
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits))
}

function unit(value: number): number {
  return round(Math.min(1, Math.max(0, value)), 4)
}
