/** One example of every message, made by the code that makes the real ones: docs/contract/examples and the AsyncAPI document. */
import { alertMessage, finishMessage, snapshotMessage } from '../../src/contract/alert-message.ts'
import type { AnswerData } from '../../src/contract/answer-schema.ts'
import { answerMessage } from '../../src/contract/command-message.ts'
import { type CommandData, commandType, type Verb } from '../../src/contract/command-schema.ts'
import { dispositionMessage } from '../../src/contract/disposition-message.ts'
import { inventoryMessage } from '../../src/contract/inventory-message.ts'
import { cameraStateMessage, healthMessage, presenceMessage } from '../../src/contract/state-message.ts'
import { countsMessage, trackMessage } from '../../src/contract/structure-message.ts'
import { tombstoneMessage } from '../../src/contract/tombstone-message.ts'
import { answerTopic, commandTopic, receiptTopic } from '../../src/contract/topics.ts'
import { type Alert, gatewayItself } from '../../src/domain/alert.ts'
import type { Camera } from '../../src/domain/camera.ts'
import type { MissingCamera, Outage } from '../../src/domain/outage.ts'
import type { TrackSummary } from '../../src/domain/structure.ts'

/** Stays the same from run to run, or the documents would always be stale. */
const began = Date.UTC(2026, 10, 23, 8, 15, 30, 250)
const id = (last: number) => `01a20779-75ca-7000-8000-0000000000${String(last).padStart(2, '0')}`
const box = { gateway: 'box-01', prefix: 'skyeye/v1' }
const epoch = '01a1f3b2-7c00-7000-8000-000000000001'
const sha256 = '69b951cfa32ef54ece1844f9e61eb1d1fddf24beedad5bdb60cb62e5b1a7ebd9'
const versions = { grid: '2026-11-01', places: '2026-11-20' }
const models = ['yolox-nano', 'yunet-n']

const rule = { severity: 'minor', duty: 'public-order', inertiaMs: 1_000, cooldownMs: 60_000 } as const

const camera: Camera = {
  id: 'east-gate',
  name: '东门 east gate',
  tier: 'public',
  url: 'rtsp://camera.example/1',
  enabled: true,
  gbId: '34020000001320000001',
  tags: ['gate'],
  grid: { street: '110101001000', community: '110101001002', group: '07', unit: '0113' },
  address: { code: '110101001002-0042', text: '东门路 42 号' },
  place: { lon: 116.404, lat: 39.915 },
  masks: [],
  zones: [],
  lines: [],
  rules: [
    { ...rule, name: 'gate-closed', kind: 'intrusion', zone: 'gate', labels: ['person'] },
    {
      ...rule,
      name: 'crowd',
      kind: 'crowding',
      zone: 'square',
      labels: ['person'],
      count: 10,
      hysteresis: 2,
    },
  ],
}
const known: Camera = {
  ...camera,
  id: 'hall',
  name: '大厅 hall',
  enabled: false,
  gbId: undefined,
  tags: [],
  grid: {},
  address: undefined,
  place: undefined,
  placeMissing: 'not-listed',
  rules: [],
}

const alert: Alert = {
  id: id(1),
  camera: camera.id,
  rule: 'gate-closed',
  kind: 'intrusion',
  severity: 'minor',
  duty: 'public-order',
  phase: 'began',
  began,
  time: began,
  objects: [
    {
      ...{ track: 17, label: 'person', confidence: 0.83 },
      attributes: { faceSeen: true, pace: 'slow', heading: 'right' },
      box: { x1: 0.074, y1: 0.399, x2: 0.135, y2: 0.665 },
    },
  ],
  zone: 'gate',
}

const picture = snapshotMessage({ ...box, id: id(2), camera, alert, sha256 })

function alertExample(
  last: number,
  sequence: number,
  change: Partial<Alert> = {},
  owner: Camera = camera,
): Example {
  const told = { ...alert, ...change }
  const isOfSystem = Boolean(told.outage || told.tamper || told.degradation || told.storm)
  const hasPicture = told.phase === 'began' && !told.drill && !isOfSystem
  const snapshot = hasPicture ? picture : undefined
  const { topic, body } = alertMessage({
    ...box,
    id: id(last),
    camera: owner,
    alert: told,
    models: isOfSystem ? [] : models,
    versions,
    snapshot,
    snapshotMissing: told.tamper && 'view-moved',
  })
  const sending = { epoch, sequence, sentAt: told.time + 175 }
  return { topic, payload: JSON.parse(finishMessage(body, sending)) as object }
}

