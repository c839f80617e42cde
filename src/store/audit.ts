/** The audit log: append-only, each entry's hash covers the one before it, so that a change in the middle shows. */
import { createHash } from 'node:crypto'
import type { Database } from 'better-sqlite3'

/** Kept entries, about 50 MB; beyond them the oldest go, and the base says from where the chain begins. */
export const mostAuditEntries = 100_000

/** What was done, by whom, to what. */
export interface AuditEntry {
  /** Epoch ms. */
  readonly time: number
  readonly actor: { readonly kind: string; readonly name: string }
  /** The verb of a command, or what the gateway did by itself. */
  readonly action: string
  /** Id of the command. */
  readonly command?: string
  /** `done`, or the code of the refusal. */
  readonly outcome: string
  /** What the command said, without the actor. */
  readonly detail: object
}

/** Names one entry and all before it. */
export interface AuditMark {
  readonly sequence: number
  readonly hash: string
}

const usedNumbers = "SELECT seq FROM sqlite_sequence WHERE name = 'audit'"

interface Row extends AuditMark {
  readonly entry: string
}

export class AuditTable {
  readonly #most: number
  readonly #base
  readonly #newest
  readonly #used
  readonly #insert
  readonly #from
  readonly #moveBase
  readonly #delete

  constructor(db: Database, most: number = mostAuditEntries) {
    this.#most = most
    this.#base = db.prepare('SELECT sequence, hash FROM audit_base')
    this.#newest = db.prepare('SELECT sequence, hash FROM audit ORDER BY sequence DESC LIMIT 1')
    this.#used = db.prepare(usedNumbers).pluck()
    this.#insert = db.prepare('INSERT INTO audit (sequence, entry, hash) VALUES (:sequence, :entry, :hash)')
    this.#from = db.prepare('SELECT sequence, hash FROM audit WHERE sequence >= ? ORDER BY sequence LIMIT 1')
    this.#moveBase = db.prepare('UPDATE audit_base SET sequence = :sequence, hash = :hash')
    this.#delete = db.prepare('DELETE FROM audit WHERE sequence <= ?')
  }

  /** Must run inside the transaction of what it tells. */
  append(entry: AuditEntry): AuditMark {
    this.#prune()
    const { sequence: newest, hash } = this.#last()
    // Never a number that was used before: where entries were cut off, the gap stays to be seen.
    const sequence = Math.max(newest, (this.#used.get() as number | undefined) ?? 0) + 1
    const row = { sequence, entry: JSON.stringify(entry) }
    const mark = { sequence, hash: hashOf(hash, row) }
    this.#insert.run({ ...row, ...mark })
    return mark
  }

  #last(): AuditMark {
    return (this.#newest.get() ?? this.#base.get()) as AuditMark
  }

  /** Where it is full a tenth goes at once. */
  #prune(): void {
    const { sequence: base } = this.#base.get() as AuditMark
    if (this.#last().sequence - base < this.#most) return
    const last = this.#from.get(base + Math.ceil(this.#most / 10)) as AuditMark
    this.#moveBase.run(last)
    this.#delete.run(last.sequence)
  }
}

export interface AuditReport {
  /** Entries whose chain holds. */
  readonly entries: number
  /** The chain begins behind this one; 0 = with the first ever. */
  readonly base: number
  readonly newest?: AuditMark
  /** Where it does not hold, and why. */
  readonly broken?: { readonly sequence: number; readonly why: string }
}

/**
 * Walks the chain. `expected`: a mark that somebody kept outside of the box. Without one, entries that were cut off at the
 * end by somebody who also set back the counter of SQLite are not missed, and neither is a chain that was written anew.
 */
export function verifyAudit(
  db: Database,
  expected?: AuditMark,
  most: number = mostAuditEntries,
): AuditReport {
  const base = db.prepare('SELECT sequence, hash FROM audit_base').get() as AuditMark
  let before = base
  let entries = 0
  const report = (why?: string, sequence = before.sequence + 1): AuditReport => ({
    ...{ entries, base: base.sequence },
    ...(entries > 0 ? { newest: { sequence: before.sequence, hash: before.hash } } : {}),
    ...(why === undefined ? {} : { broken: { sequence, why } }),
  })
  let isExpectedSeen = expected === undefined || matches(base, expected)
  for (const row of db.prepare('SELECT sequence, entry, hash FROM audit ORDER BY sequence').iterate()) {
    const { sequence, entry, hash } = row as Row
    if (sequence !== before.sequence + 1) return report('it is missing')
    if (hash !== hashOf(before.hash, { sequence, entry })) return report('it, or one before it, was changed')
    before = { sequence, hash }
    entries++
    if (expected?.sequence !== sequence) continue
    if (expected.hash !== hash) return report('it is not the entry that was expected', sequence)
    isExpectedSeen = true
  }
  // A tenth goes at once, so that nine remain: fewer behind a moved beginning were cut off at the front.
  if (base.sequence > 0 && entries < Math.floor(most * 0.9) - 1) {
    return report(
      `entries before it were taken out: only ${entries} are left behind ${base.sequence}`,
      base.sequence + 1,
    )
  }
  const used = db.prepare(usedNumbers).pluck().get() as number | undefined
  if ((used ?? 0) > before.sequence) return report(`the log ends before it; it once had ${used} entries`)
  if (expected && !isExpectedSeen) {
    const isOlder = expected.sequence <= base.sequence
    const why = isOlder
      ? 'it is no longer kept, so it cannot be compared'
      : 'it was expected and is not there'
    return report(why, expected.sequence)
  }
  return report()
}

function matches(one: AuditMark, other: AuditMark): boolean {
  return one.sequence === other.sequence && one.hash === other.hash
}

/** Over the text as it is stored, so that nothing depends on how JSON is written. */
function hashOf(before: string, { sequence, entry }: { sequence: number; entry: string }): string {
  return createHash('sha256').update(`${before}\n${sequence}\n${entry}`).digest('hex')
}
