/** What the built-in network is to reach, beside what it does. */
import type { Detector } from '../../src/vision/detector.ts'
import { type Check, type Claim, checks } from '../performance/checks.ts'
import { type LookCost, lookCosts, streetPicture } from './cost.ts'
import type { DetectFigures } from './detect-figures.ts'
import { openModel } from './models.ts'

/** The only model with targets of its own. */
export const builtIn = 'skyeye-nano'

const small = { width: 416, height: 256 }
const middle = { width: 640, height: 384 }

/** One look of the network beside one for objects and one for faces by the public models. */
export interface OnePass {
  readonly ours: LookCost
  readonly objects: LookCost
  readonly faces: LookCost
  /** Of processor time, all of a look. */
  readonly ratio: number
  /** Of the models' runs alone, by the clock. */
  readonly modelRatio: number
}

/** yolox-nano at its 416x416 and yunet-n at 640x384 beside it; undefined where one of them or the picture is absent. */
export async function onePass(ours: Detector, say: (text: string) => void): Promise<OnePass | undefined> {
  const picture = await streetPicture()
  if (!picture) return undefined
  const others: Detector[] = []
  try {
    for (const name of ['yolox-nano', 'yunet-n']) others.push(await openModel(name))
    const [objects, faces] = others
    const costs = await lookCosts(
      [
        { detector: ours, size: small },
        { detector: objects, size: 'own' },
        { detector: faces, size: middle },
      ],
      picture,
    )
    return ratios(costs)
  } catch (error) {
    say(`its time has nothing to be compared with: ${(error as Error).message}`)
    return undefined
  } finally {
    for (const one of others) await one.close()
  }
}

function ratios([ours, objects, faces]: readonly LookCost[]): OnePass {
  const ratio = ours.lookMs / (objects.lookMs + faces.lookMs)
  return { ours, objects, faces, ratio, modelRatio: ours.modelMs / (objects.modelMs + faces.modelMs) }
}

export interface Target extends Check {
  readonly value: number | null
}

/** All of them, whatever was measured. */
export function targetsOf(sizes: DetectFigures, pass: OnePass | undefined): Target[] {
  const at = (size: string, set: string) => sizes[size]?.[set]
  const claims: Claim[] = [
    {
      what: 'person AP50, PETS09-S2L1 at 640x384',
      value: at('640x384', 'PETS09-S2L1')?.labels.person?.ap50,
      atLeast: 0.65,
    },
    {
      what: 'person AP50, MOT16-09 at 640x384',
      value: at('640x384', 'MOT16-09')?.labels.person?.ap50,
      atLeast: 0.5,
    },
    {
      what: 'vehicle AP50, traffic at 640x384',
      value: at('640x384', 'traffic')?.labels.vehicle?.ap50,
      atLeast: 0.55,
    },
    {
      what: 'face recall at one false a picture or fewer, faces_cctv at 960x544',
      value: at('960x544', 'faces_cctv')?.facesAtOneFalse?.recall,
      atLeast: 0.55,
    },
    {
      what: 'processor time of a look at 416x256 beside yolox-nano at 416x416 and yunet-n at 640x384',
      value: pass?.ratio,
      atMost: 0.25,
    },
  ]
  return checks(claims).map((check, i) => ({ ...check, value: claims[i].value ?? null }))
}
