/** What `skyeye models` says of models and tiers: a table for people, the same facts for programs. */
import { type ModelTier, modelTiers } from '../domain/model-tier.ts'
import type { Accuracy } from '../vision/accuracy.ts'
import type { InputSize, ModelTask } from '../vision/manifest.ts'
import { namesOf, tierChoices } from '../vision/tiers.ts'
import type { Timing } from '../vision/timing.ts'
import { table } from './table.ts'

/** One model as the command reports it. */
export interface ModelReport {
  readonly name: string
  readonly state: 'ready' | 'missing' | 'refused' | 'failed'
  readonly path?: string
  readonly problem?: string
  readonly tasks: readonly ModelTask[]
  /** Labels. */
  readonly finds: readonly string[]
  readonly input: InputSize
  readonly bytes: number
  readonly licence: string
  /** Absent where it is built in. */
  readonly source?: string
  readonly builtIn: boolean
  /** Only where it was asked for. */
  readonly timing?: Timing
  /** Absent where our evaluation has not measured it. */
  readonly accuracy?: Accuracy
}

export interface TierReport {
  readonly tier: ModelTier
  readonly models: readonly string[]
  /** Are the weights of all its models here and sound? */
  readonly usable: boolean
  /** Those that keep it from being used. */
  readonly lacking: readonly string[]
  /** Is it what `models.tier: auto` stands for on this machine? */
  readonly automatic: boolean
}

export function tierReports(reports: readonly ModelReport[], automatic: ModelTier): TierReport[] {
  const ready = new Set(reports.filter(({ state }) => state === 'ready').map(({ name }) => name))
  return modelTiers.map((tier) => {
    const models = namesOf(tierChoices[tier])
    const lacking = models.filter((name) => !ready.has(name))
    return { tier, models, usable: lacking.length === 0, lacking, automatic: tier === automatic }
  })
}

/** The table, what our evaluation says, where the weights are or what to do, and the tiers. */
export function listLines(reports: readonly ModelReport[], tiers: readonly TierReport[]): string[] {
  const heading = ['model', 'tasks', 'finds', 'input', 'ms here', 'MB', 'here', 'licence']
  const rows = reports.map(({ name, tasks, finds, input, timing, bytes, state, builtIn, licence }) => [
    ...[name, tasks.join(', '), finds.join(', '), inputText(input, timing)],
    ...[timing ? timing.modelMs.toFixed(1) : '-', megabytes(bytes)],
    ...[state === 'ready' ? (builtIn ? 'built in' : 'yes') : state, licence],
  ])
  const isTimed = reports.some(({ timing }) => timing)
  return [
    ...table([heading, ...rows]),
    isTimed
      ? 'ms: the model itself, one thread, median; reading the picture and the output comes on top (--json)'
      : 'ms here: not measured; skyeye models list --measure',
    ...['', 'accuracy, by our own evaluation:', ...table(reports.flatMap(accuracyRows)).map(indented)],
    ...['', 'weights:', ...table(reports.map(weightsRow)).map(indented)],
    ...['', 'tiers (models.tier):', ...table(tiers.map(tierRow)).map(indented)],
  ]
}

export function sentence({ name, state, path, problem, tasks, bytes, licence }: ModelReport): string {
  const about = `${name.padEnd(20)}${tasks.join(' and ')}, ${megabytes(bytes)} MB, ${licence}`
  return state === 'ready' ? `${about}: ready at ${path}` : `${about}: ${state}. ${problem}`
}

/** Where they are, or what to do; the rest is in the table above. */
function weightsRow({ name, path, problem }: ModelReport): string[] {
  return [name, problem ?? path ?? '']
}

/** A row for each figure, under the name and the day. */
function accuracyRows({ name, accuracy }: ModelReport): string[][] {
  if (!accuracy) return [[name, '-', 'not measured']]
  return Object.entries(accuracy.figures).map(([what, figure], i) => [
    i === 0 ? name : '',
    i === 0 ? accuracy.measured.slice(0, 10) : '',
    what,
    figure.toFixed(3),
  ])
}

const indented = (line: string) => `  ${line}`

function tierRow({ tier, models, usable, lacking, automatic }: TierReport): string[] {
  const state = usable
    ? 'usable'
    : `not usable: ${lacking.join(', ')} ${lacking.length > 1 ? 'are' : 'is'} not ready`
  return [tier, models.join(' + '), state, automatic ? '<- auto' : '']
}

function inputText(size: InputSize, timing: Timing | undefined): string {
  if (timing) return `${timing.width}×${timing.height}`
  return 'width' in size ? `${size.width}×${size.height}` : `up to ${size.longSide}`
}

const megabytes = (bytes: number) => (bytes / 1e6).toFixed(1)
