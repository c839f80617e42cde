/** The lines of `labels.jsonl`: one picture each, its boxes in pixels, and what was annotated exhaustively. */
import { readFileSync } from 'node:fs'
import type { Box } from '../../src/domain/geometry.ts'

/** What the built-in network learns, in the order of its output. */
export const classes = ['face', 'person', 'two-wheeler', 'vehicle'] as const
export type Class = (typeof classes)[number]

export interface LabelledBox {
  readonly class: Class
  readonly x: number
  readonly y: number
  readonly w: number
  readonly h: number
  /** Neither right nor wrong when found. */
  readonly ignore?: true
  /** Made by a machine, with its confidence. */
  readonly pseudo?: true
  readonly score?: number
}

export interface LabelLine {
  readonly file: string
  readonly width: number
  readonly height: number
  readonly boxes: readonly LabelledBox[]
  /** Classes of which every instance has a box, so that the rest of the picture shows none. */
  readonly labelled: readonly Class[]
  /** Those of them that a machine annotated. */
  readonly pseudo?: readonly Class[]
}

export function readLines<Line = LabelLine>(file: string): Line[] {
  const lines = readFileSync(file, 'utf8').split('\n')
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line))
}

/** A box in 0..1 of its picture. */
export function inUnits({ x, y, w, h }: LabelledBox, { width, height }: LabelLine): Box {
  return { x1: x / width, y1: y / height, x2: (x + w) / width, y2: (y + h) / height }
}

const tenth = (value: number) => Math.round(value * 10) / 10

/** A box in pixels of its picture, to a tenth. */
export function inPixels(
  { x1, y1, x2, y2 }: Box,
  { width, height }: { readonly width: number; readonly height: number },
): Pick<LabelledBox, 'x' | 'y' | 'w' | 'h'> {
  return {
    x: tenth(x1 * width),
    y: tenth(y1 * height),
    w: tenth((x2 - x1) * width),
    h: tenth((y2 - y1) * height),
  }
}
