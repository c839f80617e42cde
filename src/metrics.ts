/** What Prometheus can ask of a gateway: the counters that its parts keep, under names that stay. */
import type { CameraCoverage } from './coverage-book.ts'
import type { CameraState } from './domain/camera.ts'
import type { CoverageMinute } from './domain/coverage.ts'
import type { ViewFault } from './domain/view.ts'
import { type Metric, Metrics } from './kit/metrics.ts'
import type { StoreCounts } from './store/ports.ts'
import type { VisionStats } from './vision/stats.ts'

/** One camera as metrics and health see it. */
export interface CameraFacts {
  readonly id: string
  readonly state: CameraState
  readonly frames: number
  /** Frames that a newer one replaced before anybody looked. */
  readonly replaced: number
  readonly attempts: number
  /** What its gate let through. */
  readonly gate: GateFacts
  /** What is wrong with its view. */
  readonly faults: readonly ViewFault[]
  /** Its clock minus the clock of the box, ms; undefined where it is not known. */
  readonly clockOffsetMs: number | undefined
}

/** Pictures since the start; all 0 where a camera has no gate. */
export interface GateFacts {
  readonly coded: number
  readonly decoded: number
  readonly openings: number
  /** Decoded ones that never came out, or for which there was no memory. */
  readonly lost: number
  /** Left out because the decoder was too far behind. */
  readonly skipped: number
}

export interface Readings {
  /** Names of the models in use, and their tier. */
  readonly models: { readonly tier?: string; readonly names: readonly string[] }
  vision(): VisionStats
  store(): Promise<StoreCounts>
  saving(): { readonly waiting: number; readonly lost: number }
  broker(): {
    readonly connected: boolean
    readonly takenOver: boolean
    /** Events of further voices that nobody heard. */
    readonly unsaid: number
    /** Epoch ms. */
    readonly validUntil?: { readonly broker?: number; readonly box?: number }
  }
  /** Finished tracks and counts that the disk did not take. */
  structuring(): { readonly givenUp: number }
  commands(): {
    readonly done: number
    readonly refused: number
    readonly repeated: number
    readonly missed: number
  }
  cameras(): readonly CameraFacts[]
  coverage(): readonly CameraCoverage[]
}

