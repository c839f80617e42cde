/** What is deleted when: alerts and coverage by age, pictures by age and bytes, the outbox by length. In small steps, so that saves get in between. */
import type { Database } from 'better-sqlite3'
import type { GivenUpBecause } from '../contract/tombstone-schema.ts'
import type { AlertTable } from './alerts.ts'
import type { CoverageTable } from './coverage.ts'
import type { GivenUpTable } from './given-up.ts'
import type { OutboxBrief, OutboxRow, OutboxTable } from './outbox.ts'
import type { RetentionLimits } from './ports.ts'
import type { SnapshotFiles } from './snapshot-files.ts'
import type { SnapshotRow, SnapshotTable } from './snapshots.ts'
import type { TrackTable } from './tracks.ts'
import { anyWorth, lastForDisk, worthOf, worthOfSeverity } from './worth.ts'

const dayMs = 86_400_000

/** Rows per step. */
const stepRows = 200

/** Of tombstones, each of which tells of up to 500 ranges. */
const tombstoneQuotaBytes = 16 * 2 ** 20

/** Not delivered: giving these up is told. */
const undelivered = ['parked', 'sent', 'waiting'] as const

/** A clock that is a year ahead of what it deletes is doubted. */
const doubtAfterDays = 365

export interface Shelves {
  readonly db: Database
  readonly alerts: AlertTable
  readonly outbox: OutboxTable
  readonly givenUp: GivenUpTable
  readonly snapshots: SnapshotTable
  readonly files: SnapshotFiles
  readonly coverage: CoverageTable
  readonly tracks: TrackTable
}

export class Retention {
  readonly #shelves: Shelves
  readonly #limits: RetentionLimits
  /** Undelivered pictures that had to go. */
  sacrificed = 0
  /** Undelivered messages that had to go. */
  givenUp = 0
  /** Runs in which the clock was doubted. */
  refused = 0

  constructor(shelves: Shelves, limits: RetentionLimits) {
    this.#shelves = shelves
    this.#limits = limits
  }

  /** One run at `now` (epoch ms). The caller decides what happens between two steps. */
  *run(now: number): Generator<void> {
    const { alertDays, snapshotDays, snapshotMaxBytes } = this.#limits
    yield* this.#holdQuotas()
    const { alerts, snapshots } = this.#shelves
    const alertsBefore = now - alertDays * dayMs
    const picturesBefore = now - snapshotDays * dayMs
    const doubted =
      doubtful(now, alertDays, { total: alerts.count(), ...alerts.expiredExtent(alertsBefore) }) ||
      doubtful(now, snapshotDays, snapshots.extent(picturesBefore))
    if (doubted) this.refused++
    else {
      yield* this.#expire(now)
      yield* this.#forgetAlerts(alertsBefore)
      yield* this.#forgetPictures(picturesBefore)
      this.#forgetLoosePictures(picturesBefore)
      yield* this.#forgetCoverage(now)
      yield* this.#forgetTracks(now)
    }
    yield* this.#shrinkTo(snapshotMaxBytes)
  }

