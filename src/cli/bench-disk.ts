/** What a day writes to the disk (flash wears), and how long the disk takes to keep a promise: the real store in a folder of its own. */
import { readFileSync } from 'node:fs'
import { mkdtemp, rm, statfs } from 'node:fs/promises'
import { join } from 'node:path'
import { v7 as newId } from 'uuid'
import { alertRecord } from '../alert-record.ts'
import type { Alert } from '../domain/alert.ts'
import type { Camera } from '../domain/camera.ts'
import type { Log } from '../kit/log.ts'
import { Store } from '../store/store.ts'

export interface DiskCost {
  /** Undefined where the folder lies in memory, or the kernel does not count. */
  readonly bytes: { readonly perMinute: number; readonly perAlert: number } | undefined
  /** Until a save is safe from a power cut, 95 of 100, ms. */
  readonly saveP95Ms: number
}

export interface DiskOptions {
  /** On the disk in question; a folder is made in it and removed. */
  readonly folder: string
  readonly cameras: number
  /** A redacted picture. */
  readonly jpeg: Uint8Array | undefined
  readonly log: Log
  /** A slow disk is given so long for each of the two parts. */
  readonly forMs: number
}

/** Enough that the database moves its journal into its pages as it does in a day. */
const minutes = 120
const alerts = 40
/** f_type of tmpfs and ramfs, statfs(2). */
const inMemory: readonly number[] = [0x01021994, 0x858458f6]
const retention = {
  ...{ alertDays: 30, snapshotDays: 7, snapshotMaxBytes: 2 ** 30, coverageDays: 30, trackDays: 7 },
  ...{
    quotaBytes: { alert: 2 ** 28, disposition: 2 ** 25, track: 2 ** 25, count: 2 ** 25 },
    expiryDays: { info: 7, minor: 30 },
  },
}
const origin = { gateway: 'bench', prefix: 'bench' }

/** Throws STORE_FAILED where nothing can be written there. */
export async function diskCost(options: DiskOptions): Promise<DiskCost> {
  const dir = await mkdtemp(join(options.folder, 'skyeye-bench-'))
  try {
    const isReal = !inMemory.includes((await statfs(dir)).type)
    const saves: number[] = []
    const perMinute = await eachWrites({ ...options, dir, count: minutes }, async (store, i) => {
      saves.push(await timed(() => store.saveCoverage(coverageOf(options.cameras, i))))
    })
    const perAlert = await eachWrites({ ...options, dir, count: alerts }, (store) =>
      oneAlert(store, options.jpeg),
    )
    const known = isReal && perMinute !== undefined && perAlert !== undefined
    return {
      bytes: known ? { perMinute, perAlert } : undefined,
      saveP95Ms: saves.toSorted((a, b) => a - b)[Math.floor(0.95 * saves.length)] ?? 0,
    }
  } finally {
    await rm(dir, { recursive: true, force: true })
  }
}

interface Repeated extends Pick<DiskOptions, 'log' | 'forMs'> {
  readonly dir: string
  readonly count: number
}

/** Bytes that went to the disk for each turn, what is written when the database closes included. */
async function eachWrites(
  { dir, log, forMs, count }: Repeated,
  turn: (store: Store, index: number) => Promise<void>,
): Promise<number | undefined> {
  const store = new Store({ dir, retention, origin, log })
  await store.start()
  const before = writtenBytes()
  const until = performance.now() + forMs
  let turns = 0
  try {
    while (turns < count && (turns === 0 || performance.now() < until)) await turn(store, turns++)
  } finally {
    await store.stop()
  }
  const after = writtenBytes()
  return before === undefined || after === undefined ? undefined : (after - before) / turns
}

/** By this process, its threads included: pages on their way to the disk. */
function writtenBytes(): number | undefined {
  try {
    const text = readFileSync('/proc/self/io', 'utf8')
    const count = (name: string) => Number(new RegExp(`^${name}: (\\d+)`, 'm').exec(text)?.[1])
    return count('write_bytes') - count('cancelled_write_bytes')
  } catch {
    return undefined
  }
}

async function timed(act: () => Promise<unknown>): Promise<number> {
  const began = performance.now()
  await act()
  return performance.now() - began
}

/** A minute of every camera; one in ten has a gap to tell. */
function coverageOf(cameras: number, index: number) {
  // Of late: what is too old would be deleted while we measure.
  const minute = 60_000 * (Math.floor(Date.now() / 60_000) - minutes + index)
  return Array.from({ length: cameras }, (_, i) => ({
    camera: `camera-${i}`,
    minute,
    coverage: 0.987_654_321,
    fps: 4.987_654_321,
    gaps: i % 10 === 0 ? { overload: 741 } : {},
  }))
}

/** An alert's whole life: it begins with its picture, is delivered, ends, and that is delivered too. */
async function oneAlert(store: Store, jpeg: Uint8Array | undefined): Promise<void> {
  const began: Alert = {
    ...{ id: newId(), camera: camera.id, rule: 'gate', kind: 'intrusion', zone: 'gate' },
    ...{ severity: 'major', duty: 'public-order', phase: 'began', began: Date.now(), time: Date.now() },
    objects: [{ track: 7, label: 'person', confidence: 0.87, box: { x1: 0.4, y1: 0.4, x2: 0.6, y2: 0.8 } }],
  }
  const ended: Alert = { ...began, phase: 'ended', ended: began.time + 60_000, endedBecause: 'cleared' }
  const picture = jpeg && { jpeg: Uint8Array.from(jpeg), width: 640, height: 360, faces: 0 }
  for (const alert of [began, ended]) {
    const messages = { messageId: newId(), snapshotId: newId() }
    const facts = { gateway: 'bench', prefix: 'skyeye/v1', models: ['objects', 'faces'], camera, alert }
    await store.saveAlert(
      alertRecord({ ...facts, ...messages, picture: alert === began ? picture : undefined }),
    )
    const waiting = await store.next(0, 64)
    await store.acknowledged(waiting.map(({ rowId }) => rowId))
  }
}

const camera: Camera = {
  ...{ id: 'bench', name: 'bench', tier: 'public', url: '', enabled: true, tags: [] },
  ...{ grid: {}, masks: [], zones: [], lines: [], rules: [] },
}
