/** Topics of the messages that leave the box: one function each, every level made safe. */
import type { GridPlace } from '../domain/camera.ts'
import { GatewayError } from '../kit/errors.ts'

const mostCharacters = 64

/** Stands where a code is not known. */
export const unknownLevel = '_'

/**
 * One level of a topic. Characters that mean something in a topic (`+ # / $`), percent signs, spaces and control
 * characters are percent-encoded, so that no name can widen or leave its topic.
 */
export function safeLevel(value: string | undefined): string {
  if (value === undefined || value === '') return unknownLevel
  return Array.from(value.toWellFormed(), (char) => (isPlain(char) ? char : percent(char))).join('')
}

/**
 * The same as the contract promises it.
 * @throws GatewayError MESSAGE_INVALID beyond 64 characters: cutting would let two names share a topic.
 */
export function topicLevel(value: string | undefined): string {
  const level = safeLevel(value)
  if (level.length > mostCharacters) {
    const start = level.slice(0, 20)
    throw new GatewayError(
      'MESSAGE_INVALID',
      `"${start}…" is longer than ${mostCharacters} characters and cannot be part of a topic; shorten that id or code`,
    )
  }
  return level
}

function isPlain(char: string): boolean {
  const code = char.codePointAt(0) ?? 0
  return code > 0x20 && !(code >= 0x7f && code < 0xa0) && !'+#/$%'.includes(char)
}

function percent(char: string): string {
  return `%${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`
}

const join = (prefix: string, ...levels: (string | undefined)[]) =>
  [prefix, ...levels.map((level) => topicLevel(level))].join('/')

/** Retained; also the last will. */
export function presenceTopic(prefix: string, gateway: string): string {
  return join(prefix, 'gateways', gateway, 'presence')
}

/** Retained. */
export function healthTopic(prefix: string, gateway: string): string {
  return join(prefix, 'gateways', gateway, 'health')
}

/** Retained. */
export function inventoryTopic(prefix: string, gateway: string): string {
  return join(prefix, 'gateways', gateway, 'inventory')
}

/** Retained; cleared when the camera is removed. */
export function cameraStateTopic(prefix: string, gateway: string, camera: string): string {
  return join(prefix, 'cameras', gateway, camera, 'state')
}

export interface AlertPlace {
  readonly gateway: string
  readonly grid: GridPlace
  readonly camera: string
  /** Rule kind. */
  readonly kind: string
}

/** Never retained. The grid stands before the camera, so that one subscription serves one community. */
export function alertTopic(prefix: string, { gateway, grid, camera, kind }: AlertPlace): string {
  return join(prefix, 'alerts', gateway, grid.street, grid.community, grid.group, grid.unit, camera, kind)
}

/** Never retained. */
export function snapshotTopic(prefix: string, gateway: string, camera: string, alert: string): string {
  return join(prefix, 'snapshots', gateway, camera, alert)
}

/** Never retained. */
export function dispositionTopic(prefix: string, gateway: string, camera: string, alert: string): string {
  return join(prefix, 'dispositions', gateway, camera, alert)
}

/** From the centre. */
export function commandTopic(prefix: string, gateway: string, verb: string): string {
  return join(prefix, 'commands', gateway, verb)
}

/** All commands for one gateway. */
export function commandFilter(prefix: string, gateway: string): string {
  return `${join(prefix, 'commands', gateway)}/+`
}

/** Where answers go that were asked for nowhere else; askers may have theirs below it. */
export function answerTopic(prefix: string, gateway: string): string {
  return join(prefix, 'answers', gateway)
}

/** Never retained. */
export function tracksTopic(prefix: string, gateway: string, camera: string): string {
  return join(prefix, 'tracks', gateway, camera)
}

/** Never retained. */
export function countsTopic(prefix: string, gateway: string, camera: string): string {
  return join(prefix, 'counts', gateway, camera)
}

/** Never retained. */
export function tombstoneTopic(prefix: string, gateway: string): string {
  return join(prefix, 'tombstones', gateway)
}

/** From the centre. */
export function receiptTopic(prefix: string, gateway: string): string {
  return join(prefix, 'receipts', gateway)
}
