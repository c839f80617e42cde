/** What Prometheus is told, under the names it was told yesterday. */
import { expect, it } from 'vitest'
import type { CameraCoverage } from '../src/coverage-book.ts'
import { type CameraFacts, gatewayMetrics, type Readings } from '../src/metrics.ts'
import { emptyStats } from '../src/vision/stats.ts'

const stats = { ...emptyStats(), workers: 2, queued: 5, running: 0, waiting: 0, held: 0 }
const counts = {
  ...{
    pending: 3,
    parked: 1,
    alerts: 9,
    snapshotBytes: 800,
    sacrificed: 4,
    givenUp: 0,
    unconfirmed: 2,
    outboxBytes: 4_000,
    retentionRefused: 0,
  },
}
const yard: CameraFacts = {
  id: 'yard',
  state: 'live',
  frames: 10,
  replaced: 2,
  attempts: 1,
  gate: { coded: 100, decoded: 20, openings: 3, lost: 4, skipped: 5 },
  faults: ['covered', 'frozen'],
  clockOffsetMs: -7_250,
}

const yardCoverage: CameraCoverage = {
  camera: 'yard',
  newest: { camera: 'yard', minute: 0, coverage: 0.75, fps: 1.5, gaps: { overload: 15_000 } },
  gapMs: new Map([
    ['overload', 16_500],
    ['stalled', 3_000],
  ]),
  analysedFrames: 8,
  quietPictures: 13,
}

const metricsOf = (change: Partial<Readings> = {}) =>
  gatewayMetrics({
    models: { names: ['yolox-nano', 'yunet-n'] },
    vision: () => ({ ...stats, modelMs: 1_500, failures: 6, snapshots: 7 }),
    store: async () => counts,
    saving: () => ({ waiting: 11, lost: 12 }),
    structuring: () => ({ givenUp: 14 }),
    broker: () => ({
      connected: true,
      takenOver: false,
      unsaid: 13,
      validUntil: { broker: 2_000, box: undefined },
    }),
    commands: () => ({ done: 21, refused: 22, repeated: 23, missed: 24 }),
    cameras: () => [yard],
    coverage: () => [yardCoverage],
    ...change,
  })

/** Our own lines, without help and types. */
async function lines(metrics = metricsOf()): Promise<string[]> {
  return (await metrics.text())
    .split('\n')
    .filter((line) => line.startsWith('skyeye_'))
    .sort()
}

it('shows every counter of the parts under its own name', async () => {
  expect(await lines()).toEqual([
    'skyeye_absurd_boxes_total 0',
    'skyeye_alerts_lost_total 12',
    'skyeye_alerts_waiting 11',
    'skyeye_attempts_total{camera="yard"} 1',
    'skyeye_broker_connected 1',
    'skyeye_broker_taken_over 0',
    'skyeye_camera_clock_offset_seconds{camera="yard"} -7.25',
    'skyeye_camera_coverage{camera="yard"} 0.75',
    'skyeye_camera_fps{camera="yard"} 1.5',
    'skyeye_camera_state{camera="yard",state="live"} 1',
    'skyeye_camera_view_fault{camera="yard",fault="covered"} 1',
    'skyeye_camera_view_fault{camera="yard",fault="frozen"} 1',
    'skyeye_certificate_valid_until_seconds{whose="broker"} 2',
    'skyeye_coded_pictures_total{camera="yard"} 100',
    'skyeye_commands_total{outcome="done"} 21',
    'skyeye_commands_total{outcome="missed"} 24',
    'skyeye_commands_total{outcome="refused"} 22',
    'skyeye_commands_total{outcome="repeated"} 23',
    'skyeye_decoded_pictures_total{camera="yard"} 20',
    'skyeye_faces_total 0',
    'skyeye_frames_analysed_total{camera="yard"} 8',
    'skyeye_frames_evicted_total 0',
    'skyeye_frames_replaced_total{camera="yard"} 2',
    'skyeye_frames_total{camera="yard"} 10',
    'skyeye_gap_seconds_total{camera="yard",reason="overload"} 16.5',
    'skyeye_gap_seconds_total{camera="yard",reason="stalled"} 3',
    'skyeye_gate_openings_total{camera="yard"} 3',
    'skyeye_model_seconds_total 1.5',
    'skyeye_model{model="yolox-nano",tier=""} 1',
    'skyeye_model{model="yunet-n",tier=""} 1',
    'skyeye_outbox_bytes 4000',
    'skyeye_outbox_given_up_total 0',
    'skyeye_outbox_parked 1',
    'skyeye_outbox_pending 3',
    'skyeye_outbox_unconfirmed 2',
    'skyeye_pictures_lost_total{camera="yard"} 9',
    'skyeye_quiet_pictures_total{camera="yard"} 13',
    'skyeye_redaction_failures_total 0',
    'skyeye_snapshot_bytes 800',
    'skyeye_snapshots_sacrificed_total 4',
    'skyeye_snapshots_total 7',
    'skyeye_structuring_given_up_total 14',
    'skyeye_vision_failures_total 6',
    'skyeye_vision_queue 5',
    'skyeye_vision_wait_seconds_total 0',
    'skyeye_vision_worker_deaths_total 0',
    'skyeye_vision_workers 2',
    'skyeye_voice_events_unsaid_total 13',
  ])
})

it('knows one state for each camera, and forgets a camera that is gone', async () => {
  let cameras = [yard, { ...yard, id: 'shed', state: 'connecting' as const }]
  const metrics = metricsOf({ cameras: () => cameras })
  await metrics.text()
  cameras = [{ ...yard, state: 'stalled' as never }]
  const now = await lines(metrics)
  expect(now.filter((line) => line.startsWith('skyeye_camera_state'))).toEqual([
    'skyeye_camera_state{camera="yard",state="stalled"} 1',
  ])
  expect(now.join()).not.toContain('"shed"')
})

it('leaves the coverage of a camera out until its first minute is whole', async () => {
  const now = await lines(metricsOf({ coverage: () => [{ ...yardCoverage, newest: undefined }] }))
  expect(now.filter((line) => /camera_(coverage|fps)/.test(line))).toEqual([])
  expect(now).toContain('skyeye_quiet_pictures_total{camera="yard"} 13')
})

it('still tells the rest while the database does not answer', async () => {
  const now = await lines(metricsOf({ store: () => Promise.reject(new Error('closed')) }))
  expect(now.join()).not.toContain('skyeye_outbox_pending')
  expect(now).toContain('skyeye_frames_total{camera="yard"} 10')
})
