/** From a held frame to the redacted JPEG of an alert: find faces, hide them, mark the objects, encode. */
import sharp from 'sharp'
import type { Detection } from '../domain/detection.ts'
import { type Box, iou } from '../domain/geometry.ts'
import { suppress } from './candidates.ts'
import type { Detector } from './detector.ts'
import type { Picture420 } from './fit.ts'
import { hiddenRegions, leastPerson, mosaic, outline, type RgbPicture } from './redact.ts'
import { toRgb } from './rgb.ts'

const jpegQuality = 80

/** What has to be hidden. */
interface Hideable {
  readonly faces: Detection[]
  /** Only where the model has that label too: their heads are hidden beside those of people who were seen before. */
  readonly people: Detection[]
}

/** Faces at the low threshold of the manifest's `redaction`, united over its sizes and a mirrored look. Throws where the model's answer is no answer. */
export async function findFaces(detector: Detector, picture: Picture420): Promise<Hideable> {
  const { redaction, score, nms } = detector.manifest
  const sides = redaction?.longSides ?? [Math.max(picture.width, picture.height)]
  const found: Detection[] = []
  let mirrored = false
  for (const longSide of sides) {
    const look = await detector.look(picture, { score: redaction?.score ?? score, longSide, mirrored })
    // A model that fails without saying so would leave every face to be seen.
    if (look.unreadable > 0) throw new Error(`${look.tensor} answered with numbers that are none`)
    found.push(...look.detections)
    mirrored = !mirrored
  }
  const isWanted = (one: Detection) =>
    one.label === 'face'
      ? isBelievable(one)
      : one.label === 'person' && one.confidence >= (redaction?.people ?? leastPerson)
  const all = suppress(
    found.filter(isWanted).sort((a, b) => b.confidence - a.confidence),
    nms,
  )
  return {
    faces: all.filter(({ label }) => label === 'face'),
    people: all.filter(({ label }) => label === 'person'),
  }
}

/**
 * A face that fills much of the picture is near and clear, so a weak one of that size is none (seen: a mosaic over half a
 * street). Small weak ones are hidden all the same. Below 0.15 of the picture's height any confidence will do, from four
 * tenths on it takes 0.5.
 */
function isBelievable({ box, confidence }: Detection): boolean {
  return confidence >= Math.min(0.5, ((box.y2 - box.y1 - 0.15) / 0.25) * 0.5)
}

/** A picture with nobody's face in it, not yet encoded; `faces` counts those that were found, `hidden` in 0..1. */
export interface Redacted {
  readonly rgb: RgbPicture
  readonly faces: number
  readonly hidden: readonly Box[]
}

/** Finds and hides faces and heads. */
export async function redactPicture(
  faces: Detector,
  { picture, detections }: { readonly picture: Picture420; readonly detections: readonly Detection[] },
): Promise<Redacted> {
  const found = await findFaces(faces, picture)
  const seen = detections.filter(({ label, confidence }) => label === 'person' && confidence >= leastPerson)
  // None of those who were seen goes: what is hidden only becomes more.
  const others = found.people.filter(({ box }) =>
    seen.every((one) => iou(one.box, box) <= faces.manifest.nms),
  )
  const hidden = hiddenRegions(found.faces, [...seen, ...others], picture)
  const rgb = toRgb(picture)
  for (const box of hidden) mosaic(rgb, box)
  return { rgb, faces: found.faces.length, hidden }
}

/** A JPEG with the objects (0..1) outlined. Throws whatever went wrong: the caller must then have no picture at all. */
export async function encodeSnapshot(
  { rgb, faces }: Redacted,
  objects: readonly Box[],
): Promise<{ jpeg: Uint8Array; width: number; height: number; faces: number }> {
  const { width, height } = rgb
  // Other alerts of the frame have other objects, so the lines are drawn on a copy.
  const bytes = Uint8Array.from(rgb.bytes)
  for (const box of objects) outline({ width, height, bytes }, box)
  const jpeg = await sharp(bytes, { raw: { width, height, channels: 3 } })
    .jpeg({ quality: jpegQuality })
    .toBuffer()
  // A copy of its own: Node's small buffers share memory, and what is transferred must be whole.
  return { jpeg: Uint8Array.from(jpeg), width, height, faces }
}
