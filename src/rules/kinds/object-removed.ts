/** Something was taken from the zone. */
import { objectLeft } from './object-left.ts'

/**
 * Holds for each place inside the zone where something always stood and has been gone from for `dwellMs`. Raising `dwellMs` lets a
 * thing be moved and put back; raising `minShare` looks past what is small or far away. Draw the zone with room around what it
 * guards: the middle of its lower edge has to lie inside. What models know (a parked car that leaves) is never taken.
 */
export const objectRemoved = objectLeft
