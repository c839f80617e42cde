/** Builds the retained messages: presence, health, camera state. */
import type { CameraState, Standing } from '../domain/camera.ts'
import type { Gaps } from '../domain/coverage.ts'
import type { ViewFault } from '../domain/view.ts'
import { toMoment, wrap } from './envelope.ts'
import {
  cameraStateType,
  type GatewayHealth,
  healthType,
  type Presence,
  presenceType,
} from './state-schema.ts'
import { cameraStateTopic, healthTopic, presenceTopic } from './topics.ts'

/** Whose state it is, and when it was seen. */
export interface StateOrigin {
  /** UUIDv7 of the message. */
  readonly id: string
  readonly gateway: string
  readonly prefix: string
  /** Epoch ms. */
  readonly time: number
}

export interface StateMessage {
  readonly topic: string
  readonly body: string
}

/** One camera as the centre sees it. */
export interface CameraFacts extends Standing {
  readonly state: CameraState
  /** Epoch ms. */
  readonly since: number
  /** With `live`, after it was missing for long: for how long. */
  readonly gapMs?: number
  /** Pictures per second analysed, mean of the last hour. */
  readonly fps?: number
  /** 0..1 of the last hour. */
  readonly coverage?: number
  /** Of the last hour. */
  readonly gaps?: Gaps
  /** What is wrong with its view; absent where nothing is. */
  readonly tampered?: readonly ViewFault[]
  /** Its clock minus the clock of the box; absent where it is not known. */
  readonly clockOffsetMs?: number
  readonly clockWrong?: true
}

/** `since` is the time of the message: each connect and each stop says so anew. */
export function presenceMessage(origin: StateOrigin, presence: Presence): StateMessage {
  const data = { presence, since: toMoment(origin.time) }
  const event = wrap(origin, presenceType, 'urn:skyeye:v1:presence-data', data)
  return { topic: presenceTopic(origin.prefix, origin.gateway), body: JSON.stringify(event) }
}

export function healthMessage(origin: StateOrigin, health: GatewayHealth): StateMessage {
  const event = wrap(origin, healthType, 'urn:skyeye:v1:health-data', health)
  return { topic: healthTopic(origin.prefix, origin.gateway), body: JSON.stringify(event) }
}

export function cameraStateMessage(origin: StateOrigin, camera: string, facts: CameraFacts): StateMessage {
  const { state, since, gapMs, tampered, preset, pausedBecause, clockOffsetMs, clockWrong } = facts
  const { fps, coverage, gaps } = facts
  const clock = { clockOffsetMs, clockWrong }
  const standing = { preset, pausedBecause }
  const told = { state, since: toMoment(since), gapMs: rounded(gapMs, 0), tampered, ...standing, ...clock }
  const data = { ...told, fps: rounded(fps, 2), coverage: rounded(coverage, 3), gaps }
  const event = wrap({ ...origin, camera }, cameraStateType, 'urn:skyeye:v1:camera-state-data', data)
  return { topic: cameraStateTopic(origin.prefix, origin.gateway, camera), body: JSON.stringify(event) }
}

/** Nobody needs more digits. */
function rounded(value: number | undefined, digits: number): number | undefined {
  return value === undefined ? undefined : Number(value.toFixed(digits))
}
