/** The chapter of docs/accuracy.md about camera health, and what was measured for it, kept in docs/accuracy/health.json. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type MachineFacts, machineFacts } from '../bench/machine.ts'
import { type Health, healthMethod, measureHealth } from '../eval/health.ts'
import { limitS, type Outcome } from '../eval/health-figures.ts'
import { healthRows, healthTargets } from '../eval/health-sentences.ts'
import { planted } from '../eval/planted-faults.ts'
import { verdict } from '../performance/checks.ts'
import { table } from '../performance/markdown.ts'
import type { Sources } from '../performance/results.ts'
import { accuracyFolder, healthFile, printed, replace } from './results.ts'

export interface StoredHealth extends Pick<Health, 'unmodified' | 'faults'> {
  /** ISO 8601. */
  readonly measured: string
  /** The state of the repository; absent where git does not tell. */
  readonly sources?: Sources
  readonly machine: MachineFacts
  /** Runs that missed something, or told too much. */
  readonly amiss: readonly Outcome[]
}

const path = join(accuracyFolder, healthFile)

/** Undefined where nothing was measured yet. */
export async function storedHealth(): Promise<StoredHealth | undefined> {
  const text = await readFile(path, 'utf8').catch(() => undefined)
  return text === undefined ? undefined : (JSON.parse(text) as StoredHealth)
}

/** Measures it anew: all faults in all clips. */
export async function storeHealth(sources: Sources | undefined, say: (text: string) => void): Promise<void> {
  const { unmodified, faults, runs } = await measureHealth(
    { clip: '', faults: planted.map(({ name }) => name) },
    say,
  )
  const amiss = runs.filter(({ fault, afterS, falseAlarms }) => {
    const isMissed = fault !== undefined && (afterS === undefined || afterS > limitS)
    return isMissed || falseAlarms.length > 0
  })
  const origin = { measured: new Date().toISOString(), sources, machine: machineFacts() }
  await replace(path, `${printed({ ...origin, unmodified, faults, amiss })}\n`)
}

export function healthText(health: StoredHealth | undefined): string[] {
  if (!health) return ['Not measured.']
  const { measured, sources, amiss } = health
  const targets = healthTargets(health).map((one) => [one.what, one.measured, one.target, verdict(one)])
  const state = sources ? `, commit ${sources.commit}${sources.changed ? ' with changes' : ''}` : ''
  return [
    `Measured ${measured.slice(0, 10)}${state}; anew: \`npm run docs:accuracy -- --only health\`.`,
    table([['what', 'measured', 'target', 'verdict'], ...targets]),
    table(healthRows(health)),
    ...amiss.map(told),
    healthMethod,
  ]
}

function told({ clip, planted: name, fault, afterS, falseAlarms }: Outcome): string {
  const found = !fault ? '' : afterS === undefined ? ' not found' : ` found after ${afterS} s`
  const others = falseAlarms.map((alarm) => ` ${alarm.fault} told at ${alarm.atS} s`)
  return `- ${clip}, ${name}:${[found, ...others].filter(Boolean).join(',')}.`
}
