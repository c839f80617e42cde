/** Cameras as every room of the gateway speaks of them. */
import type { Point } from './geometry.ts'
import type { Calibration } from './ground.ts'
import type { Rule } from './rule.ts'
import type { Line, Zone } from './zone.ts'

/** public = street (天眼), shop = shop or village (村眼), household (户眼). */
export const tiers = ['public', 'shop', 'household'] as const
export type Tier = (typeof tiers)[number]

export const cameraStates = [
  'connecting',
  'live',
  'stalled',
  'offline',
  'auth_failed',
  'redirect_refused',
  'no_video',
  'quarantined',
  'paused',
  'consent_ended',
] as const
/** The one enum of camera states: code, SQL, MQTT, metrics and console use it. */
export type CameraState = (typeof cameraStates)[number]

export const pausedBecauses = ['away', 'unconfirmed'] as const
/** Why a camera that turns is paused: it shows no preset, or the view of none was ever learned. */
export type PausedBecause = (typeof pausedBecauses)[number]

/** Where a camera that turns stands. */
export interface Standing {
  readonly preset?: string
  readonly pausedBecause?: PausedBecause
}

/** `auto`: by the gateway itself, which decodes only what deserves a look · `ffmpeg`: by ffmpeg, which decodes everything. */
export const drivers = ['auto', 'ffmpeg'] as const
export type Driver = (typeof drivers)[number]

export const consentScopes = ['alerts', 'snapshots', 'tracks'] as const
export type ConsentScope = (typeof consentScopes)[number]

/** Who agreed that a shop or household camera is read, and for how long. */
export interface Consent {
  readonly grantedBy: string
  /** Epoch ms; from then on the camera is not read. */
  readonly until: number
  /** Hex digest of the signed document. */
  readonly documentSha256: string
  readonly scope: readonly ConsentScope[]
}

/** May the camera be read at `time` (epoch ms)? Street cameras need no consent; the others one that has not run out. */
export function mayRead({ tier, consent }: Pick<Camera, 'tier' | 'consent'>, time: number): boolean {
  return tier === 'public' || (consent !== undefined && time < consent.until)
}

/** May its pictures, redacted as they are, leave the box? */
export function mayShow({ tier, consent }: Pick<Camera, 'tier' | 'consent'>): boolean {
  return tier === 'public' || (consent?.scope.includes('snapshots') ?? false)
}

/** May what moves before it be told as finished tracks and counts, also where no rule was broken? */
export function mayStructure({ tier, consent }: Pick<Camera, 'tier' | 'consent'>): boolean {
  return tier === 'public' || (consent?.scope.includes('tracks') ?? false)
}

/** Grid codes are strings, never numbers; absent where unknown. */
export interface GridPlace {
  readonly street?: string
  readonly community?: string
  readonly group?: string
  readonly unit?: string
}

export const placeMissings = ['not-configured', 'not-listed', 'no-position'] as const
/** Why nobody knows where on earth a camera is: no table of places, no row for it, or a row without longitude and latitude. */
export type PlaceMissing = (typeof placeMissings)[number]

/** What is drawn on a picture: masks, never shown nor analysed, and what rules watch. */
export interface Drawn {
  /** Four points of the ground; absent = nothing is known in metres. */
  readonly calibration?: Calibration
  /** Areas never shown nor analysed: painted black before anything else sees the pixels. */
  readonly masks: readonly (readonly Point[])[]
  readonly zones: readonly Zone[]
  readonly lines: readonly Line[]
  readonly rules: readonly Rule[]
}

/** Where a camera that turns comes to rest, with what is drawn on what it shows there. */
export interface Preset extends Drawn {
  readonly name: string
}

/** The camera as it is while it stands at one of its presets. */
export function atPreset({ presets: _, ...camera }: Camera, { name: __, ...drawn }: Preset): Camera {
  return { ...camera, ...drawn }
}

/** The rules of a camera, of all its presets where it turns. */
export function rulesOf({ rules, presets = [] }: Pick<Camera, 'rules' | 'presets'>): readonly Rule[] {
  return [...rules, ...presets.flatMap((preset) => preset.rules)]
}

/** One configured camera. */
export interface Camera extends Drawn {
  readonly id: string
  readonly name: string
  readonly tier: Tier
  /** `rtsp://user:password@host/…` or `file:clip.mp4`. Secret: never logged, published or shown. */
  readonly url: string
  readonly enabled: boolean
  /** How it is read; absent = `auto`. */
  readonly driver?: Driver
  /** GB/T 28181 id, 20 digits. */
  readonly gbId?: string
  readonly tags: readonly string[]
  readonly consent?: Consent
  readonly grid: GridPlace
  readonly address?: { readonly code: string; readonly text: string }
  /** Degrees, WGS-84. */
  readonly place?: { readonly lon: number; readonly lat: number }
  /** Why there is none. */
  readonly placeMissing?: PlaceMissing
  /** It turns: what is drawn, and its rules, are those of the preset at which it stands. Absent = it stands still. */
  readonly presets?: readonly Preset[]
  /** Rules of one duty that hold for one object raise one alert with several reasons; absent = each its own. */
  readonly mergeAlerts?: boolean
  /** Alerts of one duty that may begin in an hour, critical ones aside; beyond them there is a digest. Absent = any number. */
  readonly alertsPerHour?: number
}