/** No camera: its place is the smallest cell that holds all cameras of the gateway. */
const itself: Camera = {
  ...{ id: gatewayItself, name: 'Box in the gatehouse', tier: 'public', url: '', enabled: false, tags: [] },
  ...{ grid: { street: camera.grid.street, community: camera.grid.community } },
  ...{ masks: [], zones: [], lines: [], rules: [] },
}
const missing: MissingCamera = { id: camera.id, name: camera.name, state: 'offline', since: began }
const beside: MissingCamera = {
  id: 'west-gate',
  name: '西门 west gate',
  state: 'stalled',
  since: began + 1_200,
}
const lost: Outage = { count: 2, missing: 2, cameras: [missing, beside] }

function outageExample(last: number, sequence: number, change: Partial<Alert>): Example {
  return alertExample(last, sequence, {
    ...{ id: id(40), rule: 'camera-offline', kind: 'camera-offline', duty: 'system' },
    ...{ objects: [], zone: undefined, time: began + 75_000, ...change },
  })
}

const state = (last: number) => ({ ...box, id: id(last), time: began })
const parsed = ({ topic, body }: { topic: string; body: string }): Example => ({
  topic,
  payload: JSON.parse(body) as object,
})

/** Of a picture, only what travels beside its bytes. */
export interface Example {
  readonly topic: string
  readonly payload?: object
  readonly headers?: object
}

const operator = { kind: 'operator', name: '李敏' }
const later = (ms: number) => new Date(began + ms).toISOString()

function dispositionExample(): Example {
  const origin = { ...box, id: id(12), camera: camera.id, time: began + 60_000 }
  const decided = {
    alert: alert.id,
    state: 'assigned',
    actor: operator,
    cell: '0113',
    due: began + 3_600_000,
  } as const
  const { topic, body } = dispositionMessage(origin, decided, 2)
  const sending = { epoch, sequence: 2, sentAt: origin.time + 40 }
  return { topic, payload: JSON.parse(finishMessage(body, sending)) as object }
}

const structure = (last: number) => ({ ...box, id: id(last), camera, gridVersion: versions.grid })

function trackExample(last: number, sequence: number, change: Partial<TrackSummary> = {}): Example {
  const summary: TrackSummary = {
    ...{
      track: 17,
      label: 'person',
      faceSeen: true,
      confidence: 0.91,
      began,
      ended: began + 12_400,
      width: 0.06,
      height: 0.21,
    },
    path: [
      { time: began, x: 0.1, y: 0.66 },
      { time: began + 7_200, x: 0.42, y: 0.7 },
      { time: began + 12_400, x: 0.61, y: 0.69 },
    ],
    ground: { metres: 15.2, speed: 1.23, topSpeed: 1.6 },
    ...{ heading: 'right', pace: 'slow', stoodMs: 0, zones: [{ zone: 'gate', dwellMs: 3_800 }] },
    lines: [{ line: 'door', direction: 'left', time: began + 9_000 }],
    ...change,
  }
  const { topic, body } = trackMessage(structure(last), summary)
  const sending = { epoch, sequence, sentAt: began + 20_000 }
  return { topic, payload: JSON.parse(finishMessage(body, sending)) as object }
}

function countsExample(): Example {
  const minute = Math.floor(began / 60_000) * 60_000
  const { topic, body } = countsMessage(structure(32), {
    minute,
    labels: [{ label: 'person', began: 4, most: 2 }],
    zones: [{ zone: 'gate', label: 'person', entered: 3, most: 2 }],
    lines: [{ line: 'door', label: 'person', left: 2, right: 1 }],
  })
  const sending = { epoch, sequence: 77, sentAt: minute + 65_000 }
  return { topic, payload: JSON.parse(finishMessage(body, sending)) as object }
}

function tombstoneExample(): Example {
  const origin = { ...box, id: id(30), time: began + 70_000 }
  const ranges = [
    { first: 3, last: 17 },
    { first: 21, last: 21 },
  ]
  const { topic, body } = tombstoneMessage(origin, { class: 'alert', epoch, because: 'quota', ranges })
  const sending = { epoch, sequence: 1, sentAt: origin.time + 40 }
  return { topic, payload: JSON.parse(finishMessage(body, sending)) as object }
}

