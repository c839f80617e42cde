/** What becomes of messages: quotas and their order of sacrifice, age, tombstones, receipts, replay. */
import { expect, it } from 'vitest'
import type { Alert } from '../../src/domain/alert.ts'
import type { Delivery } from '../../src/store/ports.ts'
import { openRecords, temporaryFolder } from './opened.ts'
import { alertOf, dayMs, generous, saveOf } from './samples.ts'

type Box = ReturnType<typeof openRecords>

/** A message of so many bytes about an alert that has ended; returns its id. */
function save({ records }: Box, severity: Alert['severity'] = 'minor', bytes = 1_000): string {
  const made = saveOf()
  const alert = alertOf({ severity, phase: 'ended', ended: 5 })
  const body = JSON.stringify({ type: 'skyeye.alert', data: { padding: 'p'.repeat(bytes) } })
  records.saveAlert({ alert, message: { ...made.message, body } })
  return made.message.id
}

const waiting = ({ deliveries }: Box) => deliveries.next(0, 1_000)
const alerts = (box: Box) => waiting(box).filter((one) => one.class === 'alert')

/** What the tombstones that wait say. */
function told(
  box: Box,
): { because: string; class: string; epoch: string; count: number; ranges: object[] }[] {
  return waiting(box)
    .filter((one) => one.class === 'tombstone')
    .map(({ body }) => JSON.parse(body as string).data)
}

function acknowledge({ deliveries }: Box, rows: readonly Delivery[]): void {
  deliveries.acknowledged(rows.map(({ rowId }) => rowId))
}

const small = { ...generous, quotaBytes: { ...generous.quotaBytes, alert: 10_000 } }

it('gives up the least severe and oldest when a class is over its quota, and tells which numbers do not come', () => {
  const box = openRecords(temporaryFolder(), small)
  const severities = ['critical', 'info', 'major', 'info', 'minor', 'critical'] as const
  const ids = severities.map((severity) => save(box, severity, 2_400))
  box.clean()
  expect(alerts(box).map((one) => one.id)).toEqual([ids[0], ids[2], ids[4], ids[5]])
  const range = (number: number) => ({ first: number, last: number })
  expect(told(box)).toEqual([
    {
      because: 'quota',
      class: 'alert',
      epoch: box.opened.identity.epoch,
      count: 2,
      ranges: [range(2), range(4)],
    },
  ])
  expect(box.records.counts()).toMatchObject({ givenUp: 2 })
})

it('lets what is delivered go first, of which nobody has to be told', () => {
  const box = openRecords(temporaryFolder(), small)
  const delivered = [save(box, 'critical', 4_000), save(box, 'critical', 4_000)]
  acknowledge(box, waiting(box))
  const undelivered = [save(box, 'info', 4_000), save(box, 'info', 4_000)]
  box.clean()
  expect(alerts(box).map((one) => one.id)).toEqual(undelivered)
  expect(told(box)).toEqual([])
  expect(delivered.map((id) => box.deliveries.deliveryOf(id))).toEqual([undefined, undefined])
})

it('tells of a long outage in one tombstone, whose ranges are joined', () => {
  const box = openRecords(temporaryFolder(), small)
  for (let round = 0; round < 5; round++) {
    for (let i = 0; i < 20; i++) save(box, 'info')
    box.clean()
  }
  const [tombstone, ...others] = told(box)
  expect(others).toEqual([])
  const [first] = alerts(box)
  expect(tombstone).toMatchObject({
    count: first.sequence - 1,
    ranges: [{ first: 1, last: first.sequence - 1 }],
  })
  // Told once.
  expect(told(box)).toHaveLength(1)
})

it('splits what one tombstone cannot tell', () => {
  const box = openRecords(temporaryFolder(), {
    ...generous,
    quotaBytes: { ...generous.quotaBytes, alert: 640_000 },
  })
  for (let i = 0; i < 1_200; i++) save(box, i % 2 === 0 ? 'info' : 'major', 1_000)
  box.clean()
  const counts = told(box).map(({ ranges }) => ranges.length)
  expect(counts[0]).toBe(500)
  expect(counts).toHaveLength(2)
  expect(counts[1]).toBeLessThan(100)
})

it('gives info and minor alerts up by age, major and critical ones never', () => {
  const box = openRecords(temporaryFolder())
  const ids = (['info', 'minor', 'major', 'critical'] as const).map((severity) => save(box, severity))
  box.clock.now += 8 * dayMs
  box.clean()
  expect(alerts(box).map((one) => one.id)).toEqual(ids.slice(1))
  box.clock.now += 23 * dayMs
  box.clean()
  expect(alerts(box).map((one) => one.id)).toEqual(ids.slice(2))
  box.clock.now += 300 * dayMs
  box.clean()
  expect(alerts(box).map((one) => one.id)).toEqual(ids.slice(2))
  expect(told(box).map(({ because, ranges }) => [because, ranges])).toEqual([
    ['expired', [{ first: 1, last: 1 }]],
    ['expired', [{ first: 2, last: 2 }]],
  ])
})

