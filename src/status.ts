/** What a gateway says of itself: health for people and the centre, readiness for whoever starts it. */
import { statfs } from 'node:fs/promises'
import { availableParallelism, loadavg } from 'node:os'
import type { GatewayHealth } from './contract/state-schema.ts'
import type { CameraState } from './domain/camera.ts'
import type { Degradation } from './domain/degradation.ts'
import type { ModelTier } from './domain/model-tier.ts'
import type { CameraFacts } from './metrics.ts'
import type { StoreCounts } from './store/ports.ts'
import type { VisionStats } from './vision/stats.ts'

/** Which models are in use, each once. */
export interface ModelFacts {
  readonly tier?: ModelTier
  readonly names: readonly string[]
}

export interface StatusSources {
  readonly gateway: string
  readonly version: string
  /** Folder whose disk is watched. */
  readonly dataDir: string
  readonly models: ModelFacts
  cameras(): readonly CameraFacts[]
  vision(): VisionStats
  store(): { readonly isOpen: boolean; counts(): Promise<StoreCounts> }
  publisher(): { readonly connected: boolean; readonly lastError?: string; readonly takenOver: boolean }
  /** Mean coverage of all cameras over the last hour, 0..1; undefined while not known. */
  coverage(): number | undefined
  /** What the box showed last; undefined while not known. */
  box?(): Degradation | undefined
}

export class Status {
  readonly #sources: StatusSources
  /** Set once everything has started, cleared when it begins to stop. */
  started = false
  /** A model run did not come back: only a restart cures that. */
  hung = false

  /** Why the newest configuration was not taken over; undefined once one was. */
  refusedConfiguration: string | undefined

  constructor(sources: StatusSources) {
    this.#sources = sources
  }

  /** For /healthz. A database that does not answer leaves its part out: `alive` says so already. */
  async health() {
    const { gateway, version, models, cameras, coverage, vision, publisher, store } = this.#sources
    const { workers, queued, frames, modelMs } = vision()
    const { connected, lastError, takenOver } = publisher()
    const counts = await store()
      .counts()
      .catch(() => undefined)
    return {
      alive: this.alive,
      gateway,
      version,
      cameras: byState(cameras()),
      coverage: toThousandths(coverage()),
      broker: { connected, lastError, takenOver },
      outbox: counts && { pending: counts.pending, parked: counts.parked },
      refusedConfiguration: this.refusedConfiguration,
      models,
      vision: { workers, queued, frames, modelMs: Math.round(modelMs) },
      box: this.#sources.box?.(),
    }
  }

  /** For /readyz. */
  readiness() {
    const reasons = [
      ...(this.started ? [] : ['the gateway is starting or stopping']),
      ...(this.#sources.store().isOpen ? [] : ['the database is not open']),
      ...(this.#sources.vision().workers > 0 ? [] : ['no vision worker is up']),
    ]
    return { ready: reasons.length === 0, reasons }
  }

  /** For the centre, each minute. */
  async announcement(): Promise<GatewayHealth> {
    const { version, models, dataDir, cameras, store } = this.#sources
    const { pending, parked, oldestPendingAt } = await store().counts()
    const disk = await statfs(dataDir)
    const oldest =
      oldestPendingAt === undefined ? {} : { oldestPendingAt: new Date(oldestPendingAt).toISOString() }
    return {
      alive: this.alive,
      version,
      models: { tier: models.tier, names: [...models.names] },
      uptimeS: Math.round(process.uptime()),
      load: loadavg()[0] / availableParallelism(),
      cameras: byState(cameras()),
      outbox: { pending, parked, ...oldest },
      ...boxOf(this.#sources.box?.()),
      disk: { freeBytes: disk.bavail * disk.bsize },
    }
  }

  /** False where only a restart helps: the watchdog of the service is fed by it too. */
  get alive(): boolean {
    return !this.hung && (this.#sources.store().isOpen || !this.started)
  }
}

/** The room on the disk has a place of its own. */
function boxOf(box: Degradation | undefined): Partial<GatewayHealth> {
  if (!box) return {}
  const { reasons, freeBytes: _, ...facts } = box
  return { ...facts, ...(reasons.length > 0 ? { degraded: [...reasons] } : {}) }
}

function byState(cameras: readonly CameraFacts[]): Partial<Record<CameraState, number>> {
  const counts: Partial<Record<CameraState, number>> = {}
  for (const { state } of cameras) counts[state] = (counts[state] ?? 0) + 1
  return counts
}

function toThousandths(share: number | undefined): number | undefined {
  return share === undefined ? undefined : Math.round(share * 1_000) / 1_000
}
