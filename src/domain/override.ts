/** What people changed about a camera beside the configuration: it is paused, or one of its rules is switched off. */
import { type Camera, rulesOf } from './camera.ts'

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
  const isOn = ({ name }: { readonly name: string }) => !off.has(name)
  const { presets } = camera
  const without = {
    ...camera,
    rules: camera.rules.filter(isOn),
    ...(presets && { presets: presets.map((one) => ({ ...one, rules: one.rules.filter(isOn) })) }),
  }
  return { camera: rulesOf(camera).every(isOn) ? camera : without, paused: off.has(undefined) }
}
