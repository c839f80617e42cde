/** The store through its thread: what is saved is there, in order, numbered, and outlives a restart. */
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { startStore, temporaryFolder } from './opened.ts'
import { alertOf, saveOf } from './samples.ts'

it('hands out the picture before the alert that speaks of it, each with the number of its class', async () => {
  const { store } = await startStore(temporaryFolder())
  const first = saveOf({}, 5_000)
  const bytes = first.snapshot!.jpeg.slice()
  expect(await store.saveAlert(first)).toEqual({ sequence: 1 })
  expect(await store.saveAlert(saveOf())).toEqual({ sequence: 2 })
  const deliveries = await store.next(0, 10)
  expect(deliveries.map((one) => [one.class, one.sequence])).toEqual([
    ['snapshot', 1],
    ['alert', 1],
    ['alert', 2],
  ])
  expect(deliveries[0].body).toEqual(bytes)
  expect(deliveries[1]).toMatchObject({
    id: first.message.id,
    epoch: store.epoch,
    camera: 'yard',
    attempts: 0,
  })
  const told = JSON.parse(first.message.body ?? '')
  const { id } = first.snapshot!.message
  const snapshot = { ...told.data.snapshot, id, epoch: store.epoch, class: 'snapshot', sequence: 1 }
  expect(JSON.parse(deliveries[1].body as string)).toEqual({ ...told, data: { ...told.data, snapshot } })
  expect((await store.next(deliveries[0].rowId, 1))[0]).toMatchObject({ id: first.message.id, attempts: 1 })
})

it('lets a critical alert overtake with its picture, but never what waits of the same alert', async () => {
  const { store } = await startStore(temporaryFolder())
  const calm = saveOf({ severity: 'minor' })
  const critical = saveOf({ severity: 'critical' }, 500)
  for (const save of [calm, critical]) await store.saveAlert(save)
  const worse = { ...saveOf(), alert: { ...calm.alert, severity: 'critical', phase: 'updated' } as const }
  await store.saveAlert(worse)
  const idsOf = (rows: readonly { id: string }[]) => rows.map(({ id }) => id)
  expect(idsOf(await store.urgent(0, 10))).toEqual([critical.snapshot!.message.id, critical.message.id])
  const all = await store.next(0, 10)
  expect(all.map(({ urgent }) => urgent)).toEqual([false, true, true, false])
  await store.acknowledged([all[0].rowId, all[3].rowId])
  const ended = { ...worse, ...saveOf(), alert: { ...worse.alert, phase: 'ended' } as const }
  await store.saveAlert(ended)
  expect(idsOf(await store.urgent(0, 10)).at(-1)).toBe(ended.message.id)
})

it('takes the memory of a picture over instead of copying it', async () => {
  const { store } = await startStore(temporaryFolder())
  const save = saveOf({}, 5_000)
  await store.saveAlert(save)
  expect(save.snapshot!.jpeg.byteLength).toBe(0)
})

it('copies a picture that shares its memory with others and leaves those alone', async () => {
  const { store } = await startStore(temporaryFolder())
  const save = saveOf({}, 100)
  const shared = new Uint8Array(200).fill(7)
  await store.saveAlert({ ...save, snapshot: { ...save.snapshot!, jpeg: shared.subarray(50, 150) } })
  expect(shared.byteLength).toBe(200)
  expect((await store.next(0, 1))[0].body).toEqual(new Uint8Array(100).fill(7))
})

it('forgets what is acknowledged, keeps what is parked out of the way, and counts both', async () => {
  const { store } = await startStore(temporaryFolder())
  for (let i = 0; i < 4; i++) await store.saveAlert(saveOf())
  const [first, second, third, fourth] = await store.next(0, 10)
  await store.acknowledged([first.rowId, third.rowId])
  await store.acknowledged([first.rowId])
  await store.parked(second.rowId, 'topic refused')
  // The refusal is told with the others.
  expect(await store.next(0, 10)).toMatchObject([{ id: fourth.id }, { class: 'tombstone' }])
  expect(await store.counts()).toMatchObject({
    pending: 2,
    parked: 1,
    alerts: 4,
    oldestPendingAt: fourth.createdAt,
  })
})

it('keeps epoch, numbers and deliveries over a restart, and never uses a number or row twice', async () => {
  const dir = temporaryFolder()
  const { store } = await startStore(dir)
  await store.saveAlert(saveOf())
  const [before] = await store.next(0, 1)
  await store.acknowledged([before.rowId])
  await store.stop()
  const { store: again } = await startStore(dir)
  expect(again.epoch).toBe(store.epoch)
  expect(await again.saveAlert(saveOf())).toEqual({ sequence: 2 })
  expect((await again.next(0, 1))[0].rowId).toBeGreaterThan(before.rowId)
})

it('numbers saves that arrive together without a gap', async () => {
  const { store } = await startStore(temporaryFolder())
  const saved = await Promise.all(
    Array.from({ length: 100 }, (_, i) => store.saveAlert(saveOf({}, (i % 2) * 500))),
  )
  expect(saved.map((one) => one.sequence)).toEqual(Array.from({ length: 100 }, (_, i) => i + 1))
})

