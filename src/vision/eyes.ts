/** What a worker sees: objects in the regions that deserve a look, faces near people, and all that must be hidden. */
import type { Detection } from '../domain/detection.ts'
import type { Box } from '../domain/geometry.ts'
import { suppress } from './candidates.ts'
import type { Detector, Look } from './detector.ts'
import { cropAround, type Picture420 } from './fit.ts'
import { cropsFor, faceRegion, unite } from './regions.ts'
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
  readonly #objects: Detector
  readonly #faces: Detector

  constructor(objects: Detector, faces: Detector) {
    this.#objects = objects
    this.#faces = faces
  }

  /** Looks at each region at the resolution it deserves; at all of the picture where none is named. */
  async see(picture: Picture420, regions: readonly Box[] | undefined, withFaces: boolean): Promise<Sight> {
    const things = await this.#things(picture, regions)
    const region = withFaces
      ? faceRegion(
          things.detections.filter(
            ({ label, confidence }) => label === 'person' && confidence >= leastPersonForFaces,
          ),
        )
      : undefined
    if (!region) return things
    const crop = cropAround(this.#faces.manifest.input.size, picture, region)
    const faces = await this.#faces.look(picture, { crop })
    return {
      detections: [...things.detections, ...faces.detections],
      looks: [...things.looks, faces],
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
    const all = [...detections, ...(await this.#objects.look(picture)).detections]
    const { nms } = this.#objects.manifest
    const once = suppress(
      all.sort((a, b) => b.confidence - a.confidence),
      nms,
    )
    return redactPicture(this.#faces, { picture, detections: once })
  }

  async close(): Promise<void> {
    await this.#objects.close()
    await this.#faces.close()
  }

  async #things(picture: Picture420, regions: readonly Box[] | undefined): Promise<Sight> {
    if (!regions) {
      const look = await this.#objects.look(picture)
      return { detections: look.detections, looks: [look], whole: true }
    }
    const { input, nms } = this.#objects.manifest
    const looks: Look[] = []
    for (const crop of cropsFor(input.size, picture, regions)) {
      looks.push(await this.#objects.look(picture, { crop }))
    }
    const whole = looks.some(({ crop }) => crop.width === picture.width && crop.height === picture.height)
    return { detections: unite(looks, regions, picture, nms), looks, whole }
  }
}
