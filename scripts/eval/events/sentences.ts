/** Figures of events as a table, and beside what they are to reach. */
import { table } from '../../../src/cli/table.ts'
import { checks } from '../../performance/checks.ts'
import { none, num } from '../../performance/markdown.ts'
import { eventFps } from '../main-path.ts'
import type { Target } from '../targets.ts'
import { type EventFigures, type Events, everyClip } from './measure.ts'

type Measured = Pick<Events, 'figures'>

export function eventTable(events: Measured): string[] {
  return table(eventRows(events))
}

/** The first is the heading. */
export function eventRows({ figures }: Measured): string[][] {
  const heading = [
    'boxes',
    'kind',
    'clip',
    'happened',
    'told',
    'wrong',
    'neither',
    'precision',
    'recall',
    'median delay',
  ]
  const share = (value: number | null) => (value === null ? none : value.toFixed(3))
  const rows = figures.map(({ source, kind, clip, truths, found, wrong, neither, ...rates }) => {
    const counts = [truths, found, wrong, neither].map(String)
    const { precision, recall, medianDelayMs } = rates
    return [
      source,
      kind,
      clip,
      ...counts,
      share(precision),
      share(recall),
      medianDelayMs === null ? none : `${num(medianDelayMs)} ms`,
    ]
  })
  return [heading, ...rows]
}

const pets = 'PETS09-S2L1'
const frameMs = 1_000 / eventFps
const delays = { intrusion: 500 + frameMs, 'line-crossing': frameMs }

const goals = (['intrusion', 'line-crossing'] as const).flatMap(
  (kind) =>
    [
      { source: 'annotated', clip: everyClip, kind, key: 'recall', atLeast: 0.95 },
      { source: 'annotated', clip: everyClip, kind, key: 'precision', atLeast: 0.9 },
      { source: 'annotated', clip: everyClip, kind, key: 'medianDelayMs', atMost: delays[kind] },
      { source: 'detected', clip: pets, kind, key: 'recall', atLeast: 0.85 },
      { source: 'detected', clip: pets, kind, key: 'precision', atLeast: 0.85 },
      { source: 'detected', clip: pets, kind, key: 'medianDelayMs', atMost: delays[kind] },
    ] as const,
)

const inWords = { recall: 'recall', precision: 'precision', medianDelayMs: 'median delay' } as const

/** Whatever was measured. */
export function eventTargets({ figures }: Measured): Target[] {
  const claims = goals.map(({ source, clip, kind, key, ...bound }) => {
    const line = figures.find(
      (one: EventFigures) => one.source === source && one.clip === clip && one.kind === kind,
    )
    const where = clip === everyClip ? 'all clips' : clip
    return {
      what: `${inWords[key]} of ${kind}, ${source} boxes, ${where}`,
      value: line?.[key],
      ...bound,
      ...(key === 'medianDelayMs' && { unit: ' ms' }),
    }
  })
  return checks(claims).map((check, i) => ({ ...check, value: claims[i].value ?? null }))
}
