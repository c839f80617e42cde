/**
 * Follows things over the frames of one camera.
 *
 * Confident detections are matched first, then the doubtful ones to what remains (Y. Zhang et al., "ByteTrack:
 * Multi-Object Tracking by Associating Every Detection Box", ECCV 2022); motion is a Kalman filter's, matching is optimal.
 */
import type { Detection, Looked } from '../domain/detection.ts'
import { area, type Box, clip, overlap } from '../domain/geometry.ts'
import type { Track } from '../domain/track.ts'
import { match } from './association.ts'
import { type TrackerOptions, trackerDefaults } from './options.ts'
import { Trajectory } from './trajectory.ts'

/** Intersection over union that a doubtful detection must have with a track to continue it. */
const doubtfulOverlap = 0.3

/**
 * Ids begin at the time of the first frame, in tenths of a second since 2026: a tracker that is made later, after a restart
 * or for a changed camera, repeats none of those of the day, as nobody comes by ten times a second. They stay below 2³² for
 * those who read them.
 */
const idsSince = Date.UTC(2026, 0, 1)
const idsPerMs = 0.01
const firstIds = 2 ** 31

/** A time that lies further back than this (ms) is a clock that was set, not a frame that came late. */
const clockSetMs = 5_000
/** One look says no more than this about the time before it, ms: a gap in the stream is not a long absence. */
const mostMissedPerLookMs = 1_000
/** A stretch without frames that is longer than this is a break in the stream and not a slow machine, ms. */
const breakMs = 10_000
/** Share of a box that must be looked at for its absence to count. */
const lookedShare = 0.5
/** Share of a box that must be in the picture; with less, the thing has left. */
const inPictureShare = 0.3

export class Tracker {
  readonly #options: TrackerOptions
  #believed: Trajectory[] = []
  #fresh: Trajectory[] = []
  #time = Number.NEGATIVE_INFINITY
  #lastId = 0
  #dropped = 0

  constructor(options: Partial<TrackerOptions> = {}) {
    this.#options = { ...trackerDefaults, ...options }
  }

  /** Tracks that were given up because there were too many. */
  get dropped(): number {
    return this.#dropped
  }

