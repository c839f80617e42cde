/** bench:tracks: how many track-updates a second the tracker manages on one core, beside the same loop without association. */
import { wholePicture } from '../src/domain/geometry.ts'
import type { Track } from '../src/domain/track.ts'
import { Tracker } from '../src/track/tracker.ts'
import { Trajectory } from '../src/track/trajectory.ts'
import { benchmark } from './bench/arguments.ts'
import { type CrowdFrame, crowd, crowdFps } from './bench/crowd.ts'
import { type MachineFacts, machineFacts } from './bench/machine.ts'
import { type PacedWish, perSecond, readPaced } from './bench/paced.ts'

const help = `npm run bench:tracks -- [--seconds N] [--json]

How many track-updates (one track in one frame) a second of processor time the tracker manages; of the rules, see bench:rules.
People walk to and fro in a drawn street at ${crowdFps} frames a second; a detector misses some of them and sees others that are not there.
Beside the tracker stands its floor: the same filters, told which detection is whose.

  --seconds N   processor time for each figure (2)
  --json        one JSON line only
  --help        this text`

/** As on a quiet street, a busy one and a square. */
const crowds = [5, 20, 60]
const clipSeconds = 60
const aspect = 16 / 9
const target = { perSecond: 20_000 }

interface CrowdFigures {
  readonly people: number
  readonly trackerPerSecond: number
  readonly floorPerSecond: number
  /** 1 = association costs nothing. */
  readonly ratio: number
}

export interface TracksFigures {
  readonly crowds: readonly CrowdFigures[]
  readonly target: typeof target
  readonly met: boolean
  readonly machine: MachineFacts
}

/** Tracks of each frame. */
function followed(frames: readonly CrowdFrame[]): Track[][] {
  const tracker = new Tracker()
  return frames.map(({ detections, timeMs }) => tracker.update(detections, [wholePicture], timeMs, aspect))
}

/** Each person has a filter that is told where they are; a snapshot is taken as the tracker does. */
function filtered(frames: readonly CrowdFrame[]): number {
  const detectionOf = (box: CrowdFrame['truths'][number]) =>
    ({ label: 'person', confidence: 0.9, box }) as const
  const [first, ...others] = frames
  const filters = first.truths.map((box) => new Trajectory(detectionOf(box), first.timeMs, aspect))
  let snapshots: Track[] = []
  for (const { truths, timeMs } of others) {
    snapshots = filters.map((filter, i) => {
      filter.advance(1 / crowdFps)
      filter.meet(detectionOf(truths[i]), timeMs)
      return filter.snapshot()
    })
  }
  return others.length * snapshots.length
}

function measureOne(people: number, seconds: number): CrowdFigures {
  const frames = crowd(people, clipSeconds)
  const tracks = followed(frames)
  const updates = tracks.reduce((sum, { length }) => sum + length, 0)
  const trackerPerSecond = perSecond(seconds, () => {
    followed(frames)
    return updates
  })
  const floorPerSecond = perSecond(seconds, () => filtered(frames))
  const ratio = Number((trackerPerSecond / floorPerSecond).toFixed(3))
  return { people, trackerPerSecond, floorPerSecond, ratio }
}

async function measure({ seconds }: PacedWish, say: (text: string) => void): Promise<TracksFigures> {
  const figures = crowds.map((people) => {
    say(`${people} people`)
    return measureOne(people, seconds)
  })
  const slowest = Math.min(...figures.map((one) => one.trackerPerSecond))
  return { crowds: figures, target, met: slowest >= target.perSecond, machine: machineFacts() }
}

await benchmark({
  ...{ command: 'bench:tracks', help, read: () => readPaced('2'), measure },
  sentences: ({ crowds, met }) => [
    ...crowds.map(
      ({ people, trackerPerSecond, floorPerSecond, ratio }) =>
        `${people} people: tracker ${trackerPerSecond} track-updates a second of processor time (${ratio} of the floor's ${floorPerSecond})`,
    ),
    `target ${target.perSecond} a second: ${met ? 'met' : 'missed'}`,
  ],
})
