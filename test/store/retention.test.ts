/** What is deleted, what is kept, and when the clock is not believed. */
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { openRecords, temporaryFolder } from './opened.ts'
import { dayMs, generous, saveOf } from './samples.ts'

const ended = { phase: 'ended', ended: 5 } as const
const pictures = (dir: string) => readdirSync(join(dir, 'snapshots')).length

type Records = ReturnType<typeof openRecords>['records']

function acknowledgeAll(records: Records): void {
  for (let rows = records.deliveries.next(0, 64); rows.length > 0; rows = records.deliveries.next(0, 64)) {
    records.deliveries.acknowledged(rows.map((row) => row.rowId))
  }
}

it('deletes an old alert and its picture only when it has ended and its deliveries are gone', () => {
  const dir = temporaryFolder()
  const { records, clock, clean } = openRecords(dir)
  records.saveAlert(saveOf(ended, 500))
  const open = saveOf({}, 500)
  records.saveAlert(open)
  acknowledgeAll(records)
  const waiting = saveOf(ended, 500)
  records.saveAlert(waiting)
  clock.now += 31 * dayMs
  clean()
  expect(
    records
      .recentAlerts(10)
      .map((alert) => alert.id)
      .toSorted(),
  ).toEqual([open.alert.id, waiting.alert.id].toSorted())
  expect(records.deliveries.next(0, 10).map((one) => one.class)).toEqual(['snapshot', 'alert'])
  // The open alert's picture is delivered and older than seven days.
  expect(pictures(dir)).toBe(1)
})

it('lets a parked delivery go with its alert', () => {
  const { records, clock, clean } = openRecords(temporaryFolder())
  records.saveAlert(saveOf(ended))
  records.deliveries.parked(records.deliveries.next(0, 1)[0].rowId, 'refused')
  clock.now += 31 * dayMs
  clean()
  expect(records.counts()).toMatchObject({ alerts: 0, parked: 0 })
})

it('deletes pictures after their days, but never one that still waits', () => {
  const dir = temporaryFolder()
  const { records, clock, clean } = openRecords(dir)
  records.saveAlert(saveOf(ended, 500))
  acknowledgeAll(records)
  const waiting = saveOf(ended, 500)
  records.saveAlert(waiting)
  clock.now += 8 * dayMs
  clean()
  expect(readdirSync(join(dir, 'snapshots'))).toEqual([`${waiting.snapshot!.message.id}.jpg`])
  expect(records.counts()).toMatchObject({ alerts: 2, snapshotBytes: 500 })
})

it('holds the byte limit: delivered pictures go first, then waiting ones, whose alerts then say so', () => {
  const dir = temporaryFolder()
  const { records, clock, clean } = openRecords(dir, { ...generous, snapshotMaxBytes: 2_500 })
  const saves = Array.from({ length: 4 }, () => {
    clock.now += 1_000
    const save = saveOf({}, 1_000)
    records.saveAlert(save)
    return save
  })
  const [, , thirdPicture] = records.deliveries.next(0, 10).filter((one) => one.class === 'snapshot')
  records.deliveries.acknowledged([thirdPicture.rowId])
  clean()
  const left = records.deliveries.next(0, 10)
  expect(records.snapshotPath(saves[2].alert.id)).toBeUndefined()
  expect(left.map((one) => [one.class, one.sequence])).toEqual([
    ['alert', 1],
    ['snapshot', 2],
    ['alert', 2],
    ['alert', 3],
    ['snapshot', 4],
    ['alert', 4],
    ['tombstone', 1],
  ])
  const told = left.filter((one) => one.class === 'alert').map((one) => JSON.parse(one.body as string).data)
  expect(told.map((data) => data.snapshotMissing)).toEqual(['sacrificed', undefined, undefined, undefined])
  // The third's picture was delivered before it went, so its alert still points to it.
  expect(told[2].snapshot).toBeDefined()
  expect(records.counts()).toMatchObject({ sacrificed: 1, snapshotBytes: 2_000 })
  expect(existsSync(join(dir, 'snapshots', `${saves[0].snapshot!.message.id}.jpg`))).toBe(false)
})

it('refuses to delete by age when the clock jumped ten years ahead, also after the first alerts of the new time', () => {
  const dir = temporaryFolder()
  const { records, clock, clean } = openRecords(dir)
  for (let i = 0; i < 10; i++) records.saveAlert(saveOf(ended, 100))
  acknowledgeAll(records)
  const before = clock.now
  clock.now += 3_650 * dayMs
  clean()
  records.saveAlert(saveOf(ended, 100))
  acknowledgeAll(records)
  clean()
  expect(records.counts()).toMatchObject({ alerts: 11, snapshotBytes: 1_100, retentionRefused: 2 })
  clock.now = before + dayMs
  clean()
  expect(records.counts()).toMatchObject({ alerts: 11, retentionRefused: 2 })
})

it('believes the new time once what came with it outnumbers the old', () => {
  const { records, clock, clean } = openRecords(temporaryFolder())
  for (let i = 0; i < 3; i++) records.saveAlert(saveOf(ended))
  clock.now += 800 * dayMs
  for (let i = 0; i < 3; i++) records.saveAlert(saveOf(ended))
  acknowledgeAll(records)
  clean()
  expect(records.counts()).toMatchObject({ alerts: 3, retentionRefused: 0 })
})

it('deletes everything that is old after a quiet month, which is no jump', () => {
  const { records, clock, clean } = openRecords(temporaryFolder())
  for (let i = 0; i < 500; i++) records.saveAlert(saveOf(ended))
  acknowledgeAll(records)
  clock.now += 40 * dayMs
  clean()
  expect(records.counts()).toMatchObject({ alerts: 0, retentionRefused: 0 })
})
