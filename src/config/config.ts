/** The configuration as the composition root receives it: checked, complete, resolved and frozen. */
import type { Camera } from '../domain/camera.ts'
import type { ModelTier } from '../domain/model-tier.ts'
import type { Tables } from '../domain/place.ts'
import type { RawConfig } from './schema/root.ts'

/** An own broker on loopback. */
export interface EmbeddedBroker {
  readonly kind: 'embedded'
  readonly port: number
  readonly prefix: string
}

export interface RemoteBroker {
  readonly kind: 'remote'
  /** `mqtt://host:port` or `mqtts://host:port`, never with an account. */
  readonly url: string
  readonly prefix: string
  readonly username?: string
  /** Secret. */
  readonly password?: string
  /** Absolute paths of PEM files, readable when the configuration was loaded. */
  readonly tls?: { readonly ca?: string; readonly cert?: string; readonly key?: string }
}

type Frozen<T> = T extends object ? { readonly [K in keyof T]: Frozen<T[K]> } : T

/** Deep-frozen. Every default is filled in. */
export interface Config {
  readonly gateway: Frozen<RawConfig['gateway']>
  /** Absolute. */
  readonly dataDir: string
  readonly broker: EmbeddedBroker | RemoteBroker
  readonly analysis: {
    /** Pictures per second and camera. */
    readonly fps: number
    /** Between two glances at a camera where nothing moves. */
    readonly idle: { readonly everyMs: number }
    readonly fullLookEveryMs: number
    /** Pixels. */
    readonly maxWidth: number
    /** Threads; `auto` is resolved. */
    readonly workers: number
  }
  readonly models: {
    readonly tier: 'auto' | ModelTier
    /** In place of the tier's. */
    readonly objects?: string
    readonly faces?: string
    /** Absolute. */
    readonly dir: string
  }
  readonly ingest: Frozen<RawConfig['ingest']>
  readonly publish: Frozen<RawConfig['publish']>
  readonly http: Frozen<RawConfig['http']>
  readonly retention: Frozen<RawConfig['retention']>
  readonly log: Frozen<RawConfig['log']>
  /** Which files hold the tables. */
  readonly places: Frozen<RawConfig['places']>
  readonly cameras: readonly Camera[]
  /** Of the grid and of those who answer for it. */
  readonly tables: Tables
  /** Every password, for the masks of log, API and errors. */
  readonly secrets: readonly string[]
}
