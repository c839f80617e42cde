/** What a clip raised when somebody last looked at it and found it good, kept in test/replays/<name>.json, and what is different now. */
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import type { Alert } from '../../src/domain/alert.ts'
import { printed } from '../accuracy/results.ts'

export interface RecordedAlert {
  readonly rule: string
  /** Seconds from the beginning of the clip. */
  readonly beganS: number
  /** Absent where the clip ended first. */
  readonly endedS?: number
}

export interface Recording {
  readonly clip: string
  readonly models: readonly string[]
  /** Times may differ by so much: processors round differently. */
  readonly toleranceS: number
  readonly alerts: readonly RecordedAlert[]
}

export const toleranceS = 1

const folder = fileURLToPath(new URL('../../test/replays/', import.meta.url))
const pathOf = (name: string) => `${folder}${name}.json`

/** Names of all that is recorded. */
export async function recordings(): Promise<string[]> {
  const files = await readdir(folder)
  return files.map((file) => file.replace(/\.json$/, ''))
}

/** Undefined where it was never recorded. */
export async function readRecording(name: string): Promise<Recording | undefined> {
  const text = await readFile(pathOf(name), 'utf8').catch(() => undefined)
  return text === undefined ? undefined : (JSON.parse(text) as Recording)
}

export function writeRecording(name: string, recording: Recording): Promise<void> {
  return writeFile(pathOf(name), `${printed(recording)}\n`)
}

/** In the order in which they began. */
export function recorded(alerts: readonly Alert[]): RecordedAlert[] {
  const seconds = (ms: number) => Math.round(ms / 100) / 10
  return alerts
    .filter(({ phase }) => phase === 'began')
    .map(({ id, rule, began }) => {
      const end = alerts.find(
        (one) => one.id === id && one.phase === 'ended' && one.endedBecause !== 'camera-lost',
      )
      return { rule, beganS: seconds(began), ...(end?.ended !== undefined && { endedS: seconds(end.ended) }) }
    })
}

/** A sentence for each alert that is missing, new, or at another time. Alerts of one rule are paired in their order, as far as times allow. */
export function differences(
  { alerts, toleranceS: within }: Recording,
  found: readonly RecordedAlert[],
): string[] {
  const open = [...found]
  const told: string[] = []
  for (const expected of alerts) {
    const at = open.findIndex(
      ({ rule, beganS }) => rule === expected.rule && Math.abs(beganS - expected.beganS) <= within,
    )
    if (at === -1) told.push(`${expected.rule} at ${expected.beganS} s is missing`)
    else {
      const [one] = open.splice(at, 1)
      const late = endDifference(expected, one, within)
      if (late) told.push(late)
    }
  }
  return [...told, ...open.map(({ rule, beganS }) => `${rule} at ${beganS} s is new`)]
}

function endDifference(expected: RecordedAlert, found: RecordedAlert, within: number): string | undefined {
  const [was, is] = [expected.endedS, found.endedS]
  if (was === undefined && is === undefined) return undefined
  if (was !== undefined && is !== undefined && Math.abs(was - is) <= within) return undefined
  const inWords = (second: number | undefined) => (second === undefined ? 'with the clip' : `at ${second} s`)
  return `${expected.rule} of ${expected.beganS} s ended ${inWords(was)}, now ${inWords(is)}`
}
