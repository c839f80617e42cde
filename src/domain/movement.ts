/** How something moves, in words: which way in the picture, and how fast in terms of its own size. */
import type { Point } from './geometry.ts'

export const headings = [
  'right',
  'down-right',
  'down',
  'down-left',
  'left',
  'up-left',
  'up',
  'up-right',
] as const
/** In the picture, not on the map. */
export type Heading = (typeof headings)[number]

export const paces = ['standing', 'slow', 'fast'] as const
/** In heights of the thing itself per second while it moves: below 0.1, below 1, and from there on. */
export type PaceClass = (typeof paces)[number]

const limits = { slow: 0.1, fast: 1 }

/** The pace of something that moves by so many of its own heights a second. */
export function paceOf(heightsPerSecond: number): PaceClass {
  if (heightsPerSecond < limits.slow) return 'standing'
  return heightsPerSecond < limits.fast ? 'slow' : 'fast'
}

/** Which way this leads: right, down and so on, to an eighth of a turn. */
export function headingOf({ x, y }: Point): Heading {
  return headings[(Math.round(Math.atan2(y, x) / (Math.PI / 4)) + 8) % 8]
}
