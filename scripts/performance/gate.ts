/** The page about bench:gate: what it costs in attention not to decode everything. */
import type { GateFigures } from '../bench/gate-figures.ts'
import type { Chapter } from './chapter.ts'
import { type Check, checks } from './checks.ts'
import { num, percent, table } from './markdown.ts'
import { measured, type Outcome } from './outcomes.ts'

export function gateChecks({ missed, episodes, target, delayMs }: GateFigures): Check[] {
  return checks([
    { what: `the gate: openings missed, of ${num(episodes)}`, value: missed, atMost: target.missed },
    { what: 'the gate: openings it was tried on', value: episodes, atLeast: target.episodes },
    ...[...byGop(delayMs)].map(([gop, delays]) => {
      const what = `the gate: worst delay, key picture each ${gop} s`
      return { what, value: worstOf(delays), atMost: delays[0].atMost / 1_000, unit: ' s' }
    }),
  ])
}

export function gateChapter(outcomes: readonly Outcome[]): Chapter {
  return {
    title: 'What the gate misses',
    compared: `Two real clips, in which people and cars come into a view where nothing moves, coded anew with key pictures at four distances, at
variable and constant rates, go through gate, decoder, models, tracker and an intrusion rule: once with the gate and once with
every picture decoded. The delay is by how much an alert began later than without the gate.`,
    figures: measured<GateFigures>(outcomes, 'gate').flatMap(([, figures]) => [
      codings(figures),
      `It opened for nothing ${num(figures.falseOpeningsPerMinute)} times a minute, and ${num(figures.lostPictures)} pictures that it asked for never came.`,
    ]),
  }
}

type Delays = GateFigures['delayMs'][string][]

/** In seconds, in order. */
function byGop(delayMs: GateFigures['delayMs']): Map<number, Delays> {
  const gopOf = (name: string) => Number(/^gop([\d.]+)-/.exec(name)?.[1])
  const groups = Map.groupBy(Object.entries(delayMs), ([name]) => gopOf(name))
  return new Map(
    [...groups].sort(([a], [b]) => a - b).map(([gop, group]) => [gop, group.map(([, delay]) => delay)]),
  )
}

/** Seconds; undefined where no opening was found at all. */
function worstOf(delays: Delays): number | undefined {
  const known = delays.map(({ worst }) => worst).filter((worst) => worst !== null)
  return known.length > 0 ? Math.max(...known) / 1_000 : undefined
}

function codings({ delayMs, runs }: GateFigures): string {
  const rows = Object.entries(delayMs).map(([name, { median, worst }]) => {
    const own = runs.filter(({ coding }) => `gop${coding.gopSeconds}-${coding.rate}` === name)
    const mean = (pick: (run: (typeof runs)[number]) => number) =>
      own.length > 0 ? own.reduce((sum, run) => sum + pick(run), 0) / own.length : undefined
    const total = (pick: (run: (typeof runs)[number]) => number) =>
      own.reduce((sum, run) => sum + pick(run), 0)
    const [, gop, rate] = /^gop([\d.]+)-(\w+)$/.exec(name) ?? ['', name, '']
    return [
      `${gop} s, ${rate === 'cbr' ? 'constant' : 'variable'}`,
      `${total(({ episodes, missed }) => episodes - missed)} of ${total(({ episodes }) => episodes)}`,
      `${num(median)} / ${num(worst, ' ms')}`,
      percent(mean(({ decodedShare }) => decodedShare)),
      percent(mean(({ modelRunShare }) => modelRunShare)),
    ]
  })
  const heading = ['key picture each, rate', 'openings found', 'delay, median / worst']
  return table([[...heading, 'pictures decoded', 'model runs beside the reference'], ...rows])
}
