/** Whose face was seen: that somebody's was, never which. */
import type { Detection } from '../domain/detection.ts'
import { boxContains, centre, distance } from '../domain/geometry.ts'

/** The part of a person's box in which their face is, of its height: half of it where only head and shoulders are in view. */
const upperPart = 0.5

/** The same detections after a look for faces around those for whom `wasLookedFor`: each of them with whether theirs was seen. */
export function withSeenFaces(
  detections: readonly Detection[],
  wasLookedFor: (person: Detection) => boolean,
): Detection[] {
  const people = detections.filter((one) => one.label === 'person' && wasLookedFor(one))
  const faces = detections.filter(({ label }) => label === 'face')
  const seen = new Set(faces.map((face) => ownerOf(face, people)))
  return detections.map((one) => (people.includes(one) ? { ...one, faceSeen: seen.has(one) } : one))
}

/** Of those whose upper part its middle is in, the one whose head it is nearest to: one face is one person's. */
function ownerOf(face: Detection, people: readonly Detection[]): Detection | undefined {
  const middle = centre(face.box)
  const away = ({ box }: Detection) => distance(middle, { x: (box.x1 + box.x2) / 2, y: box.y1 })
  return people
    .filter(({ box }) => boxContains({ ...box, y2: box.y1 + upperPart * (box.y2 - box.y1) }, middle))
    .toSorted((one, other) => away(one) - away(other))[0]
}
