/** Does a camera still show the view of its reference, the same from a little beside, or another one? */
import type { Luma } from '../domain/luma.ts'
import type { ViewShift } from '../domain/view.ts'
import type { Landmarks, Placed } from './landmarks.ts'

/** Fewer landmarks prove nothing. */
export const leastLandmarks = 12
/** Of what is usually found so much is in its place: it is the same view. */
const same = 0.6
/** So much is found somewhere else, and so many times more than in its place: there it is. */
const shifted = { share: 0.6, times: 1.4 }
/** Of the edges that can be seen at the places of the landmarks hardly more agree than by chance, which is 0.18: another view. */
const elsewhere = { ofVisible: 0.36, visible: 0.1, spare: 0.03 }
/** From this share of the width on it moved; less than the other is wind, and between them nobody knows. */
const leastShift = 0.025
const sway = 0.012
/** What is found at random is found elsewhere the next time. */
const steady = 0.015

/** After a search in vain so many pictures are not searched: it costs more than all the rest. */
const spare = 3

export type Place = 'same' | 'shifted' | 'elsewhere' | 'unknown'

export class Shifts {
  #newest: ViewShift | undefined
  #spared = spare

  /** The newest that was found. */
  get newest(): ViewShift | undefined {
    return this.#newest
  }

  /** The share of the landmarks that was in its place in the newest picture. */
  agreeing = 1

  /** `usual`: the share of the landmarks that are usually found. */
  judge(luma: Luma, landmarks: Landmarks, usual: number): Place {
    if (landmarks.count < leastLandmarks) return 'same'
    const here = landmarks.inPlace(luma)
    this.agreeing = here.agreeing
    if (here.agreeing >= same * usual) {
      this.#spared = spare
      return 'same'
    }
    const isThere = ({ match }: Placed) =>
      match.agreeing >= shifted.share * usual && match.agreeing >= shifted.times * here.agreeing
    const known = this.#newest && landmarks.at(luma, this.#newest)
    const placed = known && isThere(known) ? known : this.#search(luma, landmarks)
    if (placed && isThere(placed)) {
      this.#spared = spare
      const { shift } = placed
      const aspect = luma.width / luma.height
      const far = length(shift, aspect)
      if (far < leastShift) return far < sway ? 'same' : 'unknown'
      const before = this.#newest
      this.#newest = shift
      if (!before) return 'unknown'
      const change = { dx: shift.dx - before.dx, dy: shift.dy - before.dy }
      return length(change, aspect) <= steady ? 'shifted' : 'unknown'
    }
    const isOther =
      here.visible >= elsewhere.visible &&
      here.agreeing <= elsewhere.ofVisible * here.visible + elsewhere.spare
    return isOther ? 'elsewhere' : 'unknown'
  }

  #search(luma: Luma, landmarks: Landmarks): Placed | undefined {
    if (this.#spared < spare) {
      this.#spared++
      return undefined
    }
    this.#spared = 0
    return landmarks.find(luma)
  }
}

/** As a share of the width. */
function length({ dx, dy }: ViewShift, aspect: number): number {
  return Math.hypot(dx, dy / aspect)
}
