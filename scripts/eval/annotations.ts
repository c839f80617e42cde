/** What is annotated in the evaluation sets, in the formats of ../shared/eval/README.md. */
import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import sharp from 'sharp'
import type { Label } from '../../src/domain/detection.ts'
import { even } from './frames.ts'
import type { Truth } from './metrics.ts'

/** A picture of a set. */
export interface View {
  /** Number of the frame from 1 where the set is a clip, else the name of the file. */
  readonly key: string
  readonly width: number
  readonly height: number
  readonly labelled: readonly Label[]
  readonly truths: readonly Truth[]
}

/** Corners in pixels of a picture that was cut to even sides. */
function truth(label: Label, [x1, y1, x2, y2]: readonly number[], of: Size, ignore = false): Truth {
  const [width, height] = [even(of.width), even(of.height)]
  return { label, box: { x1: x1 / width, y1: y1 / height, x2: x2 / width, y2: y2 / height }, ignore }
}

interface Size {
  readonly width: number
  readonly height: number
}

/** Classes of MOT16 that are neither right nor wrong: on a vehicle, standing, distractor, reflection. */
const motIgnored = [2, 7, 8, 12]
const motPerson = 1
const leastVisibility = 0.25

/** A view for each frame of a MOT sequence, those without anybody too. */
export function motViews(folder: string): View[] {
  const fact = motFacts(folder)
  const size = { width: fact('imWidth'), height: fact('imHeight') }
  const truths = motTruths(readFileSync(join(folder, 'gt.txt'), 'utf8'), size)
  return Array.from({ length: fact('seqLength') }, (_, i) => {
    return { key: String(i + 1), ...size, labelled: ['person'], truths: truths.get(i + 1) ?? [] }
  })
}

/** Frames per second. */
export function motRate(folder: string): number {
  return motFacts(folder)('frameRate')
}

function motFacts(folder: string): (name: string) => number {
  const facts = readFileSync(join(folder, 'seqinfo.ini'), 'utf8')
  return (name) => Number(new RegExp(`^${name}=(\\d+)`, 'm').exec(facts)?.[1])
}

/** By number of the frame. Only MOT16 tells classes and visibility; in the others every row is a person. */
export function motTruths(text: string, size: Size): Map<number, Truth[]> {
  const rows = text
    .trim()
    .split('\n')
    .map((line) => line.split(',').map(Number))
  // Nine columns: class and visibility are the last two; ten: there is a place in the world instead.
  const byFrame = new Map<number, Truth[]>()
  for (const row of rows) {
    const [frame, id, x, y, w, h, , kind, visibility] = row
    const classes = row.length === 9
    if (classes && kind !== motPerson && !motIgnored.includes(kind)) continue
    const ignore = classes && (kind !== motPerson || visibility < leastVisibility)
    const truths = byFrame.get(frame) ?? []
    truths.push({ ...truth('person', [x, y, x + w, y + h], size, ignore), id })
    byFrame.set(frame, truths)
  }
  return byFrame
}

interface JsonLine extends Size {
  readonly file: string
  readonly boxes: readonly {
    readonly class: Label
    readonly x: number
    readonly y: number
    readonly w: number
    readonly h: number
    readonly ignore?: boolean
  }[]
  readonly labelled?: readonly Label[]
}

/** `labels.jsonl`; `labelled` where a line does not say it itself. */
export function lineViews(folder: string, labelled: readonly Label[]): View[] {
  const lines = readFileSync(join(folder, 'labels.jsonl'), 'utf8').trim().split('\n')
  return lines.map((line) => {
    const { file, width, height, boxes, labelled: own = labelled } = JSON.parse(line) as JsonLine
    const truths = boxes.map(({ class: label, x, y, w, h, ignore }) =>
      truth(label, [x, y, x + w, y + h], { width, height }, ignore),
    )
    return { key: file, width: even(width), height: even(height), labelled: own, truths }
  })
}

interface FacesEntry extends Size {
  readonly image: string
  readonly faces: readonly number[][]
  readonly ignore?: readonly number[][]
}

/** `faces.json`; a face less high than `leastPixels` is ignored. */
export function faceViews(folder: string, leastPixels = 0): View[] {
  const entries = JSON.parse(readFileSync(join(folder, 'faces.json'), 'utf8')) as FacesEntry[]
  return entries.map(({ image, width, height, faces, ignore = [] }) => {
    const size = { width, height }
    const truths = [
      ...faces.map((box) => truth('face', box, size, box[3] - box[1] < leastPixels)),
      ...ignore.map((box) => truth('face', box, size, true)),
    ]
    return { key: image, width: even(width), height: even(height), labelled: ['face'], truths }
  })
}

/** COCO's names; a train is a vehicle to some models and none to others. */
const cocoLabels: Readonly<Record<string, Label>> = {
  person: 'person',
  bicycle: 'two-wheeler',
  motorcycle: 'two-wheeler',
  car: 'vehicle',
  bus: 'vehicle',
  truck: 'vehicle',
  train: 'vehicle',
}
const cocoIgnored = 'train'

/** YOLO text files: class, centre and size as shares of the picture. */
export async function yoloViews(folder: string): Promise<View[]> {
  const classes = readFileSync(join(folder, 'classes.txt'), 'utf8').trim().split('\n')
  const images = readdirSync(join(folder, 'images')).sort()
  return Promise.all(
    images.map(async (image) => {
      const { width, height } = await sharp(join(folder, 'images', image)).metadata()
      const text = readFileSync(join(folder, 'labels', `${basename(image, '.jpg')}.txt`), 'utf8')
      const truths = yoloTruths(text, classes, { width, height })
      const labelled: Label[] = ['person', 'two-wheeler', 'vehicle']
      return { key: image, width: even(width), height: even(height), labelled, truths }
    }),
  )
}

export function yoloTruths(text: string, classes: readonly string[], size: Size): Truth[] {
  const rows = text.split('\n').filter((line) => line.trim() !== '')
  return rows.flatMap((row) => {
    const [kind, cx, cy, w, h] = row.trim().split(/\s+/).map(Number)
    const label = cocoLabels[classes[kind]]
    if (!label) return []
    const corners = [
      (cx - w / 2) * size.width,
      (cy - h / 2) * size.height,
      (cx + w / 2) * size.width,
      (cy + h / 2) * size.height,
    ]
    return [truth(label, corners, size, classes[kind] === cocoIgnored)]
  })
}
