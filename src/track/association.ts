/** Which detection continues which trajectory. */
import type { Detection } from '../domain/detection.ts'
import { area, iou } from '../domain/geometry.ts'
import { assign } from './assignment.ts'
import type { Trajectory } from './trajectory.ts'

/** Standard deviations between one detection and the next: of the centre in sizes of the thing, of the area as a logarithm. */
const noise = { centre: 0.09, area: 0.2 }
/** A pair that surprises more than this is none: four standard deviations of a well known thing. */
const mostSurprise = 16
/** Centres farther apart than this many sizes are no pair: what was hidden for long must not match anything anywhere. */
const farthest = 2

export interface Matching {
  readonly pairs: readonly (readonly [Trajectory, Detection])[]
  readonly unmatched: readonly Trajectory[]
  readonly unused: readonly Detection[]
}

/**
 * The matching that is likeliest in total, within each label.
 *
 * @param leastOverlap intersection over union that a pair must have, 0..1; 0 lets fast things match at low frame rates
 */
export function match(
  trajectories: readonly Trajectory[],
  detections: readonly Detection[],
  aspect: number,
  leastOverlap = 0,
): Matching {
  const likeness = trajectories.map((trajectory) =>
    Float64Array.from(detections, likenessTo(trajectory, aspect, leastOverlap)),
  )
  // An impossible pair is as likely as staying alone (0), so no good pair is broken up to make two poor ones.
  const columnOf = assign(trajectories.length, detections.length, (row, column) => -likeness[row][column])
  const used = new Set<number>()
  const pairs: [Trajectory, Detection][] = []
  const unmatched: Trajectory[] = []
  trajectories.forEach((trajectory, row) => {
    const column = columnOf[row]
    if (column === -1 || likeness[row][column] <= 0) unmatched.push(trajectory)
    else {
      used.add(column)
      pairs.push([trajectory, detections[column]])
    }
  })
  return { pairs, unmatched, unused: detections.filter((_, column) => !used.has(column)) }
}

/**
 * How likely a detection is the trajectory's next one, above 0 up to 1, or 0 where it cannot be: the negative logarithm of a
 * Gaussian over place and area, with the trajectory's own uncertainty. The logarithm of the spread belongs to it: without
 * it what is least known would match best.
 */
function likenessTo(
  trajectory: Trajectory,
  aspect: number,
  leastOverlap: number,
): (detection: Detection) => number {
  const { box, size, label, change } = trajectory
  const x = box.x1 + box.x2
  const y = box.y1 + box.y2
  const space = area(box)
  const spread = Math.hypot(trajectory.uncertainty, noise.centre)
  const vagueness = 4 * Math.log(spread / noise.centre)
  return ({ label: seenLabel, change: seenChange, box: seen }) => {
    if (seenLabel !== label || seenChange !== change) return 0
    const away = Math.hypot((seen.x1 + seen.x2 - x) * aspect, seen.y1 + seen.y2 - y) / 2 / size
    if (!(away <= farthest)) return 0
    const growth = Math.log(area(seen) / space) / noise.area
    const surprise = (away / spread) ** 2 + growth ** 2 + vagueness
    if (!(surprise < mostSurprise) || iou(box, seen) < leastOverlap) return 0
    return 1 - surprise / mostSurprise
  }
}
