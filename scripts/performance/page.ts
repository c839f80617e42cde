/** docs/performance.md: ratios and targets first, then what was compared and the absolute figures, then where and when. */
import type { CameraFigures } from '../bench/camera-figures.ts'
import type { GateFigures } from '../bench/gate-figures.ts'
import type { LatencyFigures } from '../bench/latency-figures.ts'
import type { OverloadFigures } from '../bench/overload-figures.ts'
import type { PoolFigures } from '../bench-pool.ts'
import { cameraBars, cameraChapter, cameraChecks } from './cameras.ts'
import type { Chapter } from './chapter.ts'
import { chart } from './chart.ts'
import { type Check, verdict } from './checks.ts'
import { gateChapter, gateChecks } from './gate.ts'
import { latencyChapter, latencyChecks } from './latency.ts'
import { none, table } from './markdown.ts'
import { commitOf, dayOf, Origins } from './origins.ts'
import type { Outcome } from './outcomes.ts'
import { overloadChapter, overloadChecks } from './overload.ts'
import { poolChapter, poolChecks } from './pool.ts'
import { predictionChapter } from './prediction.ts'
import type { SavedResult } from './results.ts'
import { minutesOf } from './settings.ts'

export interface Page {
  readonly text: string
  /** docs/performance.svg; absent where no camera was measured. */
  readonly chart: string | undefined
}

const chapters = [cameraChapter, gateChapter, poolChapter, latencyChapter, overloadChapter, predictionChapter]

export function pageOf(outcomes: readonly Outcome[]): Page {
  const origins = new Origins(outcomes.flatMap(({ result }) => result ?? []))
  const drawing = chart(cameraBars(outcomes))
  const parts = [
    '<!-- Written by `npm run docs:performance`; do not edit. -->',
    '# Performance',
    introduction,
    `${summary(outcomes)} ${whereabouts(origins)}`,
    '## Ratios and targets',
    targets(outcomes, origins),
    drawing && '![Processor time of a camera, as bars](performance.svg)',
    ...chapters.flatMap((chapter) => chapterText(chapter(outcomes))),
    '## Where, when and how to repeat it',
    origins.description(),
    'Simulated cameras and the broker, where a benchmark has them, run on the same machine.',
    sources(outcomes, origins),
    repeating(outcomes),
  ]
  return { text: `${parts.filter(Boolean).join('\n\n')}\n`, chart: drawing }
}

const introduction = `Written by \`npm run docs:performance\` from what the benchmarks said. Absolute times differ from machine to machine, ratios travel;
what your own box would do, \`npx skyeye bench\` tells in two minutes. Targets are this project's own.`

function whereabouts({ machines, commit, anyChanged }: Origins): string {
  const machine = machines.length === 1 ? `on one machine (${machines[0]})` : 'on several machines'
  const when = commit ? ` at commit ${commit}.` : '; each row says at which commit.'
  return `All was measured ${machine}${when}${anyChanged ? ' A star: with changes that were not committed.' : ''}`
}

export function summary(outcomes: readonly Outcome[]): string {
  const all = outcomes.flatMap((outcome) => checksOf(outcome) ?? [])
  const met = all.filter(({ verdict }) => verdict === 'met').length
  const missing = outcomes.filter(({ result }) => !result).map(({ setting }) => setting.title)
  const rest = missing.length > 0 ? ` Not measured: ${missing.join('; ')}.` : ''
  return `**${met} of ${all.length} targets are met.**${rest}`
}

/** Undefined where it was not measured: which targets it has is known with its figures. */
function checksOf({ setting: { bench, title }, result }: Outcome): Check[] | undefined {
  if (!result) return undefined
  const { figures } = result
  if (bench === 'cameras') return cameraChecks(title, figures as CameraFigures)
  if (bench === 'gate') return gateChecks(figures as GateFigures)
  if (bench === 'pool') return poolChecks(figures as PoolFigures)
  if (bench === 'latency') return latencyChecks(figures as LatencyFigures)
  if (bench === 'overload') return overloadChecks(figures as OverloadFigures)
  return []
}

function targets(outcomes: readonly Outcome[], origins: Origins): string {
  const rows = outcomes.flatMap((outcome) => {
    const { setting, result } = outcome
    const where = origin(result, origins)
    const rows = checksOf(outcome)?.map((one) => [one.what, one.measured, one.target, verdict(one), ...where])
    return rows ?? [[setting.title, none, none, 'not measured', ...where]]
  })
  return table([['what', 'measured', 'target', 'verdict', ...originHeading(origins)], ...rows])
}

/** Where everything comes from the same place, a column would only repeat it. */
function originHeading({ commit }: Origins): string[] {
  return commit ? [] : ['measured at']
}

function origin(result: SavedResult | undefined, origins: Origins): string[] {
  return origins.commit ? [] : [result ? origins.of(result) : none]
}

function chapterText({ title, compared, figures }: Chapter): string[] {
  return [`## ${title}`, compared, ...(figures.length > 0 ? figures : ['Not measured.'])]
}

function sources(outcomes: readonly Outcome[], origins: Origins): string {
  const several = origins.machines.length > 1
  const rows = outcomes.map(({ setting, result }) => [
    setting.title,
    setting.name,
    result ? dayOf(result) : 'not measured',
    result ? commitOf(result) : none,
    ...(several ? [result ? origins.letter(result) : none] : []),
    `\`${setting.typed}\``,
  ])
  return table([['result', 'name', 'when', 'commit', ...(several ? ['machine'] : []), 'by'], ...rows])
}

function repeating(outcomes: readonly Outcome[]): string {
  const minutes = minutesOf(outcomes.map(({ setting }) => setting))
  return `All of them anew, about ${minutes} minutes, and this page: \`npm run docs:performance -- --measure\`; with names behind it, just
those. A benchmark that is run by itself leaves nothing here.`
}