  /**
   * The disk is full: the oldest tenth of the delivered pictures goes; where there are none, delivered messages; then, in the
   * order of sacrifice, what waits. Alerts above `minor` stay.
   */
  *makeRoom(now: number): Generator<void> {
    const { snapshots, outbox } = this.#shelves
    let excess = snapshots.bytes() / 10
    let freed = 0
    while (excess > 0) {
      const oldest = snapshots.oldestDelivered(now, stepRows)
      if (oldest.length === 0) break
      freed = this.#forget(takeBytes(oldest, excess))
      excess -= freed
      yield
    }
    if (freed > 0) return
    const classes = outbox.held().map((one) => one.class)
    for (const kind of classes) if (this.#giveUp(outbox.victims('kept', kind, anyWorth, stepRows)) > 0) return
    for (let worth = 0; worth <= lastForDisk; worth++) {
      if (worth === worthOf('snapshot')) {
        const oldest = takeBytes(snapshots.oldest(stepRows), snapshots.bytes() / 10)
        if (oldest.length > 0) return void this.#forget(oldest, 'disk-full')
      }
      for (const kind of classes) {
        for (const state of undelivered) {
          if (this.#giveUp(outbox.victims(state, kind, [worth, worth], stepRows), 'disk-full') > 0) return
        }
      }
    }
  }

  /** Delivered messages go first, then those of least worth, parked ones before others, the oldest first. */
  *#holdQuotas(): Generator<void> {
    const { outbox } = this.#shelves
    const { quotaBytes } = this.#limits
    for (const [kind, quota] of Object.entries({ ...quotaBytes, tombstone: tombstoneQuotaBytes })) {
      const held = outbox.held().find((one) => one.class === kind)
      let excess = (held?.bytes ?? 0) - quota
      while (excess > 0) {
        const victims = takeBytes(this.#leastWorth(kind), excess)
        if (victims.length === 0) break
        this.#giveUp(victims, 'quota')
        excess -= victims.reduce((sum, one) => sum + one.bytes, 0)
        yield
      }
    }
  }

  #leastWorth(kind: string): OutboxBrief[] {
    const { outbox } = this.#shelves
    const kept = outbox.victims('kept', kind, anyWorth, stepRows)
    if (kept.length > 0) return kept
    for (let worth = anyWorth[0]; worth <= anyWorth[1]; worth++) {
      for (const state of undelivered) {
        const victims = outbox.victims(state, kind, [worth, worth], stepRows)
        if (victims.length > 0) return victims
      }
    }
    return []
  }

  /** `major` and `critical` never go by age. */
  *#expire(now: number): Generator<void> {
    const { info, minor } = this.#limits.expiryDays
    for (const [severity, days] of [
      ['info', info],
      ['minor', minor],
    ] as const) {
      const aged = () => this.#shelves.outbox.aged(worthOfSeverity(severity), now - days * dayMs, stepRows)
      while (this.#giveUp(aged(), 'expired') > 0) yield
    }
  }

  /** Deletes them; those that were not delivered are counted, and a tombstone will tell of them. Returns how many. */
  #giveUp(rows: readonly OutboxBrief[], because: GivenUpBecause = 'quota'): number {
    const { db, outbox, givenUp } = this.#shelves
    let undeliveredRows = 0
    db.transaction(() => {
      for (const row of rows) {
        outbox.delete(row.rowId)
        if (row.state === 'kept') continue
        undeliveredRows++
        // Of what is parked was told when it was refused.
        if (row.state !== 'parked') givenUp.note(row, because)
      }
    })()
    this.givenUp += undeliveredRows
    return rows.length
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

  /** Those that somebody asked for are kept as long as those of alerts. */
  #forgetLoosePictures(before: number): void {
    const done = this.#shelves.outbox.doneLoosePictures()
    this.#giveUp(done.filter(({ createdAt }) => createdAt < before))
  }

  *#forgetCoverage(now: number): Generator<void> {
    const before = now - this.#limits.coverageDays * dayMs
    while (this.#shelves.coverage.expire(before) > 0) yield
  }

  *#forgetTracks(now: number): Generator<void> {
    const before = now - this.#limits.trackDays * dayMs
    while (this.#shelves.tracks.expire(before) > 0) yield
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
  #forget(rows: readonly SnapshotRow[], because: GivenUpBecause = 'quota'): number {
    const { db, snapshots, files } = this.#shelves
    for (const row of rows) files.remove(row.file)
    let sacrificed = 0
    db.transaction(() => {
      for (const { alert } of rows) {
        if (this.#forgetMessages(alert, because)) sacrificed++
        snapshots.delete(alert)
      }
    })()
    this.sacrificed += sacrificed
    return rows.reduce((bytes, row) => bytes + row.bytes, 0)
  }

  /** The picture's message goes; alerts that still wait with it say that it is missing. Was it still to be delivered? */
  #forgetMessages(alert: string, because: GivenUpBecause): boolean {
    const { outbox, givenUp } = this.#shelves
    const messages = outbox.ofAlert(alert)
    const pictures = messages.filter((one) => one.class === 'snapshot')
    for (const { rowId } of pictures) outbox.delete(rowId)
    const lost = pictures.filter(({ state }) => state === 'waiting' || state === 'sent')
    for (const one of lost) givenUp.note(one, because)
    if (lost.length === 0) return false
    for (const { rowId, class: kind, state, body } of messages) {
      if (kind === 'alert' && state === 'waiting' && body !== null)
        outbox.rewrite(rowId, withoutSnapshot(body))
    }
    return true
  }
}

/** What decides when a message is given up by age. */
export type Expiring = Pick<OutboxRow, 'class' | 'worth' | 'createdAt'>

/** Epoch ms; undefined = never by age. */
export function expiryOf(
  { class: kind, worth, createdAt }: Expiring,
  { info, minor }: RetentionLimits['expiryDays'],
): number | undefined {
  if (kind !== 'alert') return undefined
  if (worth === worthOfSeverity('info')) return createdAt + info * dayMs
  return worth === worthOfSeverity('minor') ? createdAt + minor * dayMs : undefined
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
function takeBytes<Row extends { readonly bytes: number }>(rows: readonly Row[], bytes: number): Row[] {
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
