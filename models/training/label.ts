/**
 * Completes the classes that a training set lacks with what the public models find:
 * `node models/training/label.ts --out FOLDER --set NAME … [--judge] [--first COUNT]`.
 */
import { appendFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { area, type Box, iou, overlap } from '../../src/domain/geometry.ts'
import {
  type Class,
  classes,
  inPixels,
  inUnits,
  type LabelLine,
  type LabelledBox,
  readLines,
} from './label-lines.ts'
import { readPicture } from './picture.ts'
import { type Finding, openTeachers } from './teachers.ts'

const shared = fileURLToPath(new URL('../../../shared/', import.meta.url))
const training = process.env.SKYEYE_TRAINING ?? join(shared, 'train')
const weights = process.env.SKYEYE_MODELS_MIRROR ?? join(shared, 'models')

/**
 * From `sure` on a finding is a box, from `maybe` on it is ignored in training. Precision first: of the first 110 pictures
 * of voc2007 (`--judge`), nine of ten findings from `sure` on had been annotated by people, and about half of those at
 * `maybe`; lower still, ignored boxes would cover much of the street that shall count as background. Faces as in the
 * sets that came with them.
 */
const thresholds: Record<Class, { readonly sure: number; readonly maybe: number }> = {
  face: { sure: 0.75, maybe: 0.45 },
  person: { sure: 0.5, maybe: 0.35 },
  'two-wheeler': { sure: 0.45, maybe: 0.25 },
  vehicle: { sure: 0.5, maybe: 0.25 },
}

/** Overlap (IoU) with a human box of the class from which a finding says nothing new. */
const known = 0.5
/** Share of a finding inside a human box of the class from which it may be a part, or one of a group. */
const part = 0.6
/** Smaller things, in pixels, are seen by chance. */
const leastSide = 6

/** Classes of which this picture has no exhaustive annotation. */
export function lacking({ labelled }: LabelLine): Class[] {
  return classes.filter((one) => !labelled.includes(one))
}

/**
 * Classes of a set that stay unlabelled although what the models find is added: crowds seen from the front hold backs of
 * heads that neither a model nor a face gives away, and as background they would teach the network to overlook people.
 */
const notAllFound: Readonly<Record<string, readonly Class[]>> = { facemask: ['person'] }

/** How far a body reaches around its face, in widths and heights of the face. */
const body = { aside: 1, above: 0.4, below: 5.5 }

/** In a crowd the person model misses many whose face is known: where they are, nothing shall count as background. */
function bodiesOfFaces(boxes: readonly LabelledBox[], { width, height }: LabelLine): LabelledBox[] {
  const people = boxes.filter((box) => box.class === 'person')
  const holds = (outer: LabelledBox, x: number, y: number) =>
    x > outer.x && x < outer.x + outer.w && y > outer.y && y < outer.y + outer.h / 2
  return boxes
    .filter((box) => box.class === 'face' && !box.ignore)
    .filter(({ x, y, w, h }) => !people.some((one) => holds(one, x + w / 2, y + h / 2)))
    .map(({ x, y, w, h }) => {
      const [left, top] = [Math.max(0, x - body.aside * w), Math.max(0, y - body.above * h)]
      const [right, bottom] = [
        Math.min(width, x + (1 + body.aside) * w),
        Math.min(height, y + (1 + body.below) * h),
      ]
      const corners = { x1: left / width, y1: top / height, x2: right / width, y2: bottom / height }
      return { class: 'person', ...inPixels(corners, { width, height }), ignore: true, pseudo: true }
    })
}

/** The line of a set with those findings added that are of a class it lacks; what was there stays as it is. */
export function complete(set: string, line: LabelLine, findings: readonly Finding[]): LabelLine {
  const lacks = lacking(line)
  if (lacks.length === 0) return line
  const added = findings.flatMap((finding) => {
    const { sure, maybe } = thresholds[finding.class]
    if (!lacks.includes(finding.class) || finding.score < maybe) return []
    const human = line.boxes.filter((box) => box.class === finding.class).map((box) => inUnits(box, line))
    if (human.some((box) => iou(box, finding.box) > known)) return []
    const place = inPixels(finding.box, line)
    if (place.w <= 0 || place.h <= 0) return []
    const inside = (box: Box) => overlap(box, finding.box) > part * area(finding.box)
    const isSure = finding.score >= sure && Math.min(place.w, place.h) >= leastSide && !human.some(inside)
    const score = Math.round(finding.score * 1000) / 1000
    return [
      {
        class: finding.class,
        ...place,
        ...(!isSure && { ignore: true as const }),
        pseudo: true as const,
        score,
      },
    ]
  })
  const boxes = [...line.boxes, ...added]
  const completed = lacks.filter((one) => !notAllFound[set]?.includes(one))
  return {
    ...line,
    boxes: lacks.includes('person') ? [...boxes, ...bodiesOfFaces(boxes, line)] : boxes,
    labelled: [...line.labelled, ...completed],
    pseudo: [...(line.pseudo ?? []), ...completed],
  }
}

interface Seen {
  readonly file: string
  readonly findings: readonly Finding[]
}

/** The findings of a set, kept in a file as they come: a second run, or one that was broken off, looks at no picture twice. */
async function look(
  set: string,
  wanted: readonly Class[],
  lines: readonly LabelLine[],
  kept: string,
): Promise<Map<string, readonly Finding[]>> {
  const seen = new Map((existsSync(kept) ? readLines<Seen>(kept) : []).map((one) => [one.file, one.findings]))
  const left = lines.filter(({ file }) => !seen.has(file))
  if (left.length === 0 || wanted.length === 0) return seen
  if (!existsSync(weights)) {
    throw new Error(`${weights} is not there: name the folder of the public models in SKYEYE_MODELS_MIRROR`)
  }
  const teachers = await openTeachers(wanted, weights)
  for (const [n, { file }] of left.entries()) {
    const findings = await teachers.look(await readPicture(join(training, set, 'images', file)))
    seen.set(file, findings)
    appendFileSync(kept, `${JSON.stringify({ file, findings })}\n`)
    if (n % 50 === 49) console.error(`${set}: ${n + 1} of ${left.length} pictures`)
  }
  await teachers.close()
  return seen
}

/** How many boxes of each class people drew, machines drew, and are to be ignored. */
function count(lines: readonly LabelLine[]): string {
  const boxes = lines.flatMap((line) => line.boxes)
  return classes
    .map((one) => {
      const own = boxes.filter((box) => box.class === one)
      const sure = own.filter(({ ignore }) => !ignore)
      const pseudo = sure.filter((box) => box.pseudo).length
      return `${one} ${sure.length - pseudo} human, ${pseudo} pseudo, ${own.length - sure.length} ignored`
    })
    .join(' · ')
}

/** Of the findings from a score on: the share that people had annotated too, and the share of annotations found. */
function judge(lines: readonly LabelLine[], seen: ReadonlyMap<string, readonly Finding[]>): void {
  for (const one of classes) {
    const marks = lines.flatMap((line) => {
      const truth = line.boxes
        .filter((box) => box.class === one && !box.ignore)
        .map((box) => inUnits(box, line))
      const own = (seen.get(line.file) ?? []).filter((finding) => finding.class === one)
      // Strongest first, so that the best of several gets the annotation.
      return own.map(({ score, box }) => {
        const at = truth.findIndex((other) => iou(other, box) > known)
        if (at >= 0) truth.splice(at, 1)
        return { score, right: at >= 0 }
      })
    })
    const all = lines.flatMap(({ boxes }) => boxes.filter((box) => box.class === one && !box.ignore)).length
    for (const least of [0.2, 0.3, 0.4, 0.5, 0.55, 0.6, 0.7, 0.75, 0.8]) {
      const found = marks.filter(({ score }) => score >= least)
      const right = found.filter((mark) => mark.right).length
      const share = (whole: number) => (whole === 0 ? '–' : (right / whole).toFixed(2))
      console.log(`${one} from ${least}: precision ${share(found.length)}, recall ${share(all)} of ${all}`)
    }
  }
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      out: { type: 'string' },
      set: { type: 'string', multiple: true, default: [] },
      judge: { type: 'boolean', default: false },
      first: { type: 'string' },
    },
  })
  if (!values.out || values.set.length === 0) throw new Error('--out FOLDER or --set NAME is missing')
  mkdirSync(values.out, { recursive: true })
  for (const set of values.set) {
    const all = readLines(join(training, set, 'labels.jsonl'))
    const lines = all.slice(0, values.first ? Number(values.first) : undefined)
    const wanted = values.judge
      ? classes
      : classes.filter((one) => lines.some((line) => lacking(line).includes(one)))
    const kept = join(values.out, `${set}.${values.judge ? 'judged' : 'found'}.jsonl`)
    const seen = await look(set, wanted, lines, kept)
    if (values.judge) {
      judge(lines, seen)
      continue
    }
    const completed = lines.map((line) => complete(set, line, seen.get(line.file) ?? []))
    writeFileSync(
      join(values.out, `${set}.labels.jsonl`),
      completed.map((line) => `${JSON.stringify(line)}\n`).join(''),
    )
    console.log(`${set}: ${completed.length} pictures · ${count(completed)}`)
  }
}

if (import.meta.main) await main()
