/** bench:pool: the whole vision path against bare `session.run` of the same models, in the same minute on the same machine. */
import { existsSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { createLog } from '../src/kit/log.ts'
import { PixelStore } from '../src/kit/pixel-store.ts'
import { SecretMask } from '../src/kit/secrets.ts'
import { VisionPool } from '../src/vision/pool.ts'
import { endWell } from './bench/arguments.ts'
import { BareModels, type Models } from './bench/bare-costs.ts'
import type { BareAnswer, BareRun } from './bench/bare-runs.ts'
import { type MachineFacts, machineFacts } from './bench/machine.ts'
import { standardModels } from './bench/models.ts'
import { PoolLoad, readSamples, type Sample, type Slice } from './bench/pool-load.ts'
import { sceneClip } from './scene/clip.ts'

const help = `npm run bench:pool -- [--seconds N] [--clip FILE] [--json]

Gives frames to the vision pool (objects in every frame, faces once a second and camera) and compares the time with bare
session.run of the same models, sizes and counts: one worker with one bare process, two workers with two. Both take turns
in slices of a second or two, so that what else the machine does weighs on both alike. A ratio of 1 would be the floor.

  --seconds N   how long to measure (60)
  --clip FILE   frames of this clip instead of the drawn street scene
  --json        one JSON line only
  --help        this text`

/** What the ratios must reach. */
const target = { oneWorker: 0.9, twoWorkers: 0.95 }
const sliceMs = 1_000
const camerasPerWorker = 4
const samplesOfClip = 40

/** One comparison: a pool's slice and what the bare runs of the same work take. */
interface Round {
  readonly ratio: number
  /** The same in processor time, which a busy machine disturbs less. */
  readonly cpuRatio: number
  /** Milliseconds of worker time for a frame, and what of it was spent on what. */
  readonly frame: { wall: number; bare: number; model: number; pre: number; post: number }
  readonly runsPerFrame: number
}

/** A pool and as many bare processes as it has workers. */
class Contest {
  readonly rounds: Round[] = []
  readonly #pool: VisionPool
  readonly #load: PoolLoad
  readonly #bare: readonly BareModels[]
  readonly #workers: number

  constructor(workers: number, models: Models, samples: readonly Sample[], bare: readonly BareModels[]) {
    const log = createLog('warn', new SecretMask())
    const onHung = () => process.exit(1)
    this.#workers = workers
    this.#bare = bare
    const store = new PixelStore(2 ** 26)
    const onReturned = (pixels: Uint8Array) => store.give(pixels)
    this.#pool = new VisionPool({ workers, models, log, onHung, onReturned })
    this.#load = new PoolLoad(this.#pool, samples, workers * camerasPerWorker, store)
  }

  start(): Promise<void> {
    return this.#pool.start()
  }

  stop(): Promise<void> {
    return this.#pool.stop()
  }

  /** A slice of the pool, and bare runs of the same work. */
  async round(): Promise<void> {
    const slice = await this.#load.run(sliceMs)
    const tally = tallyOf(slice)
    const runs = orderOf(tally)
    const answers = await Promise.all(this.#bare.map((bare) => bare.repeat({ runs, forMs: sliceMs })))
    const bareMs = (kind: keyof BareAnswer) => {
      const meanOf = (key: string) =>
        mean(answers.flatMap((answer) => answer[kind].filter((_, i) => keyOf(runs[i]) === key)))
      return [...tally].reduce((sum, [key, count]) => sum + count * meanOf(key), 0)
    }
    this.rounds.push(roundOf(slice, bareMs('wallMs'), bareMs('cpuMs'), this.#workers))
  }
}

function roundOf(slice: Slice, bareMs: number, bareCpuMs: number, workers: number): Round {
  const { ms, cpuMs, before, after } = slice
  const frames = after.frames - before.frames
  const each = (key: 'modelMs' | 'preMs' | 'postMs') => (after[key] - before[key]) / frames
  const frame = {
    wall: (workers * ms) / frames,
    bare: bareMs / frames,
    model: each('modelMs'),
    pre: each('preMs'),
    post: each('postMs'),
  }
  const runsPerFrame = (after.runs - before.runs) / frames
  return { ratio: frame.bare / frame.wall, cpuRatio: bareCpuMs / cpuMs, frame, runsPerFrame }
}

const keyOf = ({ model, width, height }: BareRun) => `${model} ${width}×${height}`

/** Runs of a slice by model and size. */
function tallyOf({ before, after }: Slice): Map<string, number> {
  const counts = Object.entries(after.tensors).map(
    ([key, count]) => [key, count - (before.tensors[key] ?? 0)] as const,
  )
  return new Map(counts.filter(([, count]) => count > 0))
}

/** The runs of a tally in an order that mixes them as the pool does. */
function orderOf(tally: ReadonlyMap<string, number>): BareRun[] {
  const runs = [...tally].flatMap(([key, count]) => {
    const [model, size] = key.split(' ')
    const [width, height] = size.split('×').map(Number)
    return Array.from({ length: count }, (_, i) => ({ at: (i + 0.5) / count, run: { model, width, height } }))
  })
  return runs.sort((a, b) => a.at - b.at).map(({ run }) => run)
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1]
}

async function compare(models: Models, samples: readonly Sample[], seconds: number): Promise<Round[][]> {
  const bare = [new BareModels(models), new BareModels(models)]
  const contests = [new Contest(1, models, samples, bare.slice(0, 1)), new Contest(2, models, samples, bare)]
  try {
    await Promise.all(bare.map((one) => one.open()))
    for (const contest of contests) await contest.start()
    // The first rounds warm the code up and do not count.
    for (const contest of contests) await contest.round()
    for (const contest of contests) contest.rounds.length = 0
    const until = performance.now() + seconds * 1_000
    while (performance.now() < until) for (const contest of contests) await contest.round()
    return contests.map(({ rounds }) => rounds)
  } finally {
    for (const contest of contests) await contest.stop()
    for (const one of bare) one.stop()
  }
}

/** Medians over the rounds, rounded. */
interface Shares {
  /** Bare time as a share of ours: 1 = nothing is lost to anything but the models. */
  readonly ratio: number
  readonly cpuRatio: number
  /** The least and the largest of the ratios. */
  readonly spread: readonly [number, number]
  readonly preShare: number
  readonly postShare: number
  readonly frameMs: Readonly<Round['frame']>
  readonly runsPerFrame: number
  readonly rounds: number
}

export interface PoolFigures {
  readonly oneWorker: number
  readonly twoWorkers: number
  readonly target: typeof target
  readonly met: boolean
  readonly one: Shares
  readonly two: Shares
  /** Size of the pictures. */
  readonly frame: string
  readonly seconds: number
  readonly machine: MachineFacts
}

function summary(rounds: readonly Round[]): Shares {
  const round = (value: number) => Math.round(value * 1_000) / 1_000
  const ratios = rounds.map(({ ratio }) => ratio).sort((a, b) => a - b)
  const of = (pick: (one: Round) => number) => round(median(rounds.map(pick)))
  return {
    ratio: round(median(ratios)),
    cpuRatio: of(({ cpuRatio }) => cpuRatio),
    spread: [round(ratios[0]), round(ratios.at(-1)!)],
    preShare: of(({ frame }) => frame.pre / frame.wall),
    postShare: of(({ frame }) => frame.post / frame.wall),
    frameMs: {
      wall: of(({ frame }) => frame.wall),
      bare: of(({ frame }) => frame.bare),
      model: of(({ frame }) => frame.model),
      pre: of(({ frame }) => frame.pre),
      post: of(({ frame }) => frame.post),
    },
    runsPerFrame: of(({ runsPerFrame }) => runsPerFrame),
    rounds: rounds.length,
  }
}

async function measure(seconds: number, clip: string | undefined): Promise<PoolFigures> {
  const models = await standardModels()
  const samples = await readSamples(clip ?? (await sceneClip()), samplesOfClip)
  const [one, two] = (await compare(models, samples, seconds)).map(summary)
  return {
    oneWorker: one.ratio,
    twoWorkers: two.ratio,
    target,
    met: one.ratio >= target.oneWorker && two.ratio >= target.twoWorkers,
    one,
    two,
    frame: `${samples[0].width}×${samples[0].height}`,
    seconds,
    machine: machineFacts(),
  }
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      seconds: { type: 'string', default: '60' },
      clip: { type: 'string' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  if (values.help) {
    console.log(help)
    return
  }
  const seconds = Number(values.seconds)
  if (!(seconds >= 1)) throw new Error('--seconds must be a number of at least 1')
  if (values.clip && !existsSync(values.clip)) throw new Error(`there is no file ${values.clip}`)
  const figures = await measure(seconds, values.clip)
  if (!values.json) {
    console.error(`one worker: ${figures.oneWorker} of bare runs (wanted ${target.oneWorker})`)
    console.error(`two workers: ${figures.twoWorkers} of two bare processes (wanted ${target.twoWorkers})`)
  }
  console.log(JSON.stringify(figures))
}

await endWell('bench:pool', main)
