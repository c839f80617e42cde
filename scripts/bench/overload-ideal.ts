/** bench:overload, last part: the floor. What bare runs of the same models would give, had they the cores to themselves. */
import { BareModels, type Models } from './bare-costs.ts'
import type { BareAnswer, BareOrder, BareRun } from './bare-runs.ts'
import type { ModelCosts } from './model-clock.ts'

const measureForMs = 5_000
/** About so many runs are in one order. */
const runsInOrder = 60

/** So many runs of one model at one size. */
export interface Share extends BareRun {
  readonly runs: number
}

/**
 * Frames per second of as many bare processes as there are cores, where each frame takes the runs that it took in the gateway:
 * of the same models, at the same sizes.
 */
export async function idealFrames(
  models: Models,
  cores: number,
  modelRuns: ModelCosts,
  frames: number,
): Promise<number> {
  if (frames === 0) throw new Error('the gateway analysed nothing')
  const shares = sharesOf(modelRuns, models)
  const order: BareOrder = { runs: orderOf(shares), forMs: measureForMs }
  const bare = Array.from({ length: cores }, () => new BareModels(models))
  try {
    await Promise.all(bare.map((one) => one.open()))
    // The first runs do not count.
    await Promise.all(bare.map((one) => one.repeat({ ...order, forMs: 0 })))
    const answers = await Promise.all(bare.map((one) => one.repeat(order)))
    return answers.reduce((sum, answer) => sum + 1_000 / frameMs(shares, frames, order, answer), 0)
  } finally {
    for (const one of bare) one.stop()
  }
}

/** Milliseconds that a frame takes one bare process. */
export function frameMs(
  shares: readonly Share[],
  frames: number,
  { runs }: Pick<BareOrder, 'runs'>,
  { wallMs }: Pick<BareAnswer, 'wallMs'>,
): number {
  const meanOf = (key: string) => {
    const times = wallMs.filter((_, at) => keyOf(runs[at]) === key)
    return times.reduce((sum, ms) => sum + ms, 0) / times.length
  }
  return shares.reduce((sum, share) => sum + share.runs * meanOf(keyOf(share)), 0) / frames
}

/** Evenly mixed, as the pool mixes them; a size is there once at least, as a rare one may be a large one. */
export function orderOf(shares: readonly Share[]): BareRun[] {
  const all = shares.reduce((sum, { runs }) => sum + runs, 0)
  const placed = shares.flatMap(({ runs, ...run }) => {
    const count = Math.max(1, Math.round((runs / all) * runsInOrder))
    return Array.from({ length: count }, (_, at) => ({ at: (at + 0.5) / count, run }))
  })
  return placed.sort((a, b) => a.at - b.at).map(({ run }) => run)
}

const firstInput = ({ input }: Models['objects']['manifest']) =>
  input.layout === 'I420' ? input.names[0] : input.name

/** Names of inputs tell the models apart. */
function sharesOf(modelRuns: ModelCosts, { objects, faces }: Models): Share[] {
  const names = new Map([objects, faces].map(({ manifest }) => [firstInput(manifest), manifest.name]))
  return Object.entries(modelRuns).map(([key, { runs }]) => {
    const [input, size] = key.split(' ')
    const [width, height] = size.split('×').map(Number)
    return { model: names.get(input)!, width, height, runs }
  })
}

const keyOf = ({ model, width, height }: BareRun) => `${model} ${width}×${height}`
