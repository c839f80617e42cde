/** A full disk: pictures are given up first, alerts last, nothing that was acknowledged is lost, and it heals. */
import { readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import type { Delivery } from '../../src/store/ports.ts'
import { openRecords, startStore, temporaryFolder } from './opened.ts'
import { saveOf } from './samples.ts'

const bodyOf = (delivery: Delivery) => JSON.parse(delivery.body as string).data

it('saves the alert without its picture where the picture cannot be written, and says so in the message', async () => {
  const dir = temporaryFolder()
  const { store } = await startStore(dir)
  rmSync(join(dir, 'snapshots'), { recursive: true })
  writeFileSync(join(dir, 'snapshots'), 'no folder')
  const save = saveOf({}, 500)
  expect(await store.saveAlert(save)).toEqual({ sequence: 1 })
  const deliveries = await store.next(0, 10)
  expect(deliveries.map((one) => one.class)).toEqual(['alert'])
  expect(bodyOf(deliveries[0])).toEqual({ alert: save.alert.id, snapshotMissing: 'sacrificed' })
  expect(await store.counts()).toMatchObject({ sacrificed: 1, snapshotBytes: 0 })
})

it('refuses with STORE_FAILED when not even the alert fits, keeps what it had, and goes on when there is room', () => {
  const dir = temporaryFolder()
  const { records, opened } = openRecords(dir)
  const { db } = opened
  const long = { zone: 'z'.repeat(3_000) }
  const pages = (most: number) => db.pragma(`max_page_count = ${most}`)
  pages((db.pragma('page_count', { simple: true }) as number) + 40)
  let saved = 0
  let failed = 0
  while (failed < 5) {
    const [one] = records.saveAll([saveOf(long, 200)])
    if (!(one instanceof Error)) expect(one.sequence).toBe(++saved)
    else if (++failed)
      expect(one).toMatchObject({ code: 'STORE_FAILED', message: expect.stringMatching(/free space/) })
  }
  expect(saved).toBeGreaterThan(5)
  expect(records.counts().sacrificed).toBeGreaterThan(0)
  expect(records.spaceWanted).toBe(true)
  expect(db.pragma('integrity_check', { simple: true })).toBe('ok')
  // No file without a row, whatever was rolled back.
  expect(records.removeOrphans()).toBe(0)
  expect(records.deliveries.next(0, 64).map((one) => one.rowId)).not.toEqual([])
  pages(1_000_000)
  expect(records.saveAll([saveOf(long, 200)])).toEqual([{ sequence: saved + 1 }])
})

it('makes room by removing delivered pictures and no others', () => {
  const dir = temporaryFolder()
  const { records, clock } = openRecords(dir)
  for (let i = 0; i < 20; i++) records.saveAlert(saveOf({}, 1_000))
  const pictures = records.deliveries.next(0, 40).filter((one) => one.class === 'snapshot')
  records.deliveries.acknowledged(pictures.slice(5).map((one) => one.rowId))
  for (const _ of records.retention.makeRoom(clock.now + 1));
  expect(records.counts().snapshotBytes).toBe(18_000)
  expect(readdirSync(join(dir, 'snapshots'))).toHaveLength(18)
  expect(records.deliveries.next(0, 40).filter((one) => one.class === 'snapshot')).toHaveLength(5)
  expect(records.counts().sacrificed).toBe(0)
})