/** A registry of this gateway's own, with everything in it. */
export function gatewayMetrics({
  models,
  vision,
  store,
  saving,
  structuring,
  broker,
  commands,
  cameras,
  coverage,
}: Readings): Metrics {
  const metrics = new Metrics()
  metrics.watchProcess()
  const perCamera = (pick: (camera: CameraFacts) => number) => () =>
    cameras().map((camera) => ({ labels: { camera: camera.id }, value: pick(camera) }))
  const counters: Metric[] = [
    {
      name: 'skyeye_frames_total',
      help: 'Frames decoded.',
      labels: ['camera'],
      read: perCamera(({ frames }) => frames),
    },
    {
      name: 'skyeye_frames_replaced_total',
      help: 'Frames replaced by a newer one before anybody looked.',
      labels: ['camera'],
      read: perCamera(({ replaced }) => replaced),
    },
    {
      name: 'skyeye_attempts_total',
      help: 'Attempts to read the camera.',
      labels: ['camera'],
      read: perCamera(({ attempts }) => attempts),
    },
    {
      name: 'skyeye_coded_pictures_total',
      help: 'Coded pictures that came from the camera.',
      labels: ['camera'],
      read: perCamera(({ gate }) => gate.coded),
    },
    {
      name: 'skyeye_decoded_pictures_total',
      help: 'Coded pictures that were decoded.',
      labels: ['camera'],
      read: perCamera(({ gate }) => gate.decoded),
    },
    {
      name: 'skyeye_gate_openings_total',
      help: 'How often something moved in a camera that was quiet.',
      labels: ['camera'],
      read: perCamera(({ gate }) => gate.openings),
    },
    {
      name: 'skyeye_pictures_lost_total',
      help: 'Pictures that were wanted and did not come out of the decoder, or were left out because it was behind.',
      labels: ['camera'],
      read: perCamera(({ gate }) => gate.lost + gate.skipped),
    },
    {
      name: 'skyeye_faces_total',
      help: 'Faces seen, in one look a second and camera; counted, never told apart.',
      read: () => vision().faces,
    },
    {
      name: 'skyeye_vision_wait_seconds_total',
      help: 'Time frames and pictures waited for a worker.',
      read: () => vision().waitMs / 1_000,
    },
    {
      name: 'skyeye_vision_worker_deaths_total',
      help: 'Worker threads that died and were replaced.',
      read: () => vision().deaths,
    },
    {
      name: 'skyeye_frames_evicted_total',
      help: 'Held frames dropped before their picture was made.',
      read: () => vision().evicted,
    },
    {
      name: 'skyeye_model_seconds_total',
      help: 'Time inside the models.',
      read: () => vision().modelMs / 1_000,
    },
    {
      name: 'skyeye_vision_failures_total',
      help: 'Frames that could not be analysed.',
      read: () => vision().failures,
    },
    { name: 'skyeye_snapshots_total', help: 'Redacted pictures made.', read: () => vision().snapshots },
    {
      name: 'skyeye_redaction_failures_total',
      help: 'Pictures discarded because they could not be redacted.',
      read: () => vision().redactionFailures,
    },
    {
      name: 'skyeye_absurd_boxes_total',
      help: 'Boxes dropped because they were no boxes.',
      read: () => vision().absurdBoxes,
    },
    {
      name: 'skyeye_alerts_lost_total',
      help: 'Alerts given up because the disk did not take them.',
      read: () => saving().lost,
    },
    {
      name: 'skyeye_voice_events_unsaid_total',
      help: 'Events of further voices that nobody heard: the broker was away, refused them or was too slow.',
      read: () => broker().unsaid,
    },
    {
      name: 'skyeye_commands_total',
      help: 'Commands of the centre: done, refused, repeated (answered from the record), missed (too many at once).',
      labels: ['outcome'],
      read: () => Object.entries(commands()).map(([outcome, value]) => ({ labels: { outcome }, value })),
    },
    {
      name: 'skyeye_outbox_given_up_total',
      help: 'Undelivered messages given up by quota, age or a full disk; tombstones tell the centre.',
      read: async () => (await store()).givenUp,
    },
    {
      name: 'skyeye_structuring_given_up_total',
      help: 'Finished tracks and counts given up because the disk did not take them.',
      read: () => structuring().givenUp,
    },
    {
      name: 'skyeye_snapshots_sacrificed_total',
      help: 'Pictures given up for want of space.',
      read: async () => (await store()).sacrificed,
    },
  ]
  const gauges: Metric[] = [
    {
      name: 'skyeye_camera_state',
      help: '1 for the state a camera is in.',
      labels: ['camera', 'state'],
      read: () => cameras().map(({ id, state }) => ({ labels: { camera: id, state }, value: 1 })),
    },
    {
      name: 'skyeye_camera_view_fault',
      help: '1 for each fault of a camera whose view is not sound.',
      labels: ['camera', 'fault'],
      read: () =>
        cameras().flatMap(({ id, faults }) =>
          faults.map((fault) => ({ labels: { camera: id, fault }, value: 1 })),
        ),
    },
    {
      name: 'skyeye_camera_clock_offset_seconds',
      help: 'Clock of the camera minus clock of the box, where its RTCP reports tell a time that can be believed.',
      labels: ['camera'],
      read: () =>
        cameras().flatMap(({ id, clockOffsetMs: ms }) =>
          ms === undefined ? [] : { labels: { camera: id }, value: ms / 1_000 },
        ),
    },
    {
      name: 'skyeye_alerts_waiting',
      help: 'Alerts the disk has not taken yet.',
      read: () => saving().waiting,
    },
    {
      name: 'skyeye_vision_queue',
      help: 'Frames and pictures waiting for a worker.',
      read: () => vision().queued,
    },
    {
      name: 'skyeye_model',
      help: '1 for each model in use; the tier is empty where models were named one by one.',
      labels: ['model', 'tier'],
      read: () => models.names.map((model) => ({ labels: { model, tier: models.tier ?? '' }, value: 1 })),
    },
    { name: 'skyeye_vision_workers', help: 'Worker threads that are up.', read: () => vision().workers },
    {
      name: 'skyeye_outbox_pending',
      help: 'Deliveries waiting for the broker.',
      read: async () => (await store()).pending,
    },
    {
      name: 'skyeye_outbox_unconfirmed',
      help: 'Deliveries the broker has and the centre has not confirmed, where receipts are required.',
      read: async () => (await store()).unconfirmed,
    },
    {
      name: 'skyeye_outbox_bytes',
      help: 'Bytes of all messages in the outbox that are not pictures.',
      read: async () => (await store()).outboxBytes,
    },
    {
      name: 'skyeye_outbox_parked',
      help: 'Deliveries the broker refused for good.',
      read: async () => (await store()).parked,
    },
    {
      name: 'skyeye_snapshot_bytes',
      help: 'Bytes of pictures on disk.',
      read: async () => (await store()).snapshotBytes,
    },
    {
      name: 'skyeye_broker_connected',
      help: '1 while the broker is connected.',
      read: () => (broker().connected ? 1 : 0),
    },
    {
      name: 'skyeye_broker_taken_over',
      help: '1 once another gateway connected under this name: nothing is published until a restart.',
      read: () => (broker().takenOver ? 1 : 0),
    },
    {
      name: 'skyeye_certificate_valid_until_seconds',
      help: 'Unix time at which a certificate of the newest connection to the broker expires: that of the broker, or of this box.',
      labels: ['whose'],
      read: () =>
        Object.entries(broker().validUntil ?? {}).flatMap(([whose, until]) =>
          until === undefined ? [] : { labels: { whose }, value: until / 1_000 },
        ),
    },
  ]
  for (const counter of [...counters, ...coverageCounters(coverage)]) metrics.counter(counter)
  for (const gauge of [...gauges, ...coverageGauges(coverage)]) metrics.gauge(gauge)
  return metrics
}