it('says of a message how long it is of use', () => {
  const box = openRecords(temporaryFolder())
  for (const severity of ['info', 'minor', 'major', 'critical'] as const) save(box, severity)
  const at = box.clock.now
  expect(alerts(box).map((one) => one.expiresAt)).toEqual([
    at + 7 * dayMs,
    at + 30 * dayMs,
    undefined,
    undefined,
  ])
})

it('tells of a refused message at once, and sends it again when somebody asks', () => {
  const box = openRecords(temporaryFolder())
  const id = save(box)
  const [row] = waiting(box)
  box.deliveries.parked(row.rowId, 'too large')
  expect(alerts(box)).toEqual([])
  expect(told(box)).toMatchObject([{ because: 'refused', ranges: [{ first: 1, last: 1 }] }])
  expect(box.deliveries.parkedDeliveries()).toMatchObject([{ id, sequence: 1, parkedBecause: 'too large' }])
  expect(box.deliveries.deliveryOf(id)).toMatchObject({ state: 'parked', parkedBecause: 'too large' })
  expect(box.deliveries.requeue('another')).toBe(0)
  expect(box.deliveries.requeue(id)).toBe(1)
  expect(alerts(box)).toMatchObject([{ id, sequence: 1 }])
  expect(box.records.counts()).toMatchObject({ parked: 0 })
})

it('counts what is parked in the quota, and gives that up before others of its worth', () => {
  const box = openRecords(temporaryFolder(), small)
  const ids = Array.from({ length: 4 }, () => save(box, 'minor', 3_000))
  const rows = alerts(box)
  for (const { rowId } of [rows[1], rows[3]]) box.deliveries.parked(rowId, 'refused')
  box.clean()
  expect(alerts(box).map((one) => one.id)).toEqual([ids[0], ids[2]])
  expect(box.records.counts()).toMatchObject({ parked: 1 })
  // Of these was told when they were refused.
  expect(told(box).map(({ because }) => because)).toEqual(['refused'])
})

it('sends again what it has kept of a range, and says how much is gone', () => {
  const box = openRecords(temporaryFolder())
  const ids = Array.from({ length: 5 }, () => save(box))
  acknowledge(box, waiting(box))
  expect(waiting(box)).toEqual([])
  const { epoch } = box.opened.identity
  expect(box.deliveries.replay({ epoch, class: 'alert', from: 2, to: 4 })).toEqual({
    requeued: 3,
    missing: 0,
  })
  expect(alerts(box).map(({ id, sequence }) => [id, sequence])).toEqual([
    [ids[1], 2],
    [ids[2], 3],
    [ids[3], 4],
  ])
  expect(box.deliveries.replay({ epoch, class: 'alert', from: 5, to: 9 })).toEqual({
    requeued: 1,
    missing: 4,
  })
  expect(box.deliveries.replay({ epoch: 'another', class: 'alert', from: 1, to: 2 })).toEqual({
    requeued: 0,
    missing: 2,
  })
})

it('without receipts, forgets a delivered message with its alert', () => {
  const box = openRecords(temporaryFolder())
  const id = save(box)
  acknowledge(box, waiting(box))
  expect(box.deliveries.deliveryOf(id)).toMatchObject({ state: 'kept' })
  expect(box.deliveries.sendAgain()).toBe(0)
  box.clock.now += 31 * dayMs
  box.clean()
  expect(box.deliveries.deliveryOf(id)).toBeUndefined()
  expect(told(box)).toEqual([])
})

it('where receipts are required, forgets only what the centre has confirmed', () => {
  const box = openRecords(temporaryFolder(), generous, true)
  const ids = Array.from({ length: 4 }, () => save(box))
  acknowledge(box, waiting(box))
  expect(box.deliveries.deliveryOf(ids[0])).toMatchObject({ state: 'sent' })
  expect(box.records.counts()).toMatchObject({ pending: 0, unconfirmed: 4 })
  const { epoch } = box.opened.identity
  expect(box.deliveries.confirmed({ epoch, class: 'alert', sequence: 2 })).toBe(2)
  expect(box.deliveries.confirmed({ epoch, class: 'alert', sequence: 2 })).toBe(0)
  expect(box.deliveries.confirmed({ epoch, class: 'snapshot', sequence: 1 })).toBeUndefined()
  expect(box.deliveries.confirmed({ epoch, class: 'alert', sequence: 5 })).toBeUndefined()
  // Nothing that is unconfirmed goes by the age of its alert.
  box.clock.now += 20 * dayMs
  box.clean()
  expect(ids.map((id) => box.deliveries.deliveryOf(id)?.state)).toEqual([
    undefined,
    undefined,
    'sent',
    'sent',
  ])
  expect(box.deliveries.sendAgain()).toBe(2)
  expect(alerts(box).map((one) => one.id)).toEqual(ids.slice(2))
})

