/** Puts alerts on record: the alert with its message and picture into the store, then whoever has to tell of it is told. */
import { v7 as newId } from 'uuid'
import { alertRecord } from './alert-record.ts'
import type { Config } from './config/config.ts'
import { type Alert, type EndedBecause, gatewayItself } from './domain/alert.ts'
import type { Camera } from './domain/camera.ts'
import type { Log } from './kit/log.ts'
import { placeOfAlert } from './outage-watch.ts'
import type { Picture } from './pipeline.ts'
import type { Saving } from './saving.ts'
import type { Store } from './store/store.ts'

export interface RecorderOptions {
  /** As it is in force. */
  config(): Pick<Config, 'gateway' | 'broker' | 'tables' | 'cameras'>
  /** Names of those in use. */
  readonly models: readonly string[]
  readonly store: Pick<Store, 'saveAlert' | 'openAlerts'>
  readonly saving: Saving
  /** Clock of the camera minus clock of the box, ms, where it is known. */
  clockOffsetMs(camera: string): number | undefined
  /** It is in the outbox. */
  saved(alert: Alert): void
  /** An alert of the last process: does somebody go on with it? */
  adopt(alert: Alert, camera: Camera): boolean
  readonly log: Log
}

export class Recorder {
  readonly #options: RecorderOptions

  constructor(options: RecorderOptions) {
    this.#options = options
  }

  /** In one transaction, also later where the disk does not take it now. Never rejects. `messageId`: UUIDv7. */
  save(
    owner: Camera,
    alert: Alert,
    picture?: Picture,
    { messageId = newId(), onSaved = () => {} } = {},
  ): Promise<void> {
    const { config, models, store, saving, saved, log } = this.#options
    const { gateway, broker, tables, cameras } = config()
    const camera = placeOfAlert(alert, owner, cameras)
    const versions = { grid: tables.grid?.version, places: tables.places?.version }
    const origin = { gateway: gateway.id, prefix: broker.prefix, camera, alert }
    const facts = { ...origin, models: isOfSystem(alert) ? [] : models, versions }
    const clockOffsetMs = this.#options.clockOffsetMs(alert.camera)
    const ids = { messageId, snapshotId: newId() }
    return saving.add(async (late) => {
      // The first attempt has given the picture's memory away.
      const shown = late && picture ? ({ missing: 'sacrificed' } as const) : picture
      await store.saveAlert(alertRecord({ ...facts, ...ids, clockOffsetMs, picture: shown }))
      onSaved()
      saved(alert)
      const { id, kind, phase, endedBecause: because } = alert
      log.info({ camera: camera.id, alert: id, kind, phase, because }, 'alert')
    })
  }

  /** The same where the camera may be configured no more. */
  saveOf(alert: Alert, picture?: Picture): Promise<void> {
    const { id, name = id } = this.#options.config().gateway
    const owner = alert.camera === gatewayItself ? { ...noCamera(gatewayItself), name } : undefined
    return this.save(owner ?? this.#configured(alert.camera) ?? noCamera(alert.camera), alert, picture)
  }

  /** Alerts that were open when the last process ended have ended with it: nobody watched what they are about. */
  async endLeftOver(): Promise<void> {
    for (const alert of await this.#options.store.openAlerts()) {
      const camera = this.#configured(alert.camera)
      if (camera?.enabled && this.#options.adopt(alert, camera)) continue
      const isKnown = camera || alert.camera === gatewayItself
      const because: EndedBecause = isKnown ? 'gateway-restarted' : 'camera-removed'
      // A box without a clock of its own may wake up in the past.
      const now = Math.max(Date.now(), alert.time)
      await this.saveOf({ ...alert, phase: 'ended', time: now, ended: now, endedBecause: because })
    }
  }

  #configured(camera: string): Camera | undefined {
    return this.#options.config().cameras.find(({ id }) => id === camera)
  }
}

/** No model takes part in what is told of cameras and the box. */
function isOfSystem({ outage, tamper, degradation, storm }: Alert): boolean {
  return [outage, tamper, degradation, storm].some((one) => one !== undefined)
}

/** What is left to say of a camera that is no longer configured, or of none. */
function noCamera(id: string): Camera {
  return {
    ...{ id, name: id, tier: 'public', url: '', enabled: false, tags: [], grid: {} },
    ...{ masks: [], zones: [], lines: [], rules: [] },
  }
}
