/** Detections that another program made of the evaluation sets, one picture a line of JSON. */
import { readFileSync } from 'node:fs'
import { type Detection, type Label, labels } from '../../src/domain/detection.ts'

/** What was found in one picture. */
export interface Finding {
  readonly set: string
  /** Number of the frame from 1, or the name of the file. */
  readonly key: string
  readonly found: readonly Detection[]
}

/** Throws with the line that is wrong. */
export function readDetections(path: string): Finding[] {
  return readFileSync(path, 'utf8')
    .split('\n')
    .flatMap((line, i) => (line.trim() === '' ? [] : [finding(line, `${path}:${i + 1}`)]))
}

interface Line {
  readonly set?: unknown
  readonly frame?: unknown
  readonly file?: unknown
  readonly boxes?: unknown
}

function finding(line: string, where: string): Finding {
  let parsed: Line | null
  try {
    parsed = JSON.parse(line) as Line | null
  } catch {
    throw new Error(`${where} is no JSON`)
  }
  const { set, frame, file, boxes } = parsed ?? {}
  const key = frame ?? file
  if (typeof set !== 'string') throw new Error(`${where} names no set`)
  if (typeof key !== 'string' && typeof key !== 'number')
    throw new Error(`${where} has neither frame nor file`)
  if (!Array.isArray(boxes)) throw new Error(`${where} has no boxes: a picture without any has []`)
  return { set, key: String(key), found: boxes.map((box) => detection(box as Flat | null, where)) }
}

interface Flat {
  readonly label: Label
  readonly confidence: number
  readonly x1: number
  readonly y1: number
  readonly x2: number
  readonly y2: number
}

function detection(flat: Flat | null, where: string): Detection {
  const { label, confidence, ...corners } = flat ?? ({} as Flat)
  if (!labels.includes(label))
    throw new Error(`${where} has the label ${label}, not one of ${labels.join(', ')}`)
  const { x1, y1, x2, y2 } = corners
  if (![confidence, x1, y1, x2, y2].every((value) => Number.isFinite(value)))
    throw new Error(`${where} needs numbers: confidence, x1, y1, x2, y2`)
  if (!(x1 < x2 && y1 < y2)) throw new Error(`${where} has an empty box`)
  return { label, confidence, box: { x1, y1, x2, y2 } }
}