function coverageCounters(read: () => readonly CameraCoverage[]): Metric[] {
  return [
    {
      name: 'skyeye_gap_seconds_total',
      help: 'Time in which the camera was not watched, by reason.',
      labels: ['camera', 'reason'],
      read: () =>
        read().flatMap(({ camera, gapMs }) =>
          [...gapMs].map(([reason, ms]) => ({ labels: { camera, reason }, value: ms / 1_000 })),
        ),
    },
    {
      name: 'skyeye_frames_analysed_total',
      help: 'Frames analysed.',
      labels: ['camera'],
      read: () => read().map(({ camera, analysedFrames }) => ({ labels: { camera }, value: analysedFrames })),
    },
    {
      name: 'skyeye_quiet_pictures_total',
      help: 'Pictures that were looked at and not analysed: nothing moved.',
      labels: ['camera'],
      read: () => read().map(({ camera, quietPictures }) => ({ labels: { camera }, value: quietPictures })),
    },
  ]
}

/** Of the newest whole minute; a camera that has none yet is absent. */
function coverageGauges(read: () => readonly CameraCoverage[]): Metric[] {
  const newest = (pick: (minute: CoverageMinute) => number) => () =>
    read().flatMap(({ camera, newest }) => (newest ? { labels: { camera }, value: pick(newest) } : []))
  return [
    {
      name: 'skyeye_camera_coverage',
      help: 'Share of the last minute in which the camera was watched, 0..1.',
      labels: ['camera'],
      read: newest(({ coverage }) => coverage),
    },
    {
      name: 'skyeye_camera_fps',
      help: 'Frames analysed per second in the last minute.',
      labels: ['camera'],
      read: newest(({ fps }) => fps),
    },
  ]
}
