/** How far a view has crept from where it was confirmed: a mast that sags moves by less than anybody notices between two renewals of its reference. */
import type { Luma } from '../domain/luma.ts'
import type { ViewShift } from '../domain/view.ts'
import type { Landmarks } from './landmarks.ts'

/** So much of the first landmarks has to be found for where they are to be believed. */
const legible = 0.6
const leastLandmarks = 12
/** Day and night look different, and each comes again: what was not found for so many renewals, a day, will hardly be. */
const mostMissed = 144

export const nowhere: ViewShift = { dx: 0, dy: 0 }

export class Creep {
  /** What the view was known by when it was first learned: it is renewed only where nothing of it is left. */
  #first: Landmarks | undefined
  /** How far the view had crept when these were chosen, and since. */
  #before: ViewShift
  #since = nowhere
  #missed = 0

  constructor(before: ViewShift = nowhere) {
    this.#before = before
  }

  get shift(): ViewShift {
    return sum(this.#before, this.#since)
  }

  /** What the view is known by from now on; only the first counts. */
  learned(landmarks: Landmarks): void {
    if (landmarks.count >= leastLandmarks) this.#first ??= landmarks
  }

  /** The view as it is now, without what moves. */
  see(mean: Luma): void {
    if (!this.#first) return
    const { shift, match } = this.#first.follow(mean, this.#since)
    if (match.agreeing >= legible) {
      this.#since = shift
      this.#missed = 0
    } else if (++this.#missed >= mostMissed) {
      this.#before = this.shift
      this.#since = nowhere
      this.#first = undefined
      this.#missed = 0
    }
  }
}

export function sum(a: ViewShift, b: ViewShift): ViewShift {
  return { dx: a.dx + b.dx, dy: a.dy + b.dy }
}
