/** Figures of tracking as a table for a terminal, and beside what they are to reach. */
import { table } from '../../src/cli/table.ts'
import { checks } from '../performance/checks.ts'
import { num } from '../performance/markdown.ts'
import { thousandths } from './sentences.ts'
import type { Target } from './targets.ts'
import { boxKinds, type Tracking } from './tracking.ts'

type Figures = Pick<Tracking, 'planted' | 'detected'>

export function trackTable(tracking: Figures): string[] {
  return table(trackRows(tracking))
}

/** The first is the heading. */
export function trackRows(tracking: Figures): string[][] {
  const heading = ['boxes', 'sequence', 'fps', 'HOTA', 'DetA', 'AssA', 'MOTA', 'IDF1', 'switches a minute']
  const rows = boxKinds.flatMap((kind) =>
    Object.entries(tracking[kind] ?? {}).flatMap(([name, rates]) =>
      rates.map(({ fps, hota, detA, assA, mota, idf1, switchesPerMinute }) => {
        const shares = [hota, detA, assA, mota, idf1].map(thousandths)
        return [kind, name, String(fps), ...shares, num(switchesPerMinute)]
      }),
    ),
  )
  return [heading, ...rows]
}

/** All of them at 5 frames per second. */
const goals = [
  { kind: 'planted', set: 'PETS09-S2L1', key: 'idf1', atLeast: 0.93 },
  { kind: 'planted', set: 'PETS09-S2L1', key: 'mota', atLeast: 0.93 },
  { kind: 'planted', set: 'TUD-Stadtmitte', key: 'idf1', atLeast: 0.85 },
  { kind: 'planted', set: 'TUD-Stadtmitte', key: 'mota', atLeast: 0.8 },
  { kind: 'detected', set: 'MOT16-09', key: 'hota', atLeast: 0.45 },
  { kind: 'detected', set: 'PETS09-S2L1', key: 'hota', atLeast: 0.55 },
] as const
const goalFps = 5

/** Whatever was measured. */
export function trackTargets(tracking: Figures): Target[] {
  const claims = goals.map(({ kind, set, key, atLeast }) => ({
    what: `${key.toUpperCase()} on ${set}, ${kind} boxes at ${goalFps} fps`,
    value: tracking[kind]?.[set]?.find(({ fps }) => fps === goalFps)?.[key],
    atLeast,
  }))
  return checks(claims).map((check, i) => ({ ...check, value: claims[i].value ?? null }))
}
