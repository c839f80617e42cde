/** Every message that is built fits its schema, and the schema refuses what does not. */
import { v7 as newId } from 'uuid'
import { describe, expect, it } from 'vitest'
import { contractDocuments } from '../../scripts/docs/contract.ts'
import { alertMessage, finishMessage, snapshotMessage } from '../../src/contract/alert-message.ts'
import { inventoryMessage } from '../../src/contract/inventory-message.ts'
import { cameraStateMessage, healthMessage, presenceMessage } from '../../src/contract/state-message.ts'
import { presences } from '../../src/contract/state-schema.ts'
import { validateMessage, validateSnapshotHeaders } from '../../src/contract/validate.ts'
import { endedBecauses, snapshotMissings } from '../../src/domain/alert.ts'
import type { Attributes } from '../../src/domain/attributes.ts'
import { type Camera, cameraStates, placeMissings } from '../../src/domain/camera.ts'
import { duties, severities } from '../../src/domain/rule.ts'
import { sampleAlert, sampleCamera, sampleInventory, sampleMessage } from '../support/alert-samples.ts'

const numbers = { epoch: '01937a', sequence: 41, sentAt: Date.UTC(2026, 10, 23, 17) }
const origin = {
  gateway: 'box-1',
  prefix: 'skyeye/v1',
  camera: sampleCamera,
  models: ['yolox-nano', 'yunet-n'],
}

const finished = (body: string) => JSON.parse(finishMessage(body, numbers))

