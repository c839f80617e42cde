/** Completes the classes that a training set lacks with what the public models find: `node models/training/label.ts --out FOLDER [--set NAME …] [--judge]`. */
import { appendFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { area, type Box, iou, overlap } from '../../src/domain/geometry.ts'
import { type Class, classes, inPixels, inUnits, type LabelLine, readLines } from './label-lines.ts'
import { readPicture } from './picture.ts'
import { type Finding, openTeachers } from './teachers.ts'

const shared = fileURLToPath(new URL('../../../shared/', import.meta.url))
const sets = ['voc2007', 'coco256', 'tinycoco', 'facemask', 'traffic_atl', 'openimages_vehicles']

/**
 * From `sure` on a finding is a box, from `maybe` on it is ignored in training. Precision first: `--judge` measures how
 * many findings people had annotated, too. Faces as in the sets that came with them.
 */
const thresholds: Record<Class, { readonly sure: number; readonly maybe: number }> = {
  face: { sure: 0.75, maybe: 0.3 },
  person: { sure: 0.55, maybe: 0.2 },
  'two-wheeler': { sure: 0.5, maybe: 0.2 },
  vehicle: { sure: 0.55, maybe: 0.2 },
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

/** The line with those findings added that are of a class it lacks; what was there stays as it is. */
export function complete(line: LabelLine, findings: readonly Finding[]): LabelLine {
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
  return {
    ...line,
    boxes: [...line.boxes, ...added],
    labelled: [...line.labelled, ...lacks],
    pseudo: [...(line.pseudo ?? []), ...lacks],
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
  const teachers = await openTeachers(wanted, process.env.SKYEYE_MODELS_MIRROR ?? join(shared, 'models'))
  for (const [n, { file }] of left.entries()) {
    const findings = await teachers.look(await readPicture(join(shared, 'train', set, 'images', file)))
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
      return (seen.get(line.file) ?? [])
        .filter((finding) => finding.class === one)
        .map(({ score, box }) => ({ score, right: truth.some((other) => iou(other, box) > known) }))
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
      set: { type: 'string', multiple: true, default: sets },
      judge: { type: 'boolean', default: false },
      first: { type: 'string' },
    },
  })
  if (!values.out) throw new Error('--out FOLDER is missing')
  mkdirSync(values.out, { recursive: true })
  for (const set of values.set) {
    const all = readLines(join(shared, 'train', set, 'labels.jsonl'))
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
    const completed = lines.map((line) => complete(line, seen.get(line.file) ?? []))
    writeFileSync(
      join(values.out, `${set}.labels.jsonl`),
      completed.map((line) => `${JSON.stringify(line)}\n`).join(''),
    )
    console.log(`${set}: ${completed.length} pictures · ${count(completed)}`)
  }
}

if (import.meta.main) await main()
