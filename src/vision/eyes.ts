/** What a worker sees: objects in the regions that deserve a look, faces near people, and all that must be hidden. */
import { isDeepStrictEqual } from 'node:util'
import type { Detection } from '../domain/detection.ts'
import type { Box } from '../domain/geometry.ts'
import { suppress } from './candidates.ts'
import { withColours } from './colour.ts'
import { Detector, type Look } from './detector.ts'
import { cropAround, type Picture420 } from './fit.ts'
import type { Models } from './ports.ts'
import { cropsFor, faceRegion, unite } from './regions.ts'
import { withSeenFaces } from './seen-faces.ts'
import { type Redacted, redactPicture } from './snapshot.ts'

/** From this confidence a person is worth a look for faces. */
const leastPersonForFaces = 0.3

/** What was found, and the looks it took. */
export interface Sight {
  readonly detections: Detection[]
  readonly looks: readonly Look[]
  /** Was all of the picture looked at, whatever the regions were? */
  readonly whole: boolean
}

export class Eyes {
  readonly #objects: readonly Detector[]
  readonly #faces: Detector
  /** One model finds both, in one look. */
  readonly #isOnePass: boolean

  /** `objects` in the order of their weight; one that is `faces` too is looked through once. */
  constructor(objects: readonly Detector[], faces: Detector) {
    this.#objects = objects
    this.#faces = faces
    this.#isOnePass = objects.includes(faces)
  }

  /** Opens each model once, also where it has two tasks. Throws MODEL_REFUSED. */
  static async open({ objects, beside, faces }: Models): Promise<Eyes> {
    const detector = await Detector.open(objects)
    const others = beside ? [await Detector.open(beside)] : []
    const isSame = isDeepStrictEqual(objects, faces)
    return new Eyes([detector, ...others], isSame ? detector : await Detector.open(faces))
  }

  /** Looks at each region at the resolution it deserves; at all of the picture where none is named. */
  async see(picture: Picture420, regions: readonly Box[] | undefined, withFaces: boolean): Promise<Sight> {
    const found = await this.#things(picture, regions)
    const things = { ...found, detections: withColours(picture, found.detections) }
    // Faces are the other model's business where there is one, and nobody's where nobody asked.
    const faceless = things.detections.filter(isNoFace)
    if (!withFaces) return { ...things, detections: faceless }
    if (this.#isOnePass) return { ...things, detections: withSeenFaces(things.detections, () => true) }
    const region = faceRegion(faceless.filter(isPerson))
    if (!region) return { ...things, detections: faceless }
    const crop = cropAround(this.#faces.manifest.input.size, picture, region)
    const look = await this.#faces.look(picture, { crop })
    return {
      detections: withSeenFaces([...faceless, ...look.detections.filter(isFace)], isPerson),
      looks: [...things.looks, look],
      whole: things.whole,
    }
  }

  /**
   * The picture with nobody's face in it. People are looked for in all of it first, unless that was done already: a frame
   * of which only regions were looked at may show others.
   */
  async redact(
    picture: Picture420,
    detections: readonly Detection[],
    wasSeenWhole: boolean,
  ): Promise<Redacted> {
    if (wasSeenWhole) return redactPicture(this.#faces, { picture, detections })
    const all = [...detections]
    for (const detector of this.#objects.filter(findsPeople)) {
      all.push(...(await detector.look(picture)).detections)
    }
    const once = suppress(
      all.sort((a, b) => b.confidence - a.confidence),
      this.#objects[0].manifest.nms,
    )
    return redactPicture(this.#faces, { picture, detections: once })
  }

  async close(): Promise<void> {
    for (const detector of new Set([...this.#objects, this.#faces])) await detector.close()
  }

  /** What all models of objects see together. */
  async #things(picture: Picture420, regions: readonly Box[] | undefined): Promise<Sight> {
    const sights: Sight[] = []
    for (const detector of this.#objects) sights.push(await lookWith(detector, picture, regions))
    return {
      detections: sights.flatMap(({ detections }) => detections),
      looks: sights.flatMap(({ looks }) => looks),
      whole: sights.every(({ whole }) => whole),
    }
  }
}

async function lookWith(
  detector: Detector,
  picture: Picture420,
  regions: readonly Box[] | undefined,
): Promise<Sight> {
  if (!regions) {
    const look = await detector.look(picture)
    return { detections: look.detections, looks: [look], whole: true }
  }
  const { input, nms } = detector.manifest
  const looks: Look[] = []
  for (const crop of cropsFor(input.size, picture, regions)) {
    looks.push(await detector.look(picture, { crop }))
  }
  const whole = looks.some(({ crop }) => crop.width === picture.width && crop.height === picture.height)
  return { detections: unite(looks, regions, picture, nms), looks, whole }
}

const findsPeople = ({ manifest }: Detector) => Object.values(manifest.labels).includes('person')
const isFace = ({ label }: Detection) => label === 'face'
const isNoFace = (one: Detection) => !isFace(one)
const isPerson = ({ label, confidence }: Detection) => label === 'person' && confidence >= leastPersonForFaces