it('where receipts are required, keeps what was refused, also once it has left, whatever the centre confirms', () => {
  const box = openRecords(temporaryFolder(), generous, true)
  const ids = Array.from({ length: 3 }, () => save(box))
  const [first, ...others] = waiting(box)
  box.deliveries.parked(first.rowId, 'too large')
  acknowledge(box, others)
  const { epoch } = box.opened.identity
  const confirm = () => box.deliveries.confirmed({ epoch, class: 'alert', sequence: 3 })
  expect(confirm()).toBe(2)
  box.deliveries.requeue()
  expect(confirm()).toBe(0)
  expect(box.deliveries.deliveryOf(ids[0])).toEqual({ state: 'waiting', sequence: 1, ahead: 0 })
  acknowledge(box, alerts(box))
  expect(confirm()).toBe(0)
  expect(box.deliveries.deliveryOf(ids[0])).toMatchObject({ state: 'kept' })
})

it('says by class what it holds, and since when', () => {
  const box = openRecords(temporaryFolder(), generous, true)
  expect(box.deliveries.held()).toEqual([])
  const ids = Array.from({ length: 3 }, () => {
    box.clock.now += 1_000
    return save(box, 'minor', 1_000)
  })
  const [first, second] = waiting(box)
  acknowledge(box, [first])
  box.deliveries.parked(second.rowId, 'refused')
  box.records.saveAlert(saveOf({}, 5_000))
  const held = new Map(box.deliveries.held().map((one) => [one.class, one]))
  expect(held.get('alert')).toMatchObject({ waiting: 2, unconfirmed: 1, kept: 0, parked: 1 })
  expect(held.get('alert')?.oldestAt).toBe(first.createdAt)
  expect(held.get('alert')?.bytes).toBeGreaterThan(3_000)
  expect(held.get('snapshot')).toMatchObject({ waiting: 1, parked: 0, bytes: 5_000 })
  const { epoch } = box.opened.identity
  box.deliveries.confirmed({ epoch, class: 'alert', sequence: 1 })
  expect(box.deliveries.held()[0].oldestAt).toBe(box.clock.now)
  expect(box.deliveries.deliveryOf(ids[1])?.state).toBe('parked')
})

it('says how many wait before a message', () => {
  const box = openRecords(temporaryFolder())
  const ids = Array.from({ length: 3 }, () => save(box))
  expect(ids.map((id) => box.deliveries.deliveryOf(id)?.ahead)).toEqual([0, 1, 2])
  acknowledge(box, waiting(box).slice(0, 1))
  expect(ids.map((id) => box.deliveries.deliveryOf(id)?.ahead)).toEqual([0, 0, 1])
})

it('says in the alert which numbers its picture has, for brokers that carry no user properties', () => {
  const { records, deliveries, opened } = openRecords(temporaryFolder())
  records.saveAlert(saveOf({}, 500))
  const [picture, alert] = deliveries.next(0, 10)
  const { id, sequence } = picture
  expect(JSON.parse(alert.body as string).data.snapshot).toMatchObject({
    ...{ id, epoch: opened.identity.epoch, sequence },
  })
})

it('lets a critical alert overtake nothing of its own that the centre has not confirmed', () => {
  const box = openRecords(temporaryFolder(), generous, true)
  const { records, deliveries } = box
  const began = saveOf({ severity: 'minor' })
  records.saveAlert(began)
  acknowledge(box, alerts(box))
  const message = { ...saveOf().message, id: '01a20779-75ca-7000-8000-000000000099' }
  records.saveAlert({ alert: { ...began.alert, severity: 'critical', phase: 'updated' }, message })
  expect(deliveries.urgent(0, 10)).toEqual([])
})

it('keeps of a class only what is of cameras that still allow it', () => {
  const box = openRecords(temporaryFolder())
  const pictured = ['yard', 'home'].map((camera) => {
    const one = saveOf({ camera, phase: 'ended', ended: 5 }, 500)
    const snapshot = { ...one.snapshot!, message: { ...one.snapshot!.message, camera } }
    box.records.saveAlert({ ...one, snapshot })
    return snapshot.message.id
  })
  const late = saveOf({ camera: 'home', phase: 'ended', ended: 5 }, 500)
  acknowledge(box, waiting(box))
  box.records.saveAlert({
    ...late,
    snapshot: { ...late.snapshot!, message: { ...late.snapshot!.message, camera: 'home' } },
  })
  box.deliveries.withdraw({ snapshot: ['yard'] })
  expect(pictured.map((id) => box.deliveries.deliveryOf(id)?.state)).toEqual(['kept', undefined])
})
