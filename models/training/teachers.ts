/** What the public models see in a training picture when each looks several times: enlarged, in parts, mirrored. */
import { join } from 'node:path'
import type { Detection } from '../../src/domain/detection.ts'
import { type Box, iou } from '../../src/domain/geometry.ts'
import { Detector } from '../../src/vision/detector.ts'
import type { Crop, FitOptions, Picture420 } from '../../src/vision/fit.ts'
import { readManifest } from '../../src/vision/manifest.ts'
import { type Class, classes } from './label-lines.ts'

/** Things on which the looks of one model agree, more or less. */
export interface Finding {
  readonly class: Class
  /** 0..1 of the picture, the mean of all looks weighted by their confidence. */
  readonly box: Box
  /** Mean of the two most confident looks: no single look can vouch for anything. */
  readonly score: number
}

/** Weaker findings of a look are not worth a thought. */
const leastConfidence = 0.1
/** Two looks mean the same thing from this overlap (IoU) on. */
const sameThing = 0.5
/** A part of the picture has this share of its sides, so that neighbours overlap. */
const partShare = 0.6
/** More than any training picture has; the detector itself enlarges no more than twice. */
const enlarged = 1280

interface Teacher {
  readonly model: string
  readonly finds: readonly Class[]
  /** The looks it takes, each also mirrored. */
  readonly looks: (picture: Picture420) => readonly FitOptions[]
}

const ownSizeAndTwice = () => [{}, { longSide: enlarged }]

/** The person and face models take any size; the third sees 416 pixels square, so small things need a part of their own. */
const teachers: readonly Teacher[] = [
  { model: 'rtmdet-nano-person', finds: ['person'], looks: ownSizeAndTwice },
  { model: 'yunet-n', finds: ['face'], looks: ownSizeAndTwice },
  { model: 'yolox-nano', finds: ['two-wheeler', 'vehicle'], looks: (picture) => [{}, ...quarters(picture)] },
]

function quarters({ width, height }: Picture420): FitOptions[] {
  const even = (length: number) => Math.max(8, Math.round((length * partShare) / 2) * 2)
  const part = { width: Math.min(width, even(width)), height: Math.min(height, even(height)) }
  const [right, lower] = [width - part.width, height - part.height]
  const corners = [0, right].flatMap((left) => [0, lower].map((top) => ({ left, top })))
  return corners.map((corner) => ({ crop: { ...corner, ...part } }))
}

/** Does the box end where the part of the picture does, though the picture goes on? Then more of the thing lies beyond. */
function isCut(box: Box, { left, top, width, height }: Crop, picture: Picture420): boolean {
  const near = 1.5
  const inside = (edge: number, whole: number) => edge > 0 && edge < whole
  const meets = (value: number, edge: number, whole: number) =>
    inside(edge, whole) && Math.abs(value * whole - edge) < near
  return (
    meets(box.x1, left, picture.width) ||
    meets(box.x2, left + width, picture.width) ||
    meets(box.y1, top, picture.height) ||
    meets(box.y2, top + height, picture.height)
  )
}

/** The findings of several looks as things: each look's gathered around the most confident one. */
export function agree(looks: readonly (readonly Detection[])[]): Finding[] {
  const rest = looks.flatMap((found, look) => found.map((one) => ({ ...one, look })))
  rest.sort((a, b) => b.confidence - a.confidence)
  const things: Finding[] = []
  while (rest.length > 0) {
    const [first] = rest
    const isSame = (one: Detection) => one.label === first.label && iou(one.box, first.box) >= sameThing
    const same = rest.filter((one) => one === first || isSame(one))
    const bestOfLook = same.filter((one, n) => same.findIndex(({ look }) => look === one.look) === n)
    const score = (bestOfLook[0].confidence + (bestOfLook[1]?.confidence ?? 0)) / 2
    things.push({ class: first.label as Class, box: meanBox(bestOfLook), score })
    for (const one of same) rest.splice(rest.indexOf(one), 1)
  }
  return things
}

function meanBox(found: readonly Detection[]): Box {
  const weight = found.reduce((sum, { confidence }) => sum + confidence, 0)
  const mean = (side: keyof Box) =>
    found.reduce((sum, { box, confidence }) => sum + box[side] * confidence, 0) / weight
  return { x1: mean('x1'), y1: mean('y1'), x2: mean('x2'), y2: mean('y2') }
}

/** Opens the models that know these classes, from a folder of weights. */
export async function openTeachers(wanted: readonly Class[], weights: string): Promise<Teachers> {
  const chosen = teachers.filter(({ finds }) => finds.some((one) => wanted.includes(one)))
  const opened = chosen.map(async (teacher) => {
    const manifest = readManifest(teacher.model)
    return { ...teacher, detector: await Detector.open({ manifest, path: join(weights, manifest.file) }) }
  })
  return new Teachers(await Promise.all(opened))
}

export class Teachers {
  readonly #opened: readonly (Teacher & { readonly detector: Detector })[]

  constructor(opened: readonly (Teacher & { readonly detector: Detector })[]) {
    this.#opened = opened
  }

  /** All that they see of their classes, strongest first within each model. */
  async look(picture: Picture420): Promise<Finding[]> {
    const findings: Finding[] = []
    for (const { detector, finds, looks } of this.#opened) {
      const views: Detection[][] = []
      for (const options of looks(picture).flatMap((one) => [one, { ...one, mirrored: true }])) {
        const { detections, crop } = await detector.look(picture, { ...options, score: leastConfidence })
        const known = detections.filter(({ label }) => finds.some((one) => one === label))
        views.push(known.filter(({ box }) => !isCut(box, crop, picture)))
      }
      findings.push(...agree(views))
    }
    return findings.filter((one) => classes.includes(one.class))
  }

  async close(): Promise<void> {
    for (const { detector } of this.#opened) await detector.close()
  }
}
