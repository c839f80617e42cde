/** Measures one model of the catalogue for the page: all sets, all sizes, its time, and what redaction with it leaves. */
import { Detector } from '../../src/vision/detector.ts'
import { machineFacts } from '../bench/machine.ts'
import { type LookCost, lookCosts, streetPicture } from '../eval/cost.ts'
import { detectFigures, labelsOf } from '../eval/detect-figures.ts'
import { faceFigures, leakFigures, usualLongSides, usualThresholds } from '../eval/face-figures.ts'
import { rounded } from '../eval/figures.ts'
import { type InputSize, nameOf, sizesFor } from '../eval/input-size.ts'
import type { Leaks } from '../eval/leaks.ts'
import { modelCalled, modelFiles, openModel } from '../eval/models.ts'
import { chosenSets } from '../eval/sets.ts'
import { builtIn, onePass } from '../eval/targets.ts'
import type { Sources } from '../performance/results.ts'
import type { Accuracy } from './results.ts'

export interface Measuring {
  readonly step: number
  /** Before anything was written. */
  readonly sources: Sources | undefined
  readonly say: (text: string) => void
}

/** Throws where its weights or all the sets are not here. */
export async function measureModel(name: string, { step, sources, say }: Measuring): Promise<Accuracy> {
  const onDisk = await modelCalled(name)
  const { file, sha256, bytes } = onDisk.manifest
  const detector = await Detector.open(onDisk)
  try {
    const labels = labelsOf(detector)
    const sizes = sizesFor(detector.manifest, [])
    const withFaces = labels.includes('face') ? await faces(detector, { step, say }) : {}
    return rounded({
      ...{ model: name, measured: new Date().toISOString(), sources, machine: machineFacts() },
      ...{ weights: { file, sha256, bytes }, step },
      sizes: await detectFigures(detector, { sets: chosenSets([], labels, say), sizes, step, say }),
      costs: await costs(detector, sizes),
      ...withFaces,
      onePass: name === builtIn ? await onePass(detector, say) : undefined,
    })
  } finally {
    await detector.close()
  }
}

async function costs(
  detector: Detector,
  sizes: readonly InputSize[],
): Promise<Record<string, LookCost> | undefined> {
  const picture = await streetPicture()
  if (!picture) return undefined
  const all = await lookCosts(
    sizes.map((size) => ({ detector, size })),
    picture,
  )
  return Object.fromEntries(sizes.map((size, i) => [nameOf(size, detector.manifest), all[i]]))
}

type FaceParts = Pick<Accuracy, 'faces' | 'leaks'>

async function faces(detector: Detector, measuring: Pick<Measuring, 'step' | 'say'>): Promise<FaceParts> {
  const evaluation = { ...measuring, sets: chosenSets([], ['face'], measuring.say) }
  const sizes = sizesFor(
    detector.manifest,
    usualLongSides.map((longSide) => ({ longSide })),
  )
  const leaks: Record<string, Record<string, Leaks>> = {}
  for (const name of peopleFinders(detector)) {
    const people = name === detector.manifest.name ? detector : await openModel(name)
    try {
      leaks[name] = await leakFigures(people, detector, evaluation)
    } finally {
      if (people !== detector) await people.close()
    }
  }
  return { faces: await faceFigures(detector, { ...evaluation, sizes, thresholds: usualThresholds }), leaks }
}

/** Itself where it finds people; else every model here that finds people and leaves faces to others. */
function peopleFinders(detector: Detector): string[] {
  if (labelsOf(detector).includes('person')) return [detector.manifest.name]
  const files = modelFiles()
  return files.names().filter((name) => {
    const labels = labelsOf({ manifest: files.manifest(name) })
    return labels.includes('person') && !labels.includes('face') && files.locate(name) !== undefined
  })
}
