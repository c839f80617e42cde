/** What this gateway consists of right now, for the centre. */
import type { Config } from './config/config.ts'
import type { TableVersions } from './contract/alert-message.ts'
import type { InventoryFacts } from './contract/inventory-message.ts'
import type { Tables } from './domain/place.ts'
import type { Models } from './vision/ports.ts'
import { manifestsOf } from './vision/tiers.ts'

export interface InventorySources {
  readonly config: Pick<Config, 'gateway' | 'cameras' | 'tables'>
  readonly models: Models
  readonly version: string
  /** Of the database. */
  readonly epoch: string
}

export function inventoryOf({ config, models, version, epoch }: InventorySources): InventoryFacts {
  const { name, site } = config.gateway
  return {
    version,
    name,
    site,
    epoch,
    tier: models.tier,
    models: manifestsOf(models),
    cameras: config.cameras,
    versions: versionsOf(config.tables),
  }
}

/** As alerts and the inventory name them. */
export function versionsOf({ grid, places }: Tables): TableVersions {
  return {
    ...(grid ? { grid: grid.version } : {}),
    ...(places ? { places: places.version } : {}),
  }
}