  /**
   * Takes what one frame showed and returns the tracks that are believed, oldest first: those seen in it and those expected
   * to be there still (`seen: false`). Faces are not followed. Boxes without an area or with numbers that are none are ignored.
   *
   * A time that is not after the last one's changes nothing (the same tracks are returned); one more than 5 s back is a
   * clock that was set: every track ends, and ids go on.
   *
   * @param looked the regions that were looked at: only what lies inside them, and is looked for there, can be missed
   * @param time epoch ms of the frame
   * @param aspect width / height of the picture: distances are judged in true proportions
   */
  update(
    detections: readonly Detection[],
    looked: readonly Looked[],
    time: number,
    aspect = 16 / 9,
  ): Track[] {
    if (!Number.isFinite(time)) return this.#snapshot()
    if (time < this.#time - clockSetMs) this.#restart()
    else if (time <= this.#time) return this.#snapshot()
    const isFirst = this.#time === Number.NEGATIVE_INFINITY
    const gapMs = isFirst ? 0 : time - this.#time
    if (isFirst) this.#lastId = Math.max(0, Math.floor((time - idsSince) * idsPerMs)) % firstIds
    this.#time = time

    this.#keep((trajectory) => this.#bridges(trajectory, gapMs))
    for (const trajectory of [...this.#believed, ...this.#fresh]) this.#advance(trajectory, looked, gapMs)
    this.#associate(detections, aspect)
    for (const trajectory of [...this.#believed, ...this.#fresh]) this.#miss(trajectory, looked, gapMs)
    this.#keep((trajectory) => this.#lives(trajectory))
    this.#believe()
    this.#bound()
    return this.#snapshot()
  }

  #restart(): void {
    this.#believed = []
    this.#fresh = []
  }

  #keep(isKept: (trajectory: Trajectory) => boolean): void {
    this.#believed = this.#believed.filter(isKept)
    this.#fresh = this.#fresh.filter(isKept)
  }

  /** Along its way while it is watched; what nobody looks at, because nothing moves there, stands. */
  #advance(trajectory: Trajectory, looked: readonly Looked[], gapMs: number): void {
    const { keepMs } = this.#options
    const seconds = Math.min(gapMs, this.#options.forgetMs[trajectory.label]) / 1_000
    const coasts = this.#time - trajectory.lastSeen <= keepMs
    trajectory.seen = false
    trajectory.isNew = false
    if (coasts && !trajectory.standing && isLookedAt(trajectory, trajectory.ahead(seconds), looked))
      trajectory.advance(seconds)
    else trajectory.stand(seconds)
  }

  /** After a break in the stream only what stood before can be the same thing. */
  #bridges(trajectory: Trajectory, gapMs: number): boolean {
    if (this.#time - trajectory.lastSeen > this.#options.forgetMs[trajectory.label]) return false
    return gapMs <= breakMs || trajectory.standing
  }

  #associate(detections: readonly Detection[], aspect: number): void {
    const { highConfidence, lowConfidence, maxTracks } = this.#options
    const usable = detections.filter(
      (detection) => isUsable(detection) && detection.confidence >= lowConfidence,
    )
    const strongest = usable.toSorted((a, b) => b.confidence - a.confidence).slice(0, maxTracks)
    const high = strongest.filter((detection) => detection.confidence >= highConfidence)
    const low = strongest.filter((detection) => detection.confidence < highConfidence)

    const first = match(this.#believed, high, aspect)
    const second = match(first.unmatched, low, aspect, doubtfulOverlap)
    const third = match(this.#fresh, first.unused, aspect)
    for (const { pairs } of [first, second, third]) {
      for (const [trajectory, detection] of pairs) trajectory.meet(detection, this.#time)
    }
    for (const detection of third.unused) this.#fresh.push(new Trajectory(detection, this.#time, aspect))
  }

  #miss(trajectory: Trajectory, looked: readonly Looked[], gapMs: number): void {
    if (trajectory.seen || !isLookedAt(trajectory, trajectory.box, looked)) return
    trajectory.missedMs += Math.min(gapMs, mostMissedPerLookMs)
  }

  #lives(trajectory: Trajectory): boolean {
    if (trajectory.seen) return true
    const { keepMs, keepStandingMs, confirmMs } = this.#options
    const { box, label, missedMs } = trajectory
    if (area(clip(box)) < inPictureShare * area(box)) return false
    if (trajectory.id === 0) return missedMs <= Math.max(confirmMs, mostMissedPerLookMs / 2)
    const waits = trajectory.standing && !this.#isReplaced(trajectory)
    return missedMs <= (waits ? Math.max(keepMs, keepStandingMs[label]) : keepMs)
  }

  /**
   * Does another track of its label stand where it stood, about as large? Then a detector that drew its box in two ways has
   * made two tracks of one car, and the old one need not be waited for. What hides a parked car for long is larger.
   */
  #isReplaced({ box, label }: Trajectory): boolean {
    return this.#believed.some(
      (other) =>
        other.seen &&
        other.label === label &&
        overlap(other.box, box) >= 0.8 * area(box) &&
        area(other.box) <= 2 * area(box),
    )
  }

  #believe(): void {
    const { confirmHits, confirmMs, stillConfidence } = this.#options
    const isReady = ({ seen, hits, firstSeen, label, confidence, hasMoved }: Trajectory) =>
      seen &&
      hits >= confirmHits &&
      this.#time - firstSeen >= confirmMs &&
      (label !== 'person' || hasMoved || confidence >= stillConfidence)
    for (const trajectory of this.#fresh.filter(isReady)) {
      trajectory.id = ++this.#lastId
      trajectory.isNew = true
      this.#believed.push(trajectory)
    }
    this.#fresh = this.#fresh.filter((trajectory) => trajectory.id === 0)
  }

  /** Gives up the newcomers first, then what was unseen longest, then the least confident. */
  #bound(): void {
    const { maxTracks } = this.#options
    const excess = this.#believed.length + this.#fresh.length - maxTracks
    if (excess <= 0) return
    this.#dropped += excess
    const byStrength = (a: Trajectory, b: Trajectory) =>
      b.lastSeen - a.lastSeen || b.confidence - a.confidence
    this.#believed = this.#believed
      .toSorted(byStrength)
      .slice(0, maxTracks)
      .toSorted((a, b) => a.id - b.id)
    this.#fresh = this.#fresh.toSorted(byStrength).slice(0, maxTracks - this.#believed.length)
  }

  #snapshot(): Track[] {
    return this.#believed.map((trajectory) => trajectory.snapshot())
  }
}

/** Something to follow, with a box that has an area. */
function isUsable({ label, confidence, box }: Detection): boolean {
  return (
    label !== 'face' && confidence <= 1 && area(box) > 0 && Number.isFinite(box.x1 + box.y1 + box.x2 + box.y2)
  )
}

/** No model knows an object, and where objects are looked for nothing else is. */
function isLookedAt(
  { label: sought }: Pick<Trajectory, 'label'>,
  box: Box,
  looked: readonly Looked[],
): boolean {
  const inPicture = clip(box)
  const wanted = lookedShare * area(inPicture)
  return looked.some(
    (region) =>
      (region.label ? region.label === sought : sought !== 'object') && overlap(inPicture, region) >= wanted,
  )
}
