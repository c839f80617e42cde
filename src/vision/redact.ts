/** Makes faces unrecoverable in an RGB picture and marks what an alert is about. */
import type { Detection } from '../domain/detection.ts'
import { type Box, boxContains, centre, clip } from '../domain/geometry.ts'

/** Interleaved RGB, 8 bits, `width * height * 3` bytes. */
export interface RgbPicture {
  readonly width: number
  readonly height: number
  readonly bytes: Uint8Array
}

/** Around a face, on each side, as a share of its width and height: hair, chin and ears tell people apart too. */
const faceMargin = 0.25
/** Around the head part of a person. */
const headMargin = 0.2
/** A cell is never finer than this, pixels. */
const finestCell = 8
/** Cells across the shorter side of a face. */
const cellsAcross = 4
/** People from this confidence up have their heads hidden. */
export const leastPerson = 0.15
/** A weaker face is hidden too, but may be no face (seen: an ear, and the face beside it stayed visible): the head is hidden as well. */
const leastAnswering = 0.5

/** Where faces and heads are to be hidden, 0..1, margins included: every face, and the head of each person without a sure one. */
export function hiddenRegions(
  faces: readonly Detection[],
  people: readonly Detection[],
  picture: { readonly width: number; readonly height: number },
): Box[] {
  const free = new Set(faces.filter(({ confidence }) => confidence >= leastAnswering))
  const heads: Box[] = []
  for (const person of people) {
    const head = headOf(person.box, picture)
    // Each face answers for one person only, and only if hiding it hides the middle of that head: in a crowd a box may hold
    // its neighbour's face, and a badge on a shoulder may look like one.
    const own = [...free].find(
      (face) => isHeadOf(face.box, head) && boxContains(widen(face.box, faceMargin), centre(head)),
    )
    if (own) free.delete(own)
    else heads.push(widen(head, headMargin))
  }
  return [...faces.map((face) => widen(face.box, faceMargin)), ...heads]
}

/** The head part of a person's box: the top fifth of a standing figure, more of one that the picture cuts off. */
function headOf(box: Box, picture: { readonly width: number; readonly height: number }): Box {
  const width = (box.x2 - box.x1) * picture.width
  const height = (box.y2 - box.y1) * picture.height
  const tall = Math.min(height, Math.max(0.22 * height, 0.5 * width)) / picture.height
  return { x1: box.x1, y1: box.y1, x2: box.x2, y2: box.y1 + tall }
}

/** Is the face's centre in the head part, and the face about as large as such a head would be? */
function isHeadOf(face: Box, head: Box): boolean {
  const { x, y } = centre(face)
  const inside = x >= head.x1 && x <= head.x2 && y >= head.y1 && y <= head.y2
  return inside && face.y2 - face.y1 > 0.3 * (head.y2 - head.y1)
}

function widen(box: Box, share: number): Box {
  const x = (box.x2 - box.x1) * share
  const y = (box.y2 - box.y1) * share
  return clip({ x1: box.x1 - x, y1: box.y1 - y, x2: box.x2 + x, y2: box.y2 + y })
}

/** Whole pixels that the box touches. */
function pixelsOf(
  box: Box,
  { width, height }: RgbPicture,
): { x1: number; y1: number; x2: number; y2: number } {
  return {
    x1: Math.max(0, Math.floor(box.x1 * width)),
    y1: Math.max(0, Math.floor(box.y1 * height)),
    x2: Math.min(width, Math.ceil(box.x2 * width)),
    y2: Math.min(height, Math.ceil(box.y2 * height)),
  }
}

/**
 * Replaces each cell of the box by its mean colour in steps of 16: at most a few numbers stay of a face, and the steps
 * take away what super-resolution of a mosaic feeds on.
 */
export function mosaic(picture: RgbPicture, box: Box): void {
  const { x1, y1, x2, y2 } = pixelsOf(box, picture)
  const cell = Math.max(finestCell, Math.ceil(Math.min(x2 - x1, y2 - y1) / cellsAcross))
  for (let y = y1; y < y2; y += cell) {
    for (let x = x1; x < x2; x += cell)
      paintMean(picture, x, y, Math.min(x + cell, x2), Math.min(y + cell, y2))
  }
}

function paintMean({ bytes, width }: RgbPicture, x1: number, y1: number, x2: number, y2: number): void {
  const sums = [0, 0, 0]
  for (let y = y1; y < y2; y++) {
    for (let at = (y * width + x1) * 3; at < (y * width + x2) * 3; at += 3) {
      sums[0] += bytes[at]
      sums[1] += bytes[at + 1]
      sums[2] += bytes[at + 2]
    }
  }
  const count = (x2 - x1) * (y2 - y1)
  const [red, green, blue] = sums.map((sum) => (Math.round(sum / count) & 0xf0) | 8)
  for (let y = y1; y < y2; y++) {
    for (let at = (y * width + x1) * 3; at < (y * width + x2) * 3; at += 3) {
      bytes[at] = red
      bytes[at + 1] = green
      bytes[at + 2] = blue
    }
  }
}

/** Draws a 2 px frame just inside the box, amber: seen on day and night pictures alike. */
export function outline(picture: RgbPicture, box: Box): void {
  const { x1, y1, x2, y2 } = pixelsOf(clip(box), picture)
  const paint = (left: number, top: number, right: number, bottom: number) => {
    for (let y = Math.max(y1, top); y < Math.min(y2, bottom); y++) {
      for (let x = Math.max(x1, left); x < Math.min(x2, right); x++) {
        picture.bytes.set([255, 176, 0], (y * picture.width + x) * 3)
      }
    }
  }
  paint(x1, y1, x2, y1 + 2)
  paint(x1, y2 - 2, x2, y2)
  paint(x1, y1, x1 + 2, y2)
  paint(x2 - 2, y1, x2, y2)
}
