/** Which detection continues which trajectory. */
import type { Detection } from '../domain/detection.ts'
import { area, iou } from '../domain/geometry.ts'
import { assign } from './assignment.ts'
import type { Trajectory } from './trajectory.ts'

/** How strictly a pair must fit. */
export interface Fit {
  /** Least intersection over union, 0..1. Raising it loses fast things at low frame rates. */
  readonly overlap: number
  /** Farthest centre distance in sizes of the thing, before its uncertainty is added. */
  readonly reach: number
}

/** How much uncertainty may add to the reach, in sizes: a thing long hidden must not match anything anywhere. */
const mostReach = 2.5
/** Areas that differ by more than this factor are not the same thing. */
const mostGrowth = 4
/** Weight of the overlap against that of the centre distance. */
const overlapWeight = 0.6

export interface Matching {
  readonly pairs: readonly (readonly [Trajectory, Detection])[]
  readonly unmatched: readonly Trajectory[]
  readonly unused: readonly Detection[]
}

/** The matching with the greatest total likeness, within each label. */
export function match(
  trajectories: readonly Trajectory[],
  detections: readonly Detection[],
  fit: Fit,
  aspect: number,
): Matching {
  const likeness = trajectories.map((trajectory) => {
    const compare = likenessTo(trajectory, fit, aspect)
    return Float64Array.from(detections, compare)
  })
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

/** Likeness of a detection to the trajectory, 0 (impossible) .. 1. */
function likenessTo(trajectory: Trajectory, fit: Fit, aspect: number): (detection: Detection) => number {
  const { box, size, label } = trajectory
  const x = box.x1 + box.x2
  const y = box.y1 + box.y2
  const space = area(box)
  const reach = Math.min(fit.reach + trajectory.uncertainty, mostReach)
  return ({ label: seenLabel, box: seenBox }) => {
    if (seenLabel !== label) return 0
    const away = Math.hypot((seenBox.x1 + seenBox.x2 - x) * aspect, seenBox.y1 + seenBox.y2 - y) / 2 / size
    if (!(away < reach)) return 0
    const growth = area(seenBox) / space
    if (growth > mostGrowth || growth < 1 / mostGrowth) return 0
    const shared = iou(box, seenBox)
    if (shared < fit.overlap) return 0
    return overlapWeight * shared + (1 - overlapWeight) * (1 - away / reach)
  }
}
