/** Which parts of a picture a model looks at for the regions that deserve a look, and what their findings say together. */
import type { Detection } from '../domain/detection.ts'
import { area, type Box, boxContains, centre, clip, overlap } from '../domain/geometry.ts'
import { suppress } from './candidates.ts'
import { type Crop, cropAround } from './fit.ts'
import type { InputSize } from './manifest.ts'

type Size = { readonly width: number; readonly height: number }

/** Beyond so many looks at one frame, one at everything they ask for is cheaper. */
const mostLooks = 4
/** A box that ends this near to an edge of a crop, as a share of the crop, may go on beyond it. */
const edgeShare = 0.015
/** Confidence that is left to a box that was cut: it may continue a track, it founds none. */
const cutConfidence = 0.5
/** Share of a cut box that lies in an uncut one of its label: then it is a piece of it. */
const pieceShare = 0.6

/** The regions inside the picture, without those that are empty or no numbers. */
export function soundRegions(look: readonly Box[]): Box[] {
  return look.map(clip).filter((region) => area(region) > 0)
}

/** One crop for each region, the largest first; none for a region that another's crop shows as well. */
export function cropsFor(size: InputSize, picture: Size, regions: readonly Box[]): Crop[] {
  const crops: Crop[] = []
  for (const region of regions.toSorted((a, b) => area(b) - area(a))) {
    const crop = cropAround(size, picture, region)
    if (!crops.some((other) => shows(other, region, picture) && isAsFine(other, crop))) crops.push(crop)
  }
  return crops.length > mostLooks ? [cropAround(size, picture, unionOf(regions))] : crops
}

function shows(crop: Crop, region: Box, picture: Size): boolean {
  const seen = inUnits(crop, picture)
  return overlap(seen, region) >= 0.999 * area(region)
}

/** Does the first show things nearly as large as the second would? */
function isAsFine(one: Crop, other: Crop): boolean {
  return Math.max(one.width, one.height) <= 1.25 * Math.max(other.width, other.height)
}

/** The smallest box around all of them. */
export function unionOf(boxes: readonly Box[]): Box {
  return {
    x1: Math.min(...boxes.map(({ x1 }) => x1)),
    y1: Math.min(...boxes.map(({ y1 }) => y1)),
    x2: Math.max(...boxes.map(({ x2 }) => x2)),
    y2: Math.max(...boxes.map(({ y2 }) => y2)),
  }
}

function inUnits({ left, top, width, height }: Crop, picture: Size): Box {
  return {
    x1: left / picture.width,
    y1: top / picture.height,
    x2: (left + width) / picture.width,
    y2: (top + height) / picture.height,
  }
}

/** What a look at one crop found, in 0..1 of the picture. */
export interface Finding {
  readonly crop: Crop
  readonly detections: readonly Detection[]
}

/**
 * One list out of the looks at several crops, strongest first. A box that ends at an edge of its crop inside the picture is
 * cut: half a car has the wrong foot point and must not found a track. It is dropped where a whole box of another crop
 * covers it, or where its middle lies outside all regions (nobody asked for it; the next full look sees it). Otherwise it
 * stays at half its confidence, because a track that fills its region would else count as gone.
 */
export function unite(
  findings: readonly Finding[],
  regions: readonly Box[],
  picture: Size,
  nms: number,
): Detection[] {
  const whole: Detection[] = []
  const cut: Detection[] = []
  for (const { crop, detections } of findings) {
    for (const one of detections) (isCut(one.box, crop, picture) ? cut : whole).push(one)
  }
  const isPiece = ({ label, box }: Detection) =>
    whole.some((other) => other.label === label && overlap(other.box, box) >= pieceShare * area(box))
  const isWanted = ({ box }: Detection) => regions.some((region) => boxContains(region, centre(box)))
  const kept = cut
    .filter((one) => isWanted(one) && !isPiece(one))
    .map((one) => ({ ...one, confidence: one.confidence * cutConfidence }))
  return suppress(
    [...whole, ...kept].sort((a, b) => b.confidence - a.confidence),
    nms,
  )
}

/** The picture's own edges cut nothing that could be seen elsewhere. */
function isCut(box: Box, crop: Crop, picture: Size): boolean {
  const seen = inUnits(crop, picture)
  const x = edgeShare * (seen.x2 - seen.x1)
  const y = edgeShare * (seen.y2 - seen.y1)
  return (
    (seen.x1 > 0 && box.x1 < seen.x1 + x) ||
    (seen.y1 > 0 && box.y1 < seen.y1 + y) ||
    (seen.x2 < 1 && box.x2 > seen.x2 - x) ||
    (seen.y2 < 1 && box.y2 > seen.y2 - y)
  )
}

/** How far around people their faces may be, as a share of the box's width and height. */
const besides = 0.25
const above = 0.1
const below = 0.55

/** Where the faces of these people can be; undefined where nobody is. */
export function faceRegion(people: readonly Detection[]): Box | undefined {
  if (people.length === 0) return undefined
  const upperParts = people.map(({ box: { x1, y1, x2, y2 } }) => {
    const [width, height] = [x2 - x1, y2 - y1]
    return {
      x1: x1 - besides * width,
      y1: y1 - above * height,
      x2: x2 + besides * width,
      y2: y1 + below * height,
    }
  })
  return clip(unionOf(upperParts))
}
