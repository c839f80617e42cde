/** What is deleted when: alerts and coverage by age, pictures by age and bytes, the outbox by length. In small steps, so that saves get in between. */
import type { Database } from 'better-sqlite3'
import type { AlertTable } from './alerts.ts'
import type { CoverageTable } from './coverage.ts'
import type { OutboxTable } from './outbox.ts'
import type { RetentionLimits } from './ports.ts'
import type { SnapshotFiles } from './snapshot-files.ts'
import type { SnapshotRow, SnapshotTable } from './snapshots.ts'

const dayMs = 86_400_000

/** Rows per step. */
const stepRows = 200

/** Deliveries that may wait or be parked: about 200 MB of alerts, months of them at one a minute. */
export const mostPending = 100_000

/** A clock that is a year ahead of what it deletes is doubted. */
const doubtAfterDays = 365

export interface Shelves {
  readonly db: Database
  readonly alerts: AlertTable
  readonly outbox: OutboxTable
  readonly snapshots: SnapshotTable
  readonly files: SnapshotFiles
  readonly coverage: CoverageTable
}

export class Retention {
  readonly #shelves: Shelves
  readonly #limits: RetentionLimits
  readonly #mostPending: number
  /** Undelivered pictures that had to go. */
  sacrificed = 0
  /** Deliveries that had to go. */
  expired = 0
  /** Runs in which the clock was doubted. */
  refused = 0

  constructor(shelves: Shelves, limits: RetentionLimits, most: number = mostPending) {
    this.#shelves = shelves
    this.#limits = limits
    this.#mostPending = most
  }

  /** One run at `now` (epoch ms). The caller decides what happens between two steps. */
  *run(now: number): Generator<void> {
    const { alertDays, snapshotDays, snapshotMaxBytes } = this.#limits
    yield* this.#expirePending()
    const { alerts, snapshots } = this.#shelves
    const alertsBefore = now - alertDays * dayMs
    const picturesBefore = now - snapshotDays * dayMs
    const doubted =
      doubtful(now, alertDays, { total: alerts.count(), ...alerts.expiredExtent(alertsBefore) }) ||
      doubtful(now, snapshotDays, snapshots.extent(picturesBefore))
    if (doubted) this.refused++
    else {
      yield* this.#forgetAlerts(alertsBefore)
      yield* this.#forgetPictures(picturesBefore)
      yield* this.#forgetCoverage(now)
    }
    yield* this.#shrinkTo(snapshotMaxBytes)
  }

  /** The disk is full: the oldest tenth of the delivered pictures goes. Nothing undelivered is touched. */
  *makeRoom(now: number): Generator<void> {
    let excess = this.#shelves.snapshots.bytes() / 10
    while (excess > 0) {
      const oldest = this.#shelves.snapshots.oldestDelivered(now, stepRows)
      if (oldest.length === 0) return
      excess -= this.#forget(takeBytes(oldest, excess))
      yield
    }
  }

  *#expirePending(): Generator<void> {
    const { pending, parked } = this.#shelves.outbox.extent()
    let excess = pending + parked - this.#mostPending
    while (excess > 0) {
      this.expired += this.#shelves.outbox.expire(Math.min(excess, stepRows))
      excess -= stepRows
      yield
    }
  }

  *#forgetAlerts(before: number): Generator<void> {
    const { db, alerts, snapshots, files } = this.#shelves
    for (;;) {
      const ids = alerts.expired(before, stepRows)
      if (ids.length === 0) return
      for (const id of ids) {
        const file = snapshots.fileOf(id)
        if (file) files.remove(file)
      }
      db.transaction(() => {
        for (const id of ids) alerts.delete(id)
      })()
      yield
    }
  }

  *#forgetPictures(before: number): Generator<void> {
    for (;;) {
      const old = this.#shelves.snapshots.oldestDelivered(before, stepRows)
      if (old.length === 0) return
      this.#forget(old)
      yield
    }
  }

  *#forgetCoverage(now: number): Generator<void> {
    const before = now - this.#limits.coverageDays * dayMs
    while (this.#shelves.coverage.expire(before) > 0) yield
  }

  /** Delivered pictures go first, then those that still wait: the byte limit holds in any case. */
  *#shrinkTo(mostBytes: number): Generator<void> {
    const { snapshots } = this.#shelves
    let excess = snapshots.bytes() - mostBytes
    while (excess > 0) {
      const delivered = snapshots.oldestDelivered(Number.MAX_SAFE_INTEGER, stepRows)
      const victims = takeBytes(delivered.length > 0 ? delivered : snapshots.oldest(stepRows), excess)
      if (victims.length === 0) return
      excess -= this.#forget(victims)
      yield
    }
  }

  /** Files first: removing them needs no space, so a full disk cannot keep its own cure from happening. Returns bytes. */
  #forget(rows: readonly SnapshotRow[]): number {
    const { db, snapshots, outbox, files } = this.#shelves
    for (const row of rows) files.remove(row.file)
    let sacrificed = 0
    db.transaction(() => {
      for (const row of rows) {
        const waiting = outbox.pendingOf(row.alert)
        for (const { rowId, class: kind, body } of waiting) {
          if (kind === 'snapshot') {
            outbox.drop(rowId)
            sacrificed++
          } else if (body !== null && waiting.some((one) => one.class === 'snapshot')) {
            outbox.rewrite(rowId, withoutSnapshot(body))
          }
        }
        snapshots.delete(row.alert)
      }
    })()
    this.sacrificed += sacrificed
    return rows.reduce((bytes, row) => bytes + row.bytes, 0)
  }
}

/**
 * Did the clock jump? More than half of the rows would go at once, and even the newest of those is a year older than it
 * had to be. Alerts that arrive after the jump do not dispel the doubt until they outnumber the old ones.
 */
function doubtful(
  now: number,
  days: number,
  { total, doomed, newest }: { total: number; doomed: number; newest: number | null },
): boolean {
  return doomed * 2 > total && newest !== null && now - newest > (days + doubtAfterDays) * dayMs
}

/** The first rows that together have at least so many bytes. */
function takeBytes(rows: readonly SnapshotRow[], bytes: number): SnapshotRow[] {
  let sum = 0
  return rows.filter((row) => {
    const wanted = sum < bytes
    sum += row.bytes
    return wanted
  })
}

/** The alert's message, saying that its picture had to go. */
export function withoutSnapshot(body: string): string {
  const message = JSON.parse(body) as { data?: Record<string, unknown> }
  const { snapshot: _, ...rest } = message.data ?? {}
  return JSON.stringify({ ...message, data: { ...rest, snapshotMissing: 'sacrificed' } })
}
