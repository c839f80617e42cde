/** Finds the largest number of cameras that a machine holds, from few steps that say of their numbers whether they do. */

import { mostCameras } from './gateway-process.ts'

/** One number of cameras that was tried. */
export interface Tried {
  readonly cameras: number
  readonly holds: boolean
}

/** The largest number that holds while all smaller ones tried do; 0 where none does. */
export function heldBy(steps: readonly Tried[]): number {
  const below = leastThatFails(steps)
  return Math.max(0, ...steps.filter(({ cameras }) => cameras < below).map(({ cameras }) => cameras))
}

/** What to try next: twice as many while all hold, then half-way between what holds and what does not; undefined where that is known. */
export function nextToTry(steps: readonly Tried[]): number | undefined {
  const [held, fails] = [heldBy(steps), leastThatFails(steps)]
  if (!Number.isFinite(fails)) return held < mostCameras ? Math.min(mostCameras, 2 * held) : undefined
  return fails - held > 1 ? Math.floor((held + fails) / 2) : undefined
}

/** Whether it is known that one more would be too many. */
export function isLargest(steps: readonly Tried[]): boolean {
  return leastThatFails(steps) === heldBy(steps) + 1
}

/** Infinity where everything holds. */
function leastThatFails(steps: readonly Tried[]): number {
  return Math.min(...steps.filter(({ holds }) => !holds).map(({ cameras }) => cameras))
}
