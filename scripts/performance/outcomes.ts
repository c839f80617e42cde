/** Which of the settings of the page have been measured, and what came out. */
import type { SavedResult } from './results.ts'
import type { Setting } from './settings.ts'

export interface Outcome {
  readonly setting: Setting
  /** Absent: not measured. */
  readonly result: SavedResult | undefined
}

/** `resultOf` gives what is saved under a name. */
export function outcomesOf(
  settings: readonly Setting[],
  resultOf: (name: string) => SavedResult | undefined,
): Outcome[] {
  return settings.map((setting) => {
    const result = resultOf(setting.name)
    return { setting, result: result && isOf(setting, result) ? result : undefined }
  })
}

/** It was run as the page runs it now, and tells all that the page shows. */
export function isOf({ command, tells }: Setting, result: Partial<SavedResult>): boolean {
  const same = result.command?.join(' ') === command.join(' ')
  return same && tells.every((place) => holds(result.figures, place.split('.')))
}

function holds(figures: unknown, [key, ...rest]: readonly string[]): boolean {
  if (key === undefined) return figures !== undefined && figures !== null
  return typeof figures === 'object' && figures !== null && holds(figures[key as keyof object], rest)
}

/** Those that were measured, with their figures as what `tells` has let through. */
export function measured<Figures>(outcomes: readonly Outcome[], bench: string): [Setting, Figures][] {
  return outcomes.flatMap(({ setting, result }): [Setting, Figures][] =>
    result && setting.bench === bench ? [[setting, result.figures as Figures]] : [],
  )
}

/** How long ago, for a person. */
export function age({ at }: SavedResult, now: number): string {
  const minutes = (now - Date.parse(at)) / 60_000
  if (!(minutes >= 1)) return 'just now'
  if (minutes < 90) return `${Math.round(minutes)} min ago`
  return minutes < 60 * 36 ? `${Math.round(minutes / 60)} h ago` : `${Math.round(minutes / 1_440)} days ago`
}