describe('an alert message', () => {
  it('is a CloudEvent with every field of the contract', () => {
    const alert = sampleAlert()
    const id = newId()
    const picture = snapshotMessage({ ...origin, id: newId(), alert, sha256: 'ab'.repeat(32) })
    const message = alertMessage({ ...origin, id, alert, snapshot: picture })
    const event = finished(message.body)
    expect(validateMessage(event)).toEqual([])
    expect(event).toMatchObject({
      specversion: '1.0',
      id,
      source: '/gateways/box-1/cameras/yard',
      type: 'skyeye.alert.began',
      time: '2026-11-23T08:15:30.250Z',
      epoch: '01937a',
      sequence: 41,
      data: {
        alert: alert.id,
        sentAt: '2026-11-23T17:00:00.000Z',
        camera: { id: 'yard', tier: 'public', gbId: '34020000001320000001' },
        grid: { street: '110101001', community: '110101001002', group: '07', unit: '0113', version: '_' },
        objects: [{ track: 7, confidence: 0.877, box: { x1: 0, y1: 0.2, x2: 0.3, y2: 1 } }],
        snapshot: { topic: picture.topic, sha256: 'ab'.repeat(32), redacted: true },
        clock: { source: 'box' },
        drill: false,
        models: ['yolox-nano', 'yunet-n'],
      },
    })
    expect(message.topic).toBe('skyeye/v1/alerts/box-1/110101001/110101001002/07/0113/yard/intrusion')
    expect(message.contentType).toBe('application/cloudevents+json')
  })

  it('tells what is known of its objects, and how dense a crowd is, with no more digits than anybody needs', () => {
    const [object] = sampleAlert().objects
    const attributes: Attributes = {
      ...{ type: 'truck', colour: 'blue' },
      ...{ pace: 'fast', heading: 'down-left', speed: 7.8125 },
    }
    const people = { ...object, attributes: { faceSeen: false, pace: 'standing' } } as const
    const truck = { ...object, label: 'vehicle', attributes } as const
    const event = finished(sampleMessage({ objects: [truck, people, object], density: 1 / 3 }).body)
    expect(validateMessage(event)).toEqual([])
    expect(event.data.objects.map((one: { attributes: object }) => one.attributes)).toEqual([
      { ...attributes, speed: 7.8 },
      { faceSeen: false, pace: 'standing' },
      {},
    ])
    expect(event.data.density).toBe(0.333)
    const purple = structuredClone(event)
    purple.data.objects[0].attributes.colour = 'purple'
    expect(validateMessage(purple)).not.toEqual([])
  })

  it('never carries the URL of the camera', () => {
    expect(sampleMessage().body).not.toMatch(/rtsp|topsecret|192\.168/)
  })

  it('gives the place as GPS and as Chinese maps draw it', () => {
    const { place } = finished(sampleMessage().body).data
    expect(place.wgs84).toEqual([116.404, 39.915])
    // Published example of the transformation: Tiananmen moves by some 500 m to the north-east.
    expect(place.gcj02[0]).toBeCloseTo(116.41024, 4)
    expect(place.gcj02[1]).toBeCloseTo(39.9164, 4)
  })

  it('is valid for every way in which an alert can end or lack its picture', () => {
    for (const endedBecause of endedBecauses) {
      const { began } = sampleAlert()
      const ended = sampleMessage({ phase: 'ended', ended: began + 9_000, time: began + 9_000, endedBecause })
      expect(validateMessage(finished(ended.body)), endedBecause).toEqual([])
    }
    for (const snapshotMissing of snapshotMissings) {
      const message = alertMessage({ ...origin, id: newId(), alert: sampleAlert(), snapshotMissing })
      expect(validateMessage(finished(message.body)), snapshotMissing).toEqual([])
    }
    for (const severity of severities)
      for (const duty of duties)
        expect(validateMessage(finished(sampleMessage({ severity, duty }).body))).toEqual([])
  })

  it('is valid for a camera of which little is known, with any name', () => {
    const { gbId, address, place, ...known } = sampleCamera
    for (const name of ['<img onerror=alert(1)>', '\u202eesrever', '摄像机 📷', '__proto__']) {
      const camera: Camera = { ...known, name, grid: {} }
      const message = sampleMessage({ zone: undefined, line: 'gate', direction: 'left', count: 3 }, camera)
      const event = finished(message.body)
      expect(validateMessage(event)).toEqual([])
      expect(event.data.camera.name).toBe(name)
      expect(event.data.grid).toEqual({ street: '_', community: '_', group: '_', unit: '_', version: '_' })
    }
  })

  it('names the versions of the tables, and why a place is missing', () => {
    const { place, ...nowhere } = sampleCamera
    for (const placeMissing of placeMissings) {
      const camera: Camera = { ...nowhere, placeMissing }
      const versions = { grid: '2026-11', places: 'p-3' }
      const event = finished(
        alertMessage({ ...origin, camera, id: newId(), alert: sampleAlert(), versions }).body,
      )
      expect(validateMessage(event)).toEqual([])
      expect(event.data).toMatchObject({ placeMissing, placesVersion: 'p-3', grid: { version: '2026-11' } })
      expect(event.data).not.toHaveProperty('place')
    }
    expect(finished(sampleMessage().body).data).not.toHaveProperty('placeMissing')
  })

  it('is refused by its schema while it lacks its numbers', () => {
    expect(validateMessage(JSON.parse(sampleMessage().body)).join()).toMatch(/epoch|sequence|sentAt|required/)
  })

  it.each([
    ['an id of another version', { id: '2f1c9a3e-0000-4000-8000-000000000000' }],
    ['sequence 0', { sequence: 0 }],
    ['a time with a zone', { time: '2026-11-23T16:15:30.250+08:00' }],
    ['another source', { source: 'box' }],
    ['another type', { type: 'skyeye.alert.begun' }],
  ])('is refused by its schema with %s', (_, change) => {
    expect(validateMessage({ ...finished(sampleMessage().body), ...change })).not.toEqual([])
  })

  it('is refused by its schema with a picture that is not redacted', () => {
    const event = finished(sampleMessage().body)
    event.data.snapshot = { topic: 't', sha256: 'ab'.repeat(32), redacted: false }
    expect(validateMessage(event)).not.toEqual([])
  })
})

describe('a state message', () => {
  const state = { id: newId(), gateway: 'box-1', prefix: 'p', time: 0 }

  it('is valid for every presence and every camera state', () => {
    for (const presence of presences)
      expect(validateMessage(JSON.parse(presenceMessage(state, presence).body))).toEqual([])
    for (const name of cameraStates) {
      const { body, topic } = cameraStateMessage(state, 'yard', {
        state: name,
        since: 1,
        fps: 5,
        coverage: 0.9,
        gaps: { offline: 360_000 },
      })
      expect(validateMessage(JSON.parse(body)), name).toEqual([])
      expect(topic).toBe('p/cameras/box-1/yard/state')
    }
  })

  it('tells coverage with no more digits than anybody needs, and refuses one beyond the whole', () => {
    const facts = { state: 'live', since: 1, fps: 1 / 3, coverage: 2 / 3, gaps: { overload: 1_200 } } as const
    const event = JSON.parse(cameraStateMessage(state, 'yard', facts).body)
    expect(event.data).toMatchObject({ fps: 0.33, coverage: 0.667, gaps: { overload: 1_200 } })
    for (const data of [{ coverage: 1.1 }, { gaps: { overload: 0.5 } }, { gaps: [] }])
      expect(validateMessage({ ...event, data: { ...event.data, ...data } })).not.toEqual([])
  })

  it('tells the health, and refuses one that does not say whether the gateway is alive', () => {
    const health = { alive: true, load: 0.4, cameras: { live: 3 }, outbox: { pending: 0, parked: 0 } }
    const event = JSON.parse(healthMessage(state, health).body)
    expect(validateMessage(event)).toEqual([])
    expect(validateMessage({ ...event, data: {} })).not.toEqual([])
  })
})

