/** bench:overload: everything that can pile up, as far as it can be seen, with its bound, and whether it grew. */
import { analysedMetric, perSecond, type Sample } from './overload-samples.ts'
import { mostUnreadBytes } from './overload-sockets.ts'
import { type Growth, growthOf, type Reading } from './overload-trend.ts'

export interface Queue extends Growth {
  /** Undefined where there is none: a time, or what only the disk bounds. */
  readonly bound: number | undefined
}

const waitedMetric = 'skyeye_vision_wait_seconds_total'

interface Kind {
  readonly bound: (cameras: number) => number | undefined
  /** What stood in it at `last`; `before` is the reading before. Undefined where this gateway does not tell. */
  read(last: Sample, before: Sample): number | undefined
}

/** Where a bound is not in the configuration it is written beside the thing itself. */
const kinds = {
  /** A frame's wait for its turn and a worker, on average since the reading before: cameras queue there, one frame each. */
  waitMs: {
    bound: () => undefined,
    read: (last, before) => {
      const [waited, frames] = [waitedMetric, analysedMetric].map((name) => perSecond(before, last, name))
      return frames > 0 ? (waited / frames) * 1_000 : undefined
    },
  },
  /** Tasks at the door of the workers: frames that have had their turn, and pictures of alerts, one a camera. */
  visionQueue: { bound: (cameras) => cameras, read: ({ sums }) => sums.skyeye_vision_queue },
  /** src/saving.ts */
  alertsWaiting: { bound: () => 1_000, read: ({ sums }) => sums.skyeye_alerts_waiting },
  outboxPending: { bound: () => undefined, read: ({ sums }) => sums.skyeye_outbox_pending },
  outboxParked: { bound: () => undefined, read: ({ sums }) => sums.skyeye_outbox_parked },
  /** One decoder for each camera, and the gateway. */
  processes: { bound: (cameras) => cameras + 1, read: ({ processes }) => processes },
  unreadBytes: { bound: (cameras) => cameras * mostUnreadBytes(), read: (last) => last.unreadBytes },
} satisfies Record<string, Kind>

export type Queues = Readonly<Partial<Record<keyof typeof kinds | 'alertDelayMs', Queue>>>

/**
 * @param delays of alerts, from their frame to the broker: whatever stands in a queue that nobody tells of, at a decoder or in
 * the ring of coded pictures, makes them later
 */
export function queuesOf(samples: readonly Sample[], cameras: number, delays: readonly Reading[]): Queues {
  const seen = Object.entries(kinds).flatMap(([name, kind]: [string, Kind]) => {
    const readings = samples.slice(1).flatMap((sample, at) => {
      const value = kind.read(sample, samples[at])
      return value === undefined ? [] : { seconds: (sample.at - samples[0].at) / 1_000, value }
    })
    return readings.length > 0 ? [[name, { bound: kind.bound(cameras), ...growthOf(readings) }]] : []
  })
  const late = delays.length > 0 ? { alertDelayMs: { bound: undefined, ...growthOf(delays) } } : {}
  return { ...Object.fromEntries(seen), ...late }
}

/** Names of those that grew, or went beyond their bounds. */
export function growing(queues: Queues): string[] {
  return Object.entries(queues)
    .filter(([, { grows, most, bound }]) => grows || most > (bound ?? Number.POSITIVE_INFINITY))
    .map(([name]) => name)
}
