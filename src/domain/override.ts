/** What people changed about a camera beside the configuration: it is paused, or one of its rules is switched off. */
import type { Camera } from './camera.ts'

export interface Override {
  readonly camera: string
  /** The rule that is switched off; absent = the whole camera is paused. */
  readonly rule?: string
  /** Epoch ms from when on it no longer holds; absent = until it is taken back. */
  readonly until?: number
}

/** How a configured camera is to be watched. */
export interface Wish {
  /** With the rules that are switched on. */
  readonly camera: Camera
  readonly paused: boolean
}

export function underOverrides(camera: Camera, overrides: readonly Override[]): Wish {
  const own = overrides.filter((override) => override.camera === camera.id)
  const off = new Set(own.map(({ rule }) => rule))
  // Unchanged where nothing is switched off, so that it compares as the same camera.
  const rules = camera.rules.filter(({ name }) => !off.has(name))
  return {
    camera: rules.length === camera.rules.length ? camera : { ...camera, rules },
    paused: off.has(undefined),
  }
}
