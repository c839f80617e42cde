/** bench:gate: does the gate miss anything, and how late is it? Against the same pipeline with full decoding, in the time of the clip. */
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import type { Codec } from '../src/domain/coded-picture.ts'
import { createLog } from '../src/kit/log.ts'
import { SecretMask } from '../src/kit/secrets.ts'
import { VisionPool } from '../src/vision/pool.ts'
import { codedPictures } from './bench/coded-clip.ts'
import { type Coding, coded, type GateClip, gateClips, type Rate, rates } from './bench/gate-clips.ts'
import { fps, type GateRun, playGate } from './bench/gate-run.ts'
import { machineFacts } from './bench/machine.ts'
import { standardModels } from './bench/models.ts'

const help = `npm run bench:gate -- [--codec h264|h265] [--gop SECONDS] [--rate vbr|cbr] [--clip NAME] [--json]

Plays two real clips, in which people and cars come into a view where nothing moves, through gate, decoder, models, tracker and
an intrusion rule, once with the gate and once with every picture decoded; coded in H.264 and H.265, with a key picture each
1, 2, 4 and 10 s, with variable and constant bit rate. Reports what the gate missed, how much later it was, and how often it
opened for nothing. Takes about a quarter of an hour; the options pick a part. Needs ../shared/videos and the standard models.

  --json   one JSON line only`

/** Alerts that follow each other within this are one opening: a new track of somebody who is there already opens nothing. */
const episodeGapMs = 2_000
/** An opening within this of something that moves was not for nothing. */
const nearMs = 3_000
const target = {
  missed: 0,
  delayMs: (gopSeconds: number) => (gopSeconds <= 2 ? 1_500 : gopSeconds * 1_000 + 500),
}

interface Compared {
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

const { values } = parseArgs({
  options: {
    codec: { type: 'string' },
    gop: { type: 'string' },
    rate: { type: 'string' },
    clip: { type: 'string' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})

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

function compare(
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

function* codings(): Generator<Coding> {
  const gops = values.gop ? [Number(values.gop)] : [1, 2, 4, 10]
  for (const codec of values.codec ? [values.codec as Codec] : (['h264', 'h265'] as const)) {
    for (const gopSeconds of gops) {
      for (const rate of values.rate ? [values.rate as Rate] : rates) yield { codec, gopSeconds, rate }
    }
  }
}

async function measure(): Promise<Compared[]> {
  const folder = fileURLToPath(new URL('../../shared/videos/', import.meta.url))
  const cache = fileURLToPath(new URL('../.cache/bench/', import.meta.url))
  const vision = new VisionPool({
    workers: 1,
    models: await standardModels(),
    log: createLog('warn', new SecretMask()),
    onHung: () => process.exit(1),
  })
  await vision.start()
  const results: Compared[] = []
  try {
    for (const clip of gateClips.filter(({ name }) => !values.clip || name === values.clip)) {
      for (const coding of codings()) {
        const { codec } = coding
        if (!existsSync(folder + clip.file))
          throw new Error(`${folder + clip.file} is not there: bench:gate needs that clip`)
        const pictures = await codedPictures(await coded(folder + clip.file, coding, cache), codec)
        const endMs = pictures[pictures.length - 1].arrivedAt - pictures[0].arrivedAt
        const reference = await playGate(pictures, clip.label, vision, false)
        const gated = await playGate(pictures, clip.label, vision, true)
        const result = compare(clip, coding, reference, gated, endMs)
        results.push(result)
        console.error(line(result))
      }
    }
  } finally {
    await vision.stop()
  }
  return results
}

function line({
  clip,
  coding,
  episodes,
  missed,
  delaysMs,
  falseOpenings,
  decodedShare,
  modelRunShare,
}: Compared): string {
  const { codec, gopSeconds, rate } = coding
  const delay = `delay ${percentile(delaysMs, 0.5)} / ${percentile(delaysMs, 1)} ms`
  const cost = `decoded ${percent(decodedShare)}, model runs ${percent(modelRunShare)} of the reference`
  return `${clip} ${codec} GOP ${gopSeconds} s ${rate}: ${episodes - missed} of ${episodes} found, ${delay} (median / worst), ${falseOpenings} false openings, ${cost}`
}

const percent = (share: number) => `${Math.round(100 * share)} %`

function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN
}

function summary(results: readonly Compared[]) {
  const total = (pick: (one: Compared) => number) => results.reduce((sum, one) => sum + pick(one), 0)
  const late = results.flatMap(({ coding, delaysMs }) =>
    delaysMs.filter((delay) => delay > target.delayMs(coding.gopSeconds)),
  )
  const groups = Object.entries(
    Object.groupBy(results, ({ coding }) => `gop${coding.gopSeconds}-${coding.rate}`),
  )
  return {
    bench: 'gate',
    missed: total(({ missed }) => missed),
    late: late.length,
    episodes: total(({ episodes }) => episodes),
    falseOpeningsPerMinute: Number(
      (total((one) => one.falseOpenings) / total((one) => one.minutes)).toFixed(2),
    ),
    delayMs: Object.fromEntries(
      groups.map(([name, group = []]) => {
        const delays = group.flatMap(({ delaysMs }) => delaysMs)
        return [name, { median: percentile(delays, 0.5), worst: percentile(delays, 1) }]
      }),
    ),
    decodedShare: Number((total((one) => one.decodedShare) / results.length).toFixed(3)),
    modelRunShare: Number((total((one) => one.modelRunShare) / results.length).toFixed(3)),
    lostPictures: total(({ lost }) => lost),
    target: 'missed 0; delay at most 1.5 s for GOPs up to 2 s, GOP + 0.5 s above; at least 40 episodes',
    met: total(({ missed }) => missed) === 0 && late.length === 0 && total(({ episodes }) => episodes) >= 40,
    fps,
    machine: machineFacts(),
    runs: results,
  }
}

if (values.help) {
  console.log(help)
} else {
  const result = summary(await measure())
  console.log(values.json ? JSON.stringify(result) : JSON.stringify({ ...result, runs: undefined }, null, 2))
}