describe('an inventory', () => {
  const state = { id: newId(), gateway: 'box-1', prefix: 'p', time: 0 }
  const told = (...cameras: Camera[]) =>
    JSON.parse(inventoryMessage(state, sampleInventory(cameras)).body).data.cameras

  it('tells of each camera where it is and what its rules watch, whatever is known of it', () => {
    const rule = { name: 'night', kind: 'intrusion', zone: 'gate', labels: ['person'] } as const
    const more = { severity: 'major', duty: 'public-order', inertiaMs: 0, cooldownMs: 0 } as const
    const schedule = { timeZone: 'Asia/Shanghai', days: ['mon'], hours: [{ from: 0, to: 60 }] } as const
    const yard = { ...sampleCamera, rules: [{ ...rule, ...more, schedule }] }
    const { gbId, address, place, ...known } = { ...sampleCamera, id: 'bare', grid: {} }
    const bare = { ...known, placeMissing: 'not-listed' } as const
    const { topic, body } = inventoryMessage(state, sampleInventory([yard, bare]))
    expect(topic).toBe('p/gateways/box-1/inventory')
    expect(validateMessage(JSON.parse(body))).toEqual([])
    expect(JSON.parse(body).data).toMatchObject({ gridVersion: 'g7', placesVersion: 'p3' })
    expect(told(yard, bare)).toMatchObject([
      { id: 'bare', grid: { unit: '_', version: 'g7' }, placeMissing: 'not-listed', rules: [] },
      {
        ...{
          id: 'yard',
          grid: { unit: '0113' },
          address: { code: 'A-1' },
          place: { wgs84: [116.404, 39.915] },
        },
        rules: [{ name: 'night', zone: 'gate', duty: 'public-order', scheduled: true }],
      },
    ])
  })

  it('never says how a camera is reached, what is masked or who consented', () => {
    const consent = { grantedBy: 'Wang Fang', until: 1, documentSha256: '0'.repeat(64), scope: [] }
    const camera = { ...sampleCamera, consent, masks: [[{ x: 0.123, y: 0.2 }]] }
    expect(JSON.stringify(told(camera))).not.toMatch(/rtsp|topsecret|192\.168|Wang|0\.123/)
  })
})

describe('the user properties of a picture', () => {
  const good = { id: newId(), epoch: '01937a', class: 'snapshot', sequence: '41', sha256: 'ab'.repeat(32) }

  it.each([
    ['an alert’s class', { class: 'alert' }],
    ['number 0', { sequence: '0' }],
    ['a number that is no text', { sequence: 41 }],
    ['half a digest', { sha256: 'ab' }],
    ['no id', { id: undefined }],
  ])('are refused by their schema with %s', (_, change) => {
    expect(validateSnapshotHeaders(good)).toEqual([])
    expect(validateSnapshotHeaders({ ...good, ...change })).not.toEqual([])
  })
})

describe('the published schemas', () => {
  const published = [...contractDocuments()]
    .filter(([path]) => path.endsWith('.schema.json'))
    .map(([, text]) => JSON.parse(text) as { $id: string })

  it('are JSON Schemas with an id of their own each', () => {
    expect(published.map(({ $id }) => $id)).toContain('urn:skyeye:v1:alert')
    expect(new Set(published.map(({ $id }) => $id)).size).toBe(published.length)
  })

  it('name what messages call their dataschema', () => {
    const ids = published.map(({ $id }) => $id)
    const state = { id: newId(), gateway: 'b', prefix: 'p', time: 0 }
    const bodies = [
      sampleMessage().body,
      presenceMessage(state, 'online').body,
      healthMessage(state, { alive: true }).body,
      cameraStateMessage(state, 'c', { state: 'live', since: 0 }).body,
      inventoryMessage(state, sampleInventory()).body,
    ]
    for (const body of bodies) expect(ids).toContain(JSON.parse(body).dataschema)
  })
})
