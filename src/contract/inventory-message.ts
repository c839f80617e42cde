/** Builds the inventory: field by field, so that nothing of a camera leaves that is not meant to. */
import { type Camera, rulesOf } from '../domain/camera.ts'
import type { ModelTier } from '../domain/model-tier.ts'
import type { Override } from '../domain/override.ts'
import type { Rule } from '../domain/rule.ts'
import { type TableVersions, whereabouts } from './alert-message.ts'
import { wrap } from './envelope.ts'
import { type InventoryData, inventoryType } from './inventory-schema.ts'
import type { StateMessage, StateOrigin } from './state-message.ts'
import { inventoryTopic } from './topics.ts'

export interface InventoryFacts {
  /** Of this program. */
  readonly version: string
  /** For people. */
  readonly name?: string
  readonly site?: string
  /** Of the outbox. */
  readonly epoch: string
  /** Of the tables that say where the cameras are; absent where there are none. */
  readonly versions?: TableVersions
  readonly tier?: ModelTier
  readonly models: readonly {
    readonly name: string
    readonly sha256: string
    readonly tasks: readonly string[]
  }[]
  readonly cameras: readonly Camera[]
  /** What was changed beside the configuration. */
  readonly overrides?: readonly Override[]
}

export function inventoryMessage(origin: StateOrigin, facts: InventoryFacts): StateMessage {
  const { version, name, site, epoch, versions = {}, tier, models, cameras, overrides = [] } = facts
  const data: InventoryData = {
    version,
    name,
    site,
    epoch,
    tier,
    models: models.map(({ name, sha256, tasks }) => ({ name, sha256, tasks: [...tasks] })),
    gridVersion: versions.grid,
    placesVersion: versions.places,
    cameras: cameras
      .map((camera) => cameraOf(camera, overrides, versions.grid))
      .sort((one, other) => (one.id < other.id ? -1 : 1)),
  }
  const event = wrap(origin, inventoryType, 'urn:skyeye:v1:inventory-data', data)
  return { topic: inventoryTopic(origin.prefix, origin.gateway), body: JSON.stringify(event) }
}

function cameraOf(
  camera: Camera,
  overrides: readonly Override[],
  gridVersion?: string,
): InventoryData['cameras'][number] {
  const { id, name, tier, enabled, gbId, tags, presets } = camera
  return {
    id,
    name,
    tier,
    enabled,
    gbId,
    ...whereabouts(camera, gridVersion),
    tags: [...tags],
    rules: rulesOf(camera).map((rule) => ({
      ...ruleOf(rule),
      enabled: overrides.some((one) => one.camera === id && one.rule === rule.name) ? false : undefined,
    })),
    presets: presets?.map((one) => ({ name: one.name, rules: one.rules.map((rule) => rule.name) })),
  }
}

function ruleOf(rule: Rule): InventoryData['cameras'][number]['rules'][number] {
  const { name, kind, severity, duty, labels, schedule } = rule
  return {
    name,
    kind,
    severity,
    duty,
    labels: [...labels],
    zone: 'zone' in rule ? rule.zone : undefined,
    line: 'line' in rule ? rule.line : undefined,
    scheduled: schedule !== undefined,
  }
}
