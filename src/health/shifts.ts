/** Does a camera still show the view of its reference, the same from a little beside, or another one? */
import type { Luma } from '../domain/luma.ts'
import type { ViewShift } from '../domain/view.ts'
import { nowhere, sum } from './creep.ts'
import type { Landmarks, Placed } from './landmarks.ts'

/**
 * So many of the landmarks have to be found at another place: of the thousand places that are searched fewer fit one by chance (one in
 * six or so does). Of another view they say nothing but that they are gone: that takes more of them.
 */
const leastFound = 8
const leastGone = 12
/** Of what is usually found so much is in its place: it is the same view. */
const same = 0.6
/** So much is found somewhere else, and so many times more than in its place: there it is. */
const shifted = { share: 0.6, times: 1.4 }
/** Of the edges that can be seen at the places of the landmarks hardly more agree than by chance, which is 0.18: another view. */
const elsewhere = { ofVisible: 0.36, visible: 0.1, spare: 0.03 }
/** From this share of the width on it moved; less than the other is wind, and between them it is neither. */
const leastShift = 0.025
const sway = 0.012
/** What is found at random is found elsewhere the next time. */
const steady = 0.015

/**
 * After a search in vain so many pictures are not searched, twice as many after the next, up to the most: it costs as much as all the
 * rest, and what was not found a few times is not there.
 */
const spare = { first: 3, most: 24 }

/** `beside`: by less than a shift. */
export type Place = 'same' | 'beside' | 'shifted' | 'elsewhere' | 'unknown'

export class Shifts {
  /** Against the landmarks, and against what was confirmed. */
  #newest: ViewShift | undefined
  #told: ViewShift | undefined
  /** Pictures that are not searched yet, and after the next search in vain. */
  #toSpare = 0
  #nextSpare = spare.first

  /** The newest that was found, against what was confirmed. */
  get newest(): ViewShift | undefined {
    return this.#told
  }

  /** The share of the landmarks that was in its place in the newest picture. */
  agreeing = 1

  /** `usual`: the share of the landmarks that are usually found; `crept`: how far they followed the view. */
  judge(luma: Luma, landmarks: Landmarks, usual: number, crept: ViewShift = nowhere): Place {
    const { count } = landmarks
    if (count < leastFound) return 'same'
    const here = landmarks.inPlace(luma)
    this.agreeing = here.agreeing
    if (here.agreeing >= same * usual) {
      this.#found()
      return this.#summed(crept, luma) ?? 'same'
    }
    const least = Math.max(shifted.share * usual, shifted.times * here.agreeing, leastFound / count)
    const isThere = ({ match }: Placed) => match.agreeing >= least
    const known = this.#newest && landmarks.at(luma, this.#newest)
    const placed = known && isThere(known) ? known : this.#search(luma, landmarks)
    if (placed && isThere(placed)) {
      this.#found()
      const { shift } = placed
      const far = length(shift, luma)
      if (far < leastShift) return this.#summed(sum(crept, shift), luma) ?? (far < sway ? 'same' : 'beside')
      const before = this.#newest
      this.#newest = shift
      this.#told = sum(crept, shift)
      if (!before) return 'unknown'
      const change = { dx: shift.dx - before.dx, dy: shift.dy - before.dy }
      return length(change, luma) <= steady ? 'shifted' : 'unknown'
    }
    const isOther =
      count >= leastGone &&
      here.visible >= elsewhere.visible &&
      here.agreeing <= elsewhere.ofVisible * here.visible + elsewhere.spare
    return isOther ? 'elsewhere' : 'unknown'
  }

  /** Not far from the landmarks, which are not where they were. */
  #summed(shift: ViewShift, luma: Luma): Place | undefined {
    if (!isShift(shift, luma)) return undefined
    this.#told = shift
    return 'shifted'
  }

  #search(luma: Luma, landmarks: Landmarks): Placed | undefined {
    if (this.#toSpare > 0) {
      this.#toSpare--
      return undefined
    }
    this.#toSpare = this.#nextSpare
    this.#nextSpare = Math.min(spare.most, 2 * this.#nextSpare)
    return landmarks.find(luma)
  }

  /** The next search is at once. */
  #found(): void {
    this.#toSpare = 0
    this.#nextSpare = spare.first
  }
}

/** Is it so far that the view has moved? */
export function isShift(shift: ViewShift, size: Pick<Luma, 'width' | 'height'>): boolean {
  return length(shift, size) >= leastShift
}

/** As a share of the width. */
function length({ dx, dy }: ViewShift, { width, height }: Pick<Luma, 'width' | 'height'>): number {
  return Math.hypot(dx, (dy * height) / width)
}
