/** Does a camera still show the view of its reference, the same from a little beside, or another one? */
import type { Luma } from '../domain/luma.ts'
import type { ViewShift } from '../domain/view.ts'
import type { Landmarks } from './landmarks.ts'

/** Fewer landmarks prove nothing. */
const leastLandmarks = 12
/** Of what is usually found so much is in its place: it is the same view. */
const same = 0.6
/** So much is found somewhere else, and so many times more than in its place: there it is. */
const shifted = { share: 0.6, times: 1.4 }
/** Of the edges that can be seen at the places of the landmarks hardly more agree than by chance, which is 0.18: another view. */
const elsewhere = { ofVisible: 0.36, visible: 0.1, spare: 0.03 }
/** From this share of the width on it moved; less is wind. */
const leastShift = 0.025
/** What is found at random is found elsewhere the next time. */
const steady = 0.015

export type Place = 'same' | 'shifted' | 'elsewhere' | 'unknown'

export class Shifts {
  #newest: ViewShift | undefined

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
    if (here.agreeing >= same * usual) return 'same'
    const { shift, match } = landmarks.find(luma)
    if (match.agreeing >= shifted.share * usual && match.agreeing >= shifted.times * here.agreeing) {
      const aspect = luma.width / luma.height
      if (length(shift, aspect) < leastShift) return 'same'
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
}

/** As a share of the width. */
function length({ dx, dy }: ViewShift, aspect: number): number {
  return Math.hypot(dx, dy / aspect)
}
