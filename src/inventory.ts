/** What this gateway consists of right now, for the centre. */
import type { Config } from './config/config.ts'
import type { InventoryFacts } from './contract/inventory-message.ts'
import type { Override } from './domain/override.ts'
import type { Models } from './vision/ports.ts'
import { manifestsOf } from './vision/tiers.ts'

export interface InventorySources {
  readonly config: Pick<Config, 'gateway' | 'cameras' | 'tables'>
  readonly models: Models
  readonly version: string
  /** Of the database. */
  readonly epoch: string
  /** Beside the configuration. */
  readonly overrides?: readonly Override[]
}

export function inventoryOf({ config, models, version, epoch, overrides }: InventorySources): InventoryFacts {
  const { name, site } = config.gateway
  const { tables, cameras } = config
  const versions = { grid: tables.grid?.version, places: tables.places?.version }
  return {
    version,
    name,
    site,
    epoch,
    versions,
    tier: models.tier,
    models: manifestsOf(models),
    cameras,
    overrides,
  }
}