it('lets one save that cannot be written fail alone among those that arrive with it', async () => {
  const { store } = await startStore(temporaryFolder())
  const twin = saveOf()
  await store.saveAlert(twin)
  const results = await Promise.allSettled([
    store.saveAlert(saveOf()),
    store.saveAlert(twin),
    store.saveAlert(saveOf()),
  ])
  expect(results).toMatchObject([
    { value: { sequence: 2 } },
    { reason: { code: 'STORE_FAILED', message: expect.stringContaining(twin.alert.id) } },
    { value: { sequence: 3 } },
  ])
})

it('knows which alerts are open, and lets one that ended stay so', async () => {
  const { store } = await startStore(temporaryFolder())
  const [open, over] = [alertOf({ began: 1 }), alertOf({ began: 2 })]
  const end = { ...over, phase: 'ended', ended: 9, endedBecause: 'cleared' } as const
  for (const alert of [open, over, end, { ...over, phase: 'updated' } as const]) {
    await store.saveAlert({ ...saveOf(), alert })
  }
  expect(await store.openAlerts()).toEqual([open])
  expect(await store.recentAlerts(10)).toEqual([end, open])
})

it('finishes what was asked before it stops, and refuses what is asked after', async () => {
  const dir = temporaryFolder()
  const { store } = await startStore(dir)
  const saves = Array.from({ length: 20 }, () => store.saveAlert(saveOf()))
  await store.stop()
  expect((await Promise.all(saves)).at(-1)).toEqual({ sequence: 20 })
  await expect(store.saveAlert(saveOf())).rejects.toMatchObject({ code: 'STORE_FAILED' })
  await store.stop()
})

it('parks the delivery of a picture that somebody removed and goes on with the next', async () => {
  const dir = temporaryFolder()
  const { store } = await startStore(dir)
  const save = saveOf({}, 500)
  await store.saveAlert(save)
  const path = await store.snapshotPath(save.alert.id)
  expect(path).toBe(join(dir, 'snapshots', `${save.snapshot!.message.id}.jpg`))
  rmSync(path!)
  expect(await store.next(0, 1)).toMatchObject([{ id: save.message.id }])
  expect(await store.counts()).toMatchObject({ pending: 1, parked: 1 })
  expect(await store.snapshotPath(save.alert.id)).toBeUndefined()
})

it('never lets an id climb out of the folder of pictures', async () => {
  const dir = temporaryFolder()
  const { store } = await startStore(dir)
  const save = saveOf({}, 500)
  const message = { ...save.snapshot!.message, id: '../../escaped' }
  await store.saveAlert({ ...save, snapshot: { ...save.snapshot!, message } })
  expect(readdirSync(join(dir, 'snapshots'))).toEqual([])
  expect(existsSync(join(dir, '..', 'escaped.jpg'))).toBe(false)
  expect(await store.snapshotPath('../skyeye.db')).toBeUndefined()
})

it('removes at the start what no alert knows: pictures without a row and half-written ones', async () => {
  const dir = temporaryFolder()
  const { store } = await startStore(dir)
  const save = saveOf({}, 500)
  await store.saveAlert(save)
  await store.stop()
  for (const name of ['orphan.jpg', 'half.jpg.part']) writeFileSync(join(dir, 'snapshots', name), 'x')
  const { store: again, lines } = await startStore(dir)
  expect(readdirSync(join(dir, 'snapshots'))).toEqual([`${save.snapshot!.message.id}.jpg`])
  expect(lines.join()).toContain('"files":2')
  expect(readFileSync((await again.snapshotPath(save.alert.id))!).byteLength).toBe(500)
})

it('keeps the picture of an alert when the same save comes a second time', async () => {
  const { store } = await startStore(temporaryFolder())
  const save = saveOf({}, 500)
  const twin = { ...save, snapshot: { ...save.snapshot!, jpeg: save.snapshot!.jpeg.slice() } }
  await store.saveAlert(save)
  await expect(store.saveAlert(twin)).rejects.toMatchObject({ code: 'STORE_FAILED' })
  expect((await store.next(0, 1))[0].body).toHaveLength(500)
  expect(await store.counts()).toMatchObject({ pending: 2, snapshotBytes: 500 })
})

it('outlives a save that makes no sense', async () => {
  const { store } = await startStore(temporaryFolder())
  const save = saveOf({}, 500)
  const picture = { ...save.snapshot!, message: { ...save.snapshot!.message, id: 'no/id' } }
  const senseless = { ...save, snapshot: picture, message: { ...save.message, body: 'no JSON' } }
  await expect(store.saveAlert(senseless)).rejects.toMatchObject({ code: 'STORE_FAILED' })
  expect(await store.saveAlert(saveOf())).toEqual({ sequence: 1 })
})

it('remembers over a restart which cameras were announced, each once, until they are cleared', async () => {
  const dir = temporaryFolder()
  const { store } = await startStore(dir)
  await store.announced(['gate', 'yard'])
  await store.announced(['yard', 'hall'])
  await store.cleared(['gate', 'never-there'])
  await store.stop()
  const { store: again } = await startStore(dir)
  expect(await again.announcedCameras()).toEqual(['hall', 'yard'])
})

it('remembers over a restart which topics further voices told, each once, until they are cleared', async () => {
  const dir = temporaryFolder()
  const { store } = await startStore(dir)
  await store.voiced(['onvif/a', 'onvif/b'])
  await store.voiced(['onvif/b', 'homeassistant/c'])
  await store.unvoiced(['onvif/a', 'never/there'])
  await store.stop()
  const { store: again } = await startStore(dir)
  expect(await again.voicedTopics()).toEqual(['homeassistant/c', 'onvif/b'])
})
