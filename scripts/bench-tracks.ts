/** bench:tracks: how many track-updates a second the tracker and the rules manage on one core, beside the same loop without association. */
import { parseArgs } from 'node:util'
import { wholePicture } from '../src/domain/geometry.ts'
import type { Rule } from '../src/domain/rule.ts'
import type { Track } from '../src/domain/track.ts'
import { RuleEngine, type RuleEngineOptions } from '../src/rules/engine.ts'
import { Tracker } from '../src/track/tracker.ts'
import { Trajectory } from '../src/track/trajectory.ts'
import { benchmark, within } from './bench/arguments.ts'
import { type CrowdFrame, crowd, crowdFps } from './bench/crowd.ts'
import { type MachineFacts, machineFacts } from './bench/machine.ts'

const help = `npm run bench:tracks -- [--seconds N] [--json]

How many track-updates (one track in one frame) a second of processor time the tracker manages, and the rules, five on one camera.
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
  readonly rulesPerSecond: number
}

export interface TracksFigures {
  readonly crowds: readonly CrowdFigures[]
  readonly target: typeof target
  readonly met: boolean
  readonly machine: MachineFacts
}

interface Wish {
  readonly seconds: number
  readonly json: boolean
}

function readCommandLine(): Wish | undefined {
  const { values } = parseArgs({
    options: {
      seconds: { type: 'string', default: '2' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  if (values.help) return undefined
  return { seconds: within('seconds', values.seconds, 0.01, 600, false), json: values.json }
}

/** Of processor time: neighbours on the machine do not count. The first pass warms up. */
function perSecond(seconds: number, pass: () => number): number {
  pass()
  const before = process.cpuUsage()
  for (let updates = 0; ; ) {
    updates += pass()
    const { user, system } = process.cpuUsage(before)
    const spent = (user + system) / 1e6
    if (spent >= seconds) return Math.round(updates / spent)
  }
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

/** A rule of five kinds. */
function yard(): RuleEngineOptions {
  const zone = [0.1, 0.9].flatMap((x) => (x < 0.5 ? [0.4, 0.9] : [0.9, 0.4]).map((y) => ({ x, y })))
  const base = {
    labels: ['person'],
    severity: 'minor',
    duty: 'safety',
    inertiaMs: 500,
    cooldownMs: 60_000,
  } as const
  const inside = { ...base, zone: 'yard' }
  const rules: Rule[] = [
    { ...inside, name: 'inside', kind: 'intrusion' },
    { ...inside, name: 'stays', kind: 'loitering', dwellMs: 10_000 },
    { ...inside, name: 'crowd', kind: 'crowding', count: 10, hysteresis: 1 },
    { ...inside, name: 'stands', kind: 'stationary-vehicle', dwellMs: 10_000, tolerance: 0.02 },
    { ...base, name: 'gate', kind: 'line-crossing', line: 'gate', direction: 'any' },
  ]
  const gate = { name: 'gate', a: { x: 0.5, y: 0.3 }, b: { x: 0.5, y: 1 } }
  return { rules, zones: [{ name: 'yard', polygon: zone }], lines: [gate] }
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
  const rulesPerSecond = perSecond(seconds, () => {
    const engine = new RuleEngine(yard())
    for (const [i, { timeMs }] of frames.entries()) engine.evaluate(tracks[i], timeMs)
    return updates
  })
  const ratio = Number((trackerPerSecond / floorPerSecond).toFixed(3))
  return { people, trackerPerSecond, floorPerSecond, ratio, rulesPerSecond }
}

async function measure({ seconds }: Wish, say: (text: string) => void): Promise<TracksFigures> {
  const figures = crowds.map((people) => {
    say(`${people} people`)
    return measureOne(people, seconds)
  })
  const slowest = Math.min(...figures.flatMap((one) => [one.trackerPerSecond, one.rulesPerSecond]))
  return { crowds: figures, target, met: slowest >= target.perSecond, machine: machineFacts() }
}

await benchmark({
  ...{ command: 'bench:tracks', help, read: readCommandLine, measure },
  sentences: ({ crowds, met }) => [
    ...crowds.map(
      ({ people, trackerPerSecond, floorPerSecond, ratio, rulesPerSecond }) =>
        `${people} people: tracker ${trackerPerSecond} track-updates a second of processor time (${ratio} of the floor's ${floorPerSecond}), five rules ${rulesPerSecond}`,
    ),
    `target ${target.perSecond} a second each: ${met ? 'met' : 'missed'}`,
  ],
})
