/** What the commands over the MOT sequences are told alike: which sequences, over how many runs, and how they answer. */
import { oneOf, within } from '../bench/arguments.ts'
import { sequenceSets } from './sets.ts'
import { usualSeeds } from './tracking.ts'

export const sequenceNames = sequenceSets.map(({ name }) => name)

const flag = { type: 'boolean', default: false } as const

/** For parseArgs. */
export const sequenceOptions = {
  set: { type: 'string', multiple: true, default: [] as string[] },
  seeds: { type: 'string', default: String(usualSeeds) },
  json: flag,
  help: { ...flag, short: 'h' },
} as const

export interface SequenceWish {
  readonly json: boolean
  /** Names; none: all. */
  readonly sets: readonly string[]
  readonly seeds: number
}

/** Throws Misuse where a value is none that can be. */
export function sequenceWish({
  json,
  set,
  seeds,
}: {
  json: boolean
  set: readonly string[]
  seeds: string
}): SequenceWish {
  const sets = set.map((name) => oneOf('set', name, sequenceNames))
  return { json, sets, seeds: within('seeds', seeds, 1, 1_000, true) }
}
