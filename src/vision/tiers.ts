/** Which models a gateway uses: those of a tier, or those that were named, verified and fit for what they are used for. */
import { type ModelTier, modelTiers } from '../domain/model-tier.ts'
import { GatewayError } from '../kit/errors.ts'
import type { Manifest, ModelTask } from './manifest.ts'
import type { ModelFiles } from './model-files.ts'
import type { ModelOnDisk, Models } from './ports.ts'

interface TierModel {
  readonly name: string
  /** In place of the manifest's. */
  readonly longSide?: number
}

interface Choice {
  readonly objects: TierModel
  /** For the labels that the first lacks. */
  readonly beside?: TierModel
  readonly faces: TierModel
}

const builtIn = { name: 'skyeye-nano' }

const allOf = new Intl.ListFormat('en-GB', { type: 'conjunction' })

/** `light` is one network and one pass; `sharp` looks for people and faces at a higher resolution, for the rest as `standard` does. */
export const tierChoices: Readonly<Record<ModelTier, Choice>> = {
  light: { objects: builtIn, faces: builtIn },
  standard: { objects: { name: 'yolox-nano' }, faces: { name: 'yunet-n' } },
  sharp: {
    objects: { name: 'rtmdet-nano-person', longSide: 640 },
    beside: { name: 'yolox-nano' },
    faces: { name: 'yunet-n', longSide: 1280 },
  },
}

/** What the configuration says: a tier, and models named in place of the tier's. */
export interface Wish {
  readonly tier: ModelTier | 'auto'
  readonly objects?: string
  readonly faces?: string
}

/** Names of a choice's models, each once. */
export function namesOf({ objects, beside, faces }: Choice): string[] {
  return [...new Set([objects, ...(beside ? [beside] : []), faces].map(({ name }) => name))]
}

/** Manifests of the models in use, each once. */
export function manifestsOf({ objects, beside, faces }: Models): Manifest[] {
  const all = [objects, ...(beside ? [beside] : []), faces]
  return [...new Map(all.map(({ manifest }) => [manifest.name, manifest])).values()]
}

/** Their names, for alerts, health and metrics. */
export function modelNames(models: Models): string[] {
  return manifestsOf(models).map(({ name }) => name)
}

/** Are the weights of all these models somewhere, sound or not? */
export function arePresent(files: ModelFiles, choice: Choice): boolean {
  const known = files.names()
  return namesOf(choice).every((name) => known.includes(name) && files.locate(name) !== undefined)
}

/** What `auto` stands for on this machine: a file that is there and broken is not passed over in silence. */
export function automaticTier(files: ModelFiles, names: Omit<Wish, 'tier'> = {}): ModelTier {
  return arePresent(files, choiceOf('standard', names)) ? 'standard' : 'light'
}

/** The tier's, except where a model was named. */
function choiceOf(tier: ModelTier, { objects, faces }: Omit<Wish, 'tier'>): Choice {
  const { beside, ...choice } = tierChoices[tier]
  return {
    ...(objects === undefined ? { objects: choice.objects, beside } : { objects: { name: objects } }),
    faces: faces === undefined ? choice.faces : { name: faces },
  }
}

/**
 * The models that were wished for. `onFallback` is told where `auto` had to take the built-in model. Throws
 * MODEL_MISSING or MODEL_REFUSED with what to do.
 */
export async function chooseModels(
  files: ModelFiles,
  wish: Wish,
  onFallback: (sentence: string) => void = () => {},
): Promise<Models> {
  const tier = wish.tier === 'auto' ? automaticTier(files, wish) : wish.tier
  const asked = wish.tier === 'auto' ? undefined : wish.tier
  const choice = choiceOf(tier, wish)
  const objects = await open(files, choice.objects, 'objects', asked)
  const beside = choice.beside && (await open(files, choice.beside, 'objects', asked))
  const faces = await open(files, choice.faces, 'faces', asked)
  if (wish.tier === 'auto' && tier === 'light') onFallback(fallbackSentence(files, wish))
  const isWhole = wish.objects === undefined && wish.faces === undefined
  return {
    ...(isWhole ? { tier } : {}),
    objects,
    ...(beside ? { beside: withoutLabelsOf(beside, objects.manifest) } : {}),
    faces,
  }
}

/** `a is` or `a, b and c are`. */
function lackingOf(files: ModelFiles, names: readonly string[]): string {
  const lacking = names.filter((name) => files.locate(name) === undefined)
  return `${allOf.format(lacking)} ${lacking.length > 1 ? 'are' : 'is'}`
}

function fallbackSentence(files: ModelFiles, names: Omit<Wish, 'tier'>): string {
  const lacking = lackingOf(files, namesOf(choiceOf('standard', names)))
  return `models.tier: light, the built-in model, because ${lacking} not on this machine; for standard, run \`${files.pullCommand('standard')}\` and start again`
}

async function open(
  files: ModelFiles,
  { name, longSide }: TierModel,
  task: ModelTask,
  tier: ModelTier | undefined,
): Promise<ModelOnDisk> {
  const { manifest, path } = await verify(files, name, tier)
  if (!manifest.tasks.includes(task)) {
    const fit = files.names().filter((one) => files.manifest(one).tasks.includes(task))
    throw new GatewayError(
      'MODEL_REFUSED',
      `models.${task}: ${name} finds ${manifest.tasks.join(' and ')} only; for ${task} there are: ${fit.join(', ')}`,
    )
  }
  return { manifest: longSide === undefined ? manifest : withLongSide(manifest, longSide), path }
}

async function verify(files: ModelFiles, name: string, tier: ModelTier | undefined): Promise<ModelOnDisk> {
  try {
    return await files.verify(name)
  } catch (error) {
    const isTiers = tier !== undefined && namesOf(tierChoices[tier]).includes(name)
    if (!isTiers || !(error instanceof GatewayError) || error.code !== 'MODEL_MISSING') throw error
    const names = namesOf(tierChoices[tier])
    const lacking = lackingOf(files, names)
    const remedy = files.manifest(name).builtIn
      ? error.message
      : `run \`${files.pullCommand(tier)}\` (or set SKYEYE_MODELS_MIRROR to a folder that has them)`
    throw new GatewayError(
      'MODEL_MISSING',
      `models.tier: ${tier} needs ${names.join(', ')}, and ${lacking} not on this machine: ${remedy}`,
      { cause: error },
    )
  }
}

function withLongSide(manifest: Manifest, longSide: number): Manifest {
  const { input } = manifest
  return 'longSide' in input.size
    ? { ...manifest, input: { ...input, size: { ...input.size, longSide } } }
    : manifest
}

/** What the first model finds too would be found twice. */
function withoutLabelsOf(model: ModelOnDisk, { labels }: Manifest): ModelOnDisk {
  const taken = new Set(Object.values(labels))
  const left = Object.entries(model.manifest.labels).filter(([, label]) => !taken.has(label))
  return { ...model, manifest: { ...model.manifest, labels: Object.fromEntries(left) } }
}

/** Is it one of the tiers? */
export function isTier(name: string): name is ModelTier {
  return (modelTiers as readonly string[]).includes(name)
}