function commandExample<Name extends Verb>(
  last: number,
  verb: Name,
  data: Omit<CommandData<Name>, 'actor'>,
): Example {
  const payload = {
    ...{ specversion: '1.0', id: id(last), source: '/centre', type: commandType(verb) },
    ...{ time: later(50_000), expirytime: later(110_000), datacontenttype: 'application/json' },
    data: { ...data, actor: operator },
  }
  return { topic: commandTopic(box.prefix, box.gateway, verb), payload }
}

function answerExample(last: number, data: Omit<AnswerData, 'repeated'>): Example {
  const origin = { id: id(last), gateway: box.gateway, time: began + 50_030 }
  const payload = JSON.parse(answerMessage(origin, { ...data, repeated: false })) as object
  return { topic: answerTopic(box.prefix, box.gateway), payload }
}

const mark = { sequence: 7, hash: '0f3a'.repeat(16) }
const about = { alert: alert.id, revision: 1 }

const hour = { fps: 2.4, coverage: 0.972, gaps: { connecting: 40_000, overload: 60_000 } }
const weights = {
  sha256: '695e750a5d5754bb5a8d5325643b59282191a7e7a564e435a415fd3c578eab14',
  tasks: ['objects'],
}

/** By name: the message's, or the message's and what is special about it. */
export const contractExamples: Readonly<Record<string, Example>> = {
  'alert-began': alertExample(3, 41),
  'alert-drill': alertExample(40, 44, {
    ...{ id: id(41), drill: true, rule: 'drill', severity: 'info', duty: 'system' },
    ...{ zone: undefined, objects: [] },
  }),
  'alert-updated': alertExample(4, 42, {
    ...{ id: id(5), rule: 'crowd', kind: 'crowding', phase: 'updated', zone: 'square' },
    ...{ count: 14, density: 14 / 60, time: began + 20_000, objects: [] },
  }),
  'alert-ended': alertExample(6, 43, {
    ...{ phase: 'ended', ended: began + 9_000, endedBecause: 'cleared', time: began + 9_000 },
  }),
  'alert-merged': alertExample(46, 46, {
    ...{ phase: 'updated', time: began + 60_500, severity: 'major' },
    reasons: [
      { rule: 'gate-closed', kind: 'intrusion', zone: 'gate', began },
      { rule: 'lingers', kind: 'loitering', zone: 'gate', began: began + 60_500 },
    ],
  }),
  'alert-digest': alertExample(47, 47, {
    ...{ id: id(48), rule: 'digest', kind: 'digest', phase: 'ended', zone: undefined },
    ...{ time: began + 1_200_000, ended: began + 1_200_000, endedBecause: 'cleared' },
    digest: {
      ...{ duty: 'public-order', severity: 'minor', count: 41 },
      rules: [
        { rule: 'gate-closed', kind: 'intrusion', count: 38 },
        { rule: 'lingers', kind: 'loitering', count: 3 },
      ],
    },
  }),
  'alert-offline-began': outageExample(41, 44, { phase: 'began', outage: lost }),
  'alert-offline-ended': outageExample(42, 45, {
    ...{ phase: 'ended', ended: began + 754_000, endedBecause: 'cleared', time: began + 769_000 },
    outage: {
      ...{ count: 2, missing: 0, gapMs: 754_000 },
      cameras: [
        { ...missing, gapMs: 751_500 },
        { ...beside, gapMs: 752_800 },
      ],
    },
  }),
  'alert-tampered-began': alertExample(71, 46, {
    ...{ id: id(72), rule: 'camera-tampered', kind: 'camera-tampered', duty: 'system', phase: 'began' },
    ...{ objects: [], zone: undefined, tamper: { faults: ['moved'], shift: { dx: -0.043, dy: 0.007 } } },
  }),
  'alert-degraded-began': alertExample(
    73,
    47,
    {
      ...{ id: id(74), camera: gatewayItself, rule: 'gateway-degraded', kind: 'gateway-degraded' },
      ...{ severity: 'major', duty: 'system', phase: 'began', objects: [], zone: undefined },
      degradation: {
        ...{ reasons: ['hot', 'disk'], temperatureC: 91, freeBytes: 734_003_200 },
        ...{ synchronised: true, strain: 0.2 },
      },
    },
    itself,
  ),
  'alert-storm-began': alertExample(75, 48, {
    ...{ id: id(76), rule: 'storm', kind: 'storm', phase: 'began', objects: [], zone: undefined },
    storm: { kind: 'intrusion', count: 1, cameras: [{ id: camera.id, name: camera.name, count: 1 }] },
  }),
  snapshot: {
    topic: picture.topic,
    headers: { id: id(2), epoch, class: 'snapshot', sequence: '12', sha256 },
  },
  'presence-online': parsed(presenceMessage(state(7), 'online')),
  'presence-offline': parsed(presenceMessage(state(8), 'offline')),
  health: parsed(
    healthMessage(state(9), {
      alive: true,
      version: '0.1.0',
      models: { tier: 'standard', names: models },
      uptimeS: 86_400,
      load: 0.62,
      cameras: { live: 61, connecting: 1, auth_failed: 2 },
      outbox: { pending: 0, parked: 0 },
      disk: { freeBytes: 51_539_607_552 },
    }),
  ),
  inventory: parsed(
    inventoryMessage(state(10), {
      ...{ version: '0.1.0', name: '一号箱', site: '东门路 42 号', epoch, versions, tier: 'standard' },
      ...{ models: [{ name: 'yolox-nano', ...weights }], cameras: [camera, known] },
    }),
  ),
  'camera-state': parsed(cameraStateMessage(state(11), camera.id, { state: 'live', since: began, ...hour })),
  'camera-state-back': parsed(
    cameraStateMessage(state(43), camera.id, { state: 'live', since: began, gapMs: 751_500, ...hour }),
  ),
  'camera-state-wrong-clock': parsed(
    cameraStateMessage(state(77), camera.id, {
      ...{ state: 'live', since: began, ...hour },
      ...{ clockOffsetMs: -86_231, clockWrong: true },
    }),
  ),
  disposition: dispositionExample(),
  track: trackExample(31, 208),
  'track-vehicle': trackExample(49, 209, {
    ...{
      track: 18,
      faceSeen: undefined,
      label: 'vehicle',
      type: 'truck',
      colour: 'blue',
      pace: 'fast',
      zones: [],
      lines: [],
    },
    ground: { metres: 61.4, speed: 7.9, topSpeed: 9.2 },
  }),
  counts: countsExample(),
  tombstone: tombstoneExample(),
  receipt: {
    topic: receiptTopic(box.prefix, box.gateway),
    payload: { epoch, class: 'alert', sequence: 43 },
  },
  'command-acknowledge': commandExample(13, 'acknowledge', { alert: alert.id, revision: 0 }),
  'command-assign': commandExample(14, 'assign', { ...about, cell: '0113', due: later(3_600_000) }),
  'command-dispose': commandExample(15, 'dispose', {
    ...about,
    revision: 2,
    state: 'resolved',
    reason: '已劝离',
  }),
  'command-comment': commandExample(16, 'comment', { ...about, revision: 3, reason: '快递员' }),
  'command-rule-enable': commandExample(17, 'rule-enable', {
    ...{ camera: camera.id, rule: 'gate-closed', enabled: false, until: later(7_200_000) },
  }),
  'command-camera-pause': commandExample(18, 'camera-pause', { camera: camera.id, paused: true }),
  'command-snapshot-now': commandExample(19, 'snapshot-now', { camera: camera.id }),
  'command-confirm-view': commandExample(25, 'confirm-view', {
    ...{ camera: camera.id, reason: '已到现场核对' },
  }),
  'command-replay': commandExample(20, 'replay', { class: 'alert', epoch, from: 38, to: 40 }),
  'command-ping': commandExample(21, 'ping', {}),
  'command-config-report': commandExample(22, 'config-report', {}),
  'answer-done': answerExample(23, {
    ...{ command: id(13), verb: 'acknowledge', outcome: 'done', audit: mark },
    result: { alert: alert.id, standing: { revision: 1, state: 'acknowledged' } },
  }),
  'answer-refused': answerExample(24, {
    ...{ command: id(14), verb: 'assign', outcome: 'refused', audit: mark },
    refusal: {
      ...{ code: 'conflict', why: 'you saw revision 1, the alert is at revision 2' },
      current: { revision: 2, state: 'resolved' },
    },
  }),
}
