/** Checked YAML values become the words of the domain, with every path absolute. */
import { availableParallelism } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import type { Camera, Consent, Drawn, Preset } from '../domain/camera.ts'
import type { Point } from '../domain/geometry.ts'
import type { GroundMark } from '../domain/ground.ts'
import { consentEnd, type ListedCamera } from './cameras.ts'
import type { Config, EmbeddedBroker, RemoteBroker } from './config.ts'
import { presetRules } from './presets.ts'
import { toRule } from './rules/rule-schema.ts'
import type { RawCamera, RawCameraDefaults, RawCameraPreset } from './schema/camera-schema.ts'
import type { RawConfig } from './schema/root.ts'
import type { Placing } from './tables/placing.ts'

/** A path that is written in a file, seen from the folder of that file. */
export function besideFile(file: string, path: string): string {
  return resolve(dirname(file), path)
}

/** A clip named relative to the file gets its absolute path; RTSP URLs stay as they are. */
export function resolveUrl(file: string, url: string): string {
  const clip = /^file:(?!\/)(.+)$/i.exec(url)
  return clip ? `file:${besideFile(file, clip[1])}` : url
}

/** `password` is what `broker.passwordFile` holds. */
export function toBroker(
  file: string,
  raw: RawConfig['broker'],
  password: string | undefined,
): EmbeddedBroker | RemoteBroker {
  if (typeof raw === 'string') {
    const port = raw.split(':')[1]
    return { kind: 'embedded', port: port === undefined ? 1883 : Number(port), prefix: 'skyeye/v1' }
  }
  const { url, prefix, username } = raw
  const secret = password ?? raw.password
  const tls =
    raw.tls && Object.fromEntries(Object.entries(raw.tls).map(([key, path]) => [key, besideFile(file, path)]))
  return {
    kind: 'remote',
    url,
    prefix,
    ...(username === undefined ? {} : { username }),
    ...(secret === undefined ? {} : { password: secret }),
    ...(tls ? { tls } : {}),
  }
}

/** `url` has its password and an absolute path; `placing` says where it is. */
export function toCamera(
  { raw }: ListedCamera,
  url: string,
  placing: Placing,
  defaults: RawCameraDefaults,
  presets: NonNullable<RawConfig['presets']>,
): Camera {
  const { id, name, tier, enabled, driver, gbId, tags } = raw
  const own = {
    masks: raw.masks ?? defaults.masks,
    zones: raw.zones ?? defaults.zones,
    lines: raw.lines ?? defaults.lines,
    rules: [...(raw.rules ?? defaults.rules ?? []), ...presetRules(presets, tags)],
    calibration: raw.calibration,
  }
  return {
    id,
    name,
    tier,
    url,
    enabled,
    driver,
    ...(gbId === undefined ? {} : { gbId }),
    tags,
    ...(raw.consent ? { consent: toConsent(raw.consent) } : {}),
    ...placing,
    ...(raw.presets ? { ...toDrawn({}), presets: raw.presets.map(toPreset) } : toDrawn(own)),
    ...howLoud(raw.mergeAlerts ?? defaults.mergeAlerts, raw.alertsPerHour ?? defaults.alertsPerHour),
  }
}

function toPreset(raw: RawCameraPreset): Preset {
  return { name: raw.name, ...toDrawn(raw) }
}

function toDrawn({
  masks = [],
  zones = [],
  lines = [],
  rules = [],
  calibration,
}: Omit<RawCameraPreset, 'name'>): Drawn {
  return {
    ...(calibration ? { calibration: calibration.map(toMark) } : {}),
    masks: masks.map((corners) => corners.map(toPoint)),
    zones: zones.map(({ name, polygon }) => ({ name, polygon: polygon.map(toPoint) })),
    lines: lines.map(({ name, a, b }) => ({ name, a: toPoint(a), b: toPoint(b) })),
    rules: rules.map(toRule),
  }
}

function howLoud(
  mergeAlerts: boolean | undefined,
  alertsPerHour: number | undefined,
): Pick<Camera, 'mergeAlerts' | 'alertsPerHour'> {
  return {
    ...(mergeAlerts === undefined ? {} : { mergeAlerts }),
    ...(alertsPerHour === undefined ? {} : { alertsPerHour }),
  }
}

function toConsent(raw: NonNullable<RawCamera['consent']>): Consent {
  const { grantedBy, until, documentSha256, scope } = raw
  // A date that is none was refused before.
  return { grantedBy, until: consentEnd(until) ?? 0, documentSha256: documentSha256.toLowerCase(), scope }
}

export function toPoint([x, y]: readonly [number, number]): Point {
  return { x, y }
}

export function toMark({ at, metres }: NonNullable<RawCamera['calibration']>[number]): GroundMark {
  return { at: toPoint(at), metres: toPoint(metres) }
}

/** The parts of the configuration that are neither cameras nor broker nor secrets. */
export function toSections(raw: RawConfig): Omit<Config, 'broker' | 'cameras' | 'tables' | 'secrets'> {
  const { gateway, analysis, ingest, publish, http, retention, log, places } = raw
  const dataDir = resolve(raw.dataDir)
  const workers = analysis.workers === 'auto' ? availableParallelism() : analysis.workers
  const { dir = join(dataDir, 'models'), ...choice } = raw.models
  const models = { ...choice, dir: resolve(dir) }
  return {
    gateway,
    dataDir,
    analysis: { ...analysis, workers },
    models,
    ingest,
    publish,
    http,
    retention,
    log,
    places,
  }
}

/** Freezes the value and all that hangs from it. */
export function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value)
    for (const part of Object.values(value)) deepFreeze(part)
  }
  return value
}
