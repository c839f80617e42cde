/** What a gateway says of itself. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { v7 as newId } from 'uuid'
import { expect, it, onTestFinished } from 'vitest'
import { healthMessage } from '../src/contract/state-message.ts'
import { validateMessage } from '../src/contract/validate.ts'
import type { CameraState } from '../src/domain/camera.ts'
import { Status, type StatusSources } from '../src/status.ts'
import { emptyStats } from '../src/vision/stats.ts'

const counts = {
  ...{
    pending: 3,
    parked: 1,
    alerts: 9,
    snapshotBytes: 0,
    sacrificed: 0,
    givenUp: 0,
    unconfirmed: 2,
    outboxBytes: 4_000,
    retentionRefused: 0,
  },
}
const vision = {
  ...emptyStats(),
  workers: 2,
  queued: 1,
  running: 0,
  waiting: 0,
  held: 0,
  frames: 7,
  modelMs: 12.6,
}
const gate = { coded: 0, decoded: 0, openings: 0, lost: 0, skipped: 0 }
const camera = (id: string, state: CameraState) => ({
  ...{ id, state, frames: 0, replaced: 0, attempts: 0, gate },
  ...{ faults: [], clockOffsetMs: undefined },
})

function statusOf(change: Partial<StatusSources> = {}, isOpen = true, oldestPendingAt?: number) {
  const dataDir = mkdtempSync(join(tmpdir(), 'skyeye-status-'))
  onTestFinished(() => rmSync(dataDir, { recursive: true }))
  const status = new Status({
    ...{ gateway: 'gw-1', version: '1.2.3', dataDir },
    models: { tier: 'light', names: ['skyeye-nano'] },
    cameras: () => [camera('a', 'live'), camera('b', 'live'), camera('c', 'auth_failed')],
    vision: () => vision,
    store: () => ({ isOpen, counts: async () => ({ ...counts, oldestPendingAt }) }),
    publisher: () => ({ connected: false, lastError: 'ECONNREFUSED', takenOver: false }),
    coverage: () => 0.98765,
    ...change,
  })
  status.started = true
  return status
}

it('tells how many cameras are in which state, and how broker, outbox and models do', async () => {
  expect(await statusOf().health()).toEqual({
    ...{ alive: true, gateway: 'gw-1', version: '1.2.3', cameras: { live: 2, auth_failed: 1 } },
    coverage: 0.988,
    broker: { connected: false, lastError: 'ECONNREFUSED', takenOver: false },
    outbox: { pending: counts.pending, parked: counts.parked },
    refusedConfiguration: undefined,
    models: { tier: 'light', names: ['skyeye-nano'] },
    vision: { workers: 2, queued: 1, frames: 7, modelMs: 13 },
  })
})

it('is dead when a model run hangs or the database is gone, and not because it is only starting', async () => {
  const hung = statusOf()
  hung.hung = true
  expect((await hung.health()).alive).toBe(false)
  const closed = statusOf({}, false)
  expect((await closed.health()).alive).toBe(false)
  closed.started = false
  expect((await closed.health()).alive).toBe(true)
})

it('is ready when everything has started, and names each thing that is missing', () => {
  expect(statusOf().readiness()).toEqual({ ready: true, reasons: [] })
  const early = statusOf({ vision: () => ({ ...vision, workers: 0 }) }, false)
  early.started = false
  expect(early.readiness()).toEqual({
    ready: false,
    reasons: ['the gateway is starting or stopping', 'the database is not open', 'no vision worker is up'],
  })
})

it.each([undefined, Date.UTC(2026, 10, 23, 8)])(
  'announces what its contract allows (oldest %s)',
  async (oldest) => {
    const announcement = await statusOf({}, true, oldest).announcement()
    const waits = oldest === undefined ? {} : { oldestPendingAt: '2026-11-23T08:00:00.000Z' }
    expect(announcement).toMatchObject({ alive: true, cameras: { live: 2, auth_failed: 1 } })
    expect(announcement.outbox).toEqual({ pending: 3, parked: 1, ...waits })
    expect(announcement.disk?.freeBytes).toBeGreaterThan(0)
    const origin = {
      id: '0193573f-1f00-7000-8000-000000000000',
      gateway: 'gw-1',
      prefix: 'skyeye/v1',
      time: 0,
    }
    expect(validateMessage(JSON.parse(healthMessage(origin, announcement).body))).toEqual([])
  },
)

it('says which configuration was refused, and nothing of an outbox that does not answer or a coverage not known yet', async () => {
  const status = statusOf({
    store: () => ({ isOpen: true, counts: () => Promise.reject(new Error('the thread is gone')) }),
    coverage: () => undefined,
  })
  status.refusedConfiguration = 'skyeye.yaml:15 oops: unknown key'
  expect(await status.health()).toMatchObject({
    ...{ outbox: undefined, coverage: undefined },
    refusedConfiguration: 'skyeye.yaml:15 oops: unknown key',
  })
})

it('tells what the box shows and what is wrong with it, to the centre and to people', async () => {
  const box = { reasons: ['hot'], temperatureC: 91, freeBytes: 5, synchronised: true, strain: 0.2 } as const
  const status = statusOf({ box: () => box })
  expect((await status.health()).box).toEqual(box)
  const told = await status.announcement()
  expect(told).toMatchObject({ degraded: ['hot'], temperatureC: 91, synchronised: true, strain: 0.2 })
  expect(told).not.toHaveProperty('freeBytes')
  const origin = { id: newId(), gateway: 'gw-1', prefix: 'skyeye/v1', time: 1 }
  expect(validateMessage(JSON.parse(healthMessage(origin, told).body))).toEqual([])
  expect(await statusOf({ box: () => ({ ...box, reasons: [] }) }).announcement()).not.toHaveProperty(
    'degraded',
  )
})
