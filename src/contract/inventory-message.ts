/** Builds the inventory: field by field, so that nothing of a camera leaves that is not meant to. */
import type { Camera } from '../domain/camera.ts'
import type { ModelTier } from '../domain/model-tier.ts'
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
  readonly tier?: ModelTier
  readonly models: readonly {
    readonly name: string
    readonly sha256: string
    readonly tasks: readonly string[]
  }[]
  readonly cameras: readonly Camera[]
  /** Of the tables that say where they are. */
  readonly versions?: TableVersions
}

export function inventoryMessage(origin: StateOrigin, facts: InventoryFacts): StateMessage {
  const { version, name, site, epoch, tier, models, cameras, versions } = facts
  const data: InventoryData = {
    version,
    name,
    site,
    epoch,
    tier,
    models: models.map(({ name, sha256, tasks }) => ({ name, sha256, tasks: [...tasks] })),
    cameras: cameras
      .map((camera) => cameraOf(camera, versions))
      .sort((one, other) => (one.id < other.id ? -1 : 1)),
  }
  const event = wrap(origin, inventoryType, 'urn:skyeye:v1:inventory-data', data)
  return { topic: inventoryTopic(origin.prefix, origin.gateway), body: JSON.stringify(event) }
}

function cameraOf(camera: Camera, versions?: TableVersions): InventoryData['cameras'][number] {
  const { id, name, tier, enabled, gbId, tags, rules } = camera
  return {
    id,
    name,
    tier,
    enabled,
    gbId,
    ...whereabouts(camera, versions),
    tags: [...tags],
    rules: rules.map(ruleOf),
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
