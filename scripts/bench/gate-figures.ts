/** Turns what bench:gate has heard into its figures: what the gate missed, how much later it was, what it opened for nothing. */
import type { Coding, GateClip } from './gate-clips.ts'
import { fps, type GateRun } from './gate-run.ts'
import type { MachineFacts } from './machine.ts'

/** Alerts that follow each other within this are one opening: a new track of somebody who is there already opens nothing. */
const episodeGapMs = 2_000
/** An opening within this of something that moves was not for nothing. */
const nearMs = 3_000
const target = {
  missed: 0,
  episodes: 40,
  delayMs: (gopSeconds: number) => (gopSeconds <= 2 ? 1_500 : gopSeconds * 1_000 + 500),
}

/** One clip in one coding. */
export interface Compared {
  readonly clip: string
  readonly coding: Coding
  /** From quiet to active, in the reference. */
  readonly episodes: number
  readonly missed: number
  /** Later than the reference, ms, each episode that was found. */
  readonly delaysMs: readonly number[]
  readonly openings: number
  readonly falseOpenings: number
  readonly minutes: number
  readonly decodedShare: number
  readonly modelRunShare: number
  readonly lost: number
}

/** Milliseconds by which alerts were later; null where there were none. */
interface Delay {
  readonly median: number | null
  readonly worst: number | null
  /** The target. */
  readonly atMost: number
}

export interface GateFigures {
  readonly missed: number
  /** Found, but later than the target. */
  readonly late: number
  readonly episodes: number
  readonly falseOpeningsPerMinute: number
  /** By `gop1-vbr` and so on. */
  readonly delayMs: Readonly<Record<string, Delay>>
  readonly decodedShare: number
  readonly modelRunShare: number
  readonly lostPictures: number
  readonly target: { readonly missed: number; readonly episodes: number }
  readonly met: boolean
  readonly fps: number
  readonly machine: MachineFacts
  readonly runs: readonly Compared[]
}

/** Beginnings of the stretches in which something was wrong, and their ends. */
function episodesOf({ alerts }: GateRun, endMs: number): { began: number; ended: number }[] {
  const episodes: { began: number; ended: number }[] = []
  for (const { began, ended = endMs } of alerts.toSorted((a, b) => a.began - b.began)) {
    const last = episodes.at(-1)
    if (last && began - last.ended < episodeGapMs) last.ended = Math.max(last.ended, ended)
    else episodes.push({ began, ended })
  }
  return episodes
}

export function compare(
  clip: GateClip,
  coding: Coding,
  reference: GateRun,
  gated: GateRun,
  endMs: number,
): Compared {
  const toleranceMs = target.delayMs(coding.gopSeconds) + nearMs
  const episodes = episodesOf(reference, endMs)
  const delays = episodes.map(({ began, ended }) => {
    const hit = gated.alerts
      .filter(
        (alert) => alert.began <= Math.max(ended, began + toleranceMs) && (alert.ended ?? endMs) >= began,
      )
      .map((alert) => Math.max(0, alert.began - began))
    return hit.length > 0 ? Math.min(...hit) : undefined
  })
  const found = delays.filter((delay) => delay !== undefined)
  const falseOpenings = gated.openings.filter(
    // The first opening of a stream is no answer to anything.
    (time) => time > 0 && !reference.moving.some((moved) => Math.abs(moved - time) < nearMs),
  )
  return {
    clip: clip.name,
    coding,
    episodes: episodes.length,
    missed: episodes.length - found.length,
    delaysMs: found.map(Math.round),
    openings: gated.openings.length,
    falseOpenings: falseOpenings.length,
    minutes: endMs / 60_000,
    decodedShare: gated.decodedShare,
    modelRunShare: gated.modelRuns / reference.modelRuns,
    lost: gated.lost,
  }
}

/** For people. */
export function line(one: Compared): string {
  const { clip, episodes, missed, delaysMs, falseOpenings, decodedShare, modelRunShare } = one
  const { codec, gopSeconds, rate } = one.coding
  const delay = `delay ${percentile(delaysMs, 0.5)} / ${percentile(delaysMs, 1)} ms`
  const cost = `decoded ${percent(decodedShare)}, model runs ${percent(modelRunShare)} of the reference`
  return `${clip} ${codec} GOP ${gopSeconds} s ${rate}: ${episodes - missed} of ${episodes} found, ${delay} (median / worst), ${falseOpenings} false openings, ${cost}`
}

const percent = (share: number) => `${Math.round(100 * share)} %`

function percentile(values: readonly number[], share: number): number | null {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? null
}

export function gateFigures(results: readonly Compared[], machine: MachineFacts): GateFigures {
  const total = (pick: (one: Compared) => number) => results.reduce((sum, one) => sum + pick(one), 0)
  const [missed, episodes] = [total((one) => one.missed), total((one) => one.episodes)]
  const late = results.flatMap(({ coding, delaysMs }) =>
    delaysMs.filter((delay) => delay > target.delayMs(coding.gopSeconds)),
  ).length
  return {
    ...{ missed, late, episodes },
    falseOpeningsPerMinute: Number(
      (total((one) => one.falseOpenings) / total((one) => one.minutes)).toFixed(2),
    ),
    delayMs: delays(results),
    decodedShare: Number((total((one) => one.decodedShare) / results.length).toFixed(3)),
    modelRunShare: Number((total((one) => one.modelRunShare) / results.length).toFixed(3)),
    lostPictures: total(({ lost }) => lost),
    target: { missed: target.missed, episodes: target.episodes },
    met: missed === target.missed && late === 0 && episodes >= target.episodes,
    fps,
    machine,
    runs: results,
  }
}

/** By distance of the key pictures and kind of rate. */
function delays(results: readonly Compared[]): Record<string, Delay> {
  const groups = Object.groupBy(results, ({ coding }) => `gop${coding.gopSeconds}-${coding.rate}`)
  return Object.fromEntries(
    Object.entries(groups).map(([name, group = []]) => {
      const all = group.flatMap(({ delaysMs }) => delaysMs)
      const atMost = target.delayMs(group[0].coding.gopSeconds)
      return [name, { median: percentile(all, 0.5), worst: percentile(all, 1), atMost }]
    }),
  )
}
