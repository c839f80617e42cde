/** The evaluation sets beside the repository (../shared/eval, clips in ../shared/videos): what they label and how they are read. */
import { existsSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Label } from '../../src/domain/detection.ts'
import type { Picture420 } from '../../src/vision/fit.ts'
import { Misuse } from '../bench/arguments.ts'
import { faceViews, lineViews, motViews, type View, yoloViews } from './annotations.ts'
import { clipFrames, readPicture } from './frames.ts'

/** Where the sets are, if not beside the repository. */
const elsewhere = process.env.SKYEYE_EVALUATION
export const shared = elsewhere || fileURLToPath(new URL('../../../shared/', import.meta.url))

/** Faces of the CCTV set count from this height in its 1920 px wide frames. */
export const leastCctvFace = 20

export interface Shown {
  readonly view: View
  readonly picture: Picture420
}

export interface EvalSet {
  readonly name: string
  readonly labelled: readonly Label[]
  /** What one must know to read its figures. */
  readonly note?: string
  /** Paths without which it cannot be read. */
  readonly needs: readonly string[]
  readonly views: () => Promise<readonly View[]>
  /** Where its pictures are the frames of a clip, in which the same things have the same ids. */
  readonly isSequence?: true
  /** Every so many-th picture of the views, from the first. */
  readonly pictures: (views: readonly View[], step: number) => AsyncGenerator<Shown>
}

const objects: readonly Label[] = ['person', 'two-wheeler', 'vehicle']
const riderless = 'boxes of two-wheelers exclude the rider'

export const evalSets: readonly EvalSet[] = [
  sequence(
    'MOT16-09',
    'mot16-09_street_h264_1080p30.mp4',
    'visibility 0.25 and more; classes 2, 7, 8 and 12 ignored',
  ),
  sequence('PETS09-S2L1', 'pets09-s2l1_h264_768x576_7fps.mp4'),
  sequence('TUD-Stadtmitte', 'tud-stadtmitte_h264_640x480_25fps.mp4'),
  sequence('KITTI-17', 'kitti-17_h264_1224x370_10fps.mp4'),
  pictureSet('traffic', ['vehicle', 'two-wheeler'], 'images', {
    note: 'boxes of two-wheelers include the rider; far and parked vehicles are partly missing, so some that count as false are not',
    views: async (folder) => lineViews(folder, ['vehicle', 'two-wheeler']),
  }),
  pictureSet('voc', objects, 'images', {
    note: riderless,
    views: async (folder) => lineViews(folder, objects),
  }),
  pictureSet('coco128_val', objects, 'images', { note: `${riderless}; trains ignored`, views: yoloViews }),
  pictureSet('faces_cctv', ['face'], '.', {
    note: `frames of MOT16-09, 1920 px wide; faces from ${leastCctvFace} px`,
    views: async (folder) => faceViews(folder, leastCctvFace),
  }),
  pictureSet('faces_crowd', ['face'], 'images', {
    note: 'pictures of 416 px; faces below 10 px ignored',
    views: async (folder) => lineViews(folder, ['face']),
  }),
  pictureSet('dlib_faces', ['face'], '.', { views: async (folder) => faceViews(folder) }),
]

export const setNames = evalSets.map(({ name }) => name)
export const sequenceSets = evalSets.filter(({ isSequence }) => isSequence)

/** Frame n of the clip, from 0, is n + 1 of the annotations. */
function sequence(name: string, file: string, note?: string): EvalSet {
  const folder = join(shared, 'eval/mot', name)
  const clip = join(shared, 'videos', file)
  return {
    ...{ name, labelled: ['person'], note, needs: [folder, clip], isSequence: true },
    views: async () => motViews(folder),
    async *pictures(views, step) {
      const { width, height } = views[0]
      let at = 0
      for await (const picture of clipFrames(clip, { step, width, height })) {
        const view = views[at]
        if (!view) return
        yield { view, picture }
        at += step
      }
    },
  }
}

/** `images`: where in its folder the pictures are. */
function pictureSet(
  name: string,
  labelled: readonly Label[],
  images: string,
  { note, views }: { readonly note?: string; readonly views: (folder: string) => Promise<View[]> },
): EvalSet {
  const folder = join(shared, 'eval', name)
  return {
    ...{ name, labelled, note, needs: [folder] },
    views: () => views(folder),
    async *pictures(all, step) {
      for (const view of all.filter((_, i) => i % step === 0)) {
        yield { view, picture: await readPicture(join(folder, images, view.key)) }
      }
    },
  }
}

/** The first path that is not there. */
export function missing({ needs }: EvalSet): string | undefined {
  return needs.find((path) => !existsSync(path))
}

/** Throws Misuse for a name that no set has. */
export function setCalled(name: string): EvalSet {
  const found = evalSets.find((one) => one.name === name)
  if (!found) throw new Misuse(`--set ${name}: ${setNames.join(', ')}`)
  return found
}

/** Those named, or all that label one of these; without those that are not here, of which `say` tells. Throws where a named one is absent, or all. */
export function chosenSets(
  names: readonly string[],
  labels: readonly Label[],
  say: (text: string) => void,
  from: readonly EvalSet[] = evalSets,
): EvalSet[] {
  const useful = from.filter(({ labelled }) => labelled.some((label) => labels.includes(label)))
  const chosen = names.length > 0 ? names.map(setCalled) : useful
  for (const one of chosen) {
    const path = missing(one)
    if (!path) continue
    const trouble = `${one.name} cannot be evaluated: ${path} is not there`
    if (names.length > 0) throw new Error(trouble)
    say(trouble)
  }
  const here = chosen.filter((one) => !missing(one))
  if (here.length === 0)
    throw new Error(
      `no evaluation set is here: they belong into ${join(shared, 'eval')}, the clips into ${join(shared, 'videos')}`,
    )
  return here
}

/** By key, and by the bare name of the file. */
export function viewsByKey(views: readonly View[]): Map<string, View> {
  return new Map(views.flatMap((view) => [[view.key, view] as const, [basename(view.key), view] as const]))
}
