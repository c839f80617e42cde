/** What the centre asks for: command, effect, audit entry and what has to be told stand or fall together. */
import type { Database } from 'better-sqlite3'
import type { Recorded, Verdict } from '../contract/answer-schema.ts'
import { dispositionMessage } from '../contract/disposition-message.ts'
import { toMoment } from '../contract/envelope.ts'
import { type Standing, whyNot } from '../domain/disposition.ts'
import type { Override } from '../domain/override.ts'
import type { AlertTable } from './alerts.ts'
import { AuditTable } from './audit.ts'
import { CommandTable, OverrideTable } from './command-records.ts'
import { DispositionTable } from './dispositions.ts'
import type { Deed, LedgerOperations, NumberRange, Recalled, Replayed, Settlement } from './ledger-ports.ts'
import type { OutboxTable } from './outbox.ts'
import type { ViewTable } from './views.ts'
import { worthOf } from './worth.ts'

/** Pictures that belong to no alert and wait for the broker. */
const mostPictures = 50
const tooManyPictures: Verdict = {
  outcome: 'refused',
  refusal: { code: 'busy', why: `${mostPictures} pictures wait for the broker already` },
}

export interface LedgerShelves {
  readonly db: Database
  readonly alerts: AlertTable
  readonly outbox: OutboxTable
  readonly views: ViewTable
}

/** Sends again, inside the transaction of the command. */
export interface Replaying {
  replay(range: NumberRange): Replayed
}

export class Ledger implements LedgerOperations {
  readonly #shelves: LedgerShelves
  readonly #deliveries: Replaying
  readonly #now: () => number
  readonly #dispositions: DispositionTable
  readonly #commands: CommandTable
  readonly #overrides: OverrideTable
  readonly #audit: AuditTable

  constructor(shelves: LedgerShelves, deliveries: Replaying, now: () => number) {
    this.#shelves = shelves
    this.#deliveries = deliveries
    this.#now = now
    this.#dispositions = new DispositionTable(shelves.db)
    this.#commands = new CommandTable(shelves.db)
    this.#overrides = new OverrideTable(shelves.db)
    this.#audit = new AuditTable(shelves.db)
  }

  recalled(id: string): Recalled | undefined {
    const row = this.#commands.find(id)
    return row && { digest: row.digest, answer: JSON.parse(row.answer) as Recorded }
  }

  settle(settlement: Settlement): Recorded {
    const { command, deed, actor, detail } = settlement
    const now = this.#now()
    return this.#whole(now, () => {
      const known = this.recalled(command.id)
      if (known) return known.answer
      const verdict = this.#do(deed, now)
      const outcome = verdict.refusal?.code ?? 'done'
      const entry = { time: now, actor, action: command.verb, command: command.id, outcome, detail }
      const answer: Recorded = { ...verdict, audit: this.#audit.append(entry) }
      const { id, digest, expiresAt } = command
      if (verdict.outcome === 'done')
        this.#commands.insert({ id, digest, expiresAt, answer: JSON.stringify(answer) })
      return answer
    })
  }

  overrides(): Override[] {
    return this.#overrides.all()
  }

  lapse(): Override[] {
    const now = this.#now()
    return this.#whole(now, () => {
      const lapsed = this.#overrides.lapse(now)
      for (const { until: _, ...detail } of lapsed) {
        const actor = { kind: 'gateway', name: 'clock' }
        this.#audit.append({ time: now, actor, action: 'override-ended', outcome: 'done', detail })
      }
      return lapsed
    })
  }

  #whole<Result>(now: number, work: () => Result): Result {
    return this.#shelves.db
      .transaction(() => {
        this.#commands.prune(now)
        return work()
      })
      .immediate()
  }

  #do(deed: Deed, now: number): Verdict {
    switch (deed.kind) {
      case 'nothing':
        return deed.verdict
      case 'decide':
        return this.#decide(deed, now)
      case 'override': {
        const { camera, rule, until } = deed.override
        if (deed.holds) this.#overrides.put({ camera, rule, until })
        else this.#overrides.delete(camera, rule)
        return deed.verdict
      }
      case 'confirm':
        this.#shelves.views.put(deed.view)
        return deed.verdict
      case 'replay':
        return { outcome: 'done', result: { ...this.#deliveries.replay(deed.range) } }
      case 'picture':
        return this.#picture(deed, now)
    }
  }

  /** So many may wait, and so many are kept for a replay. */
  #picture({ message, jpeg, verdict }: Extract<Deed, { kind: 'picture' }>, now: number): Verdict {
    const { outbox } = this.#shelves
    if (outbox.loosePictures() >= mostPictures) return tooManyPictures
    for (const { rowId } of outbox.doneLoosePictures().slice(mostPictures)) outbox.delete(rowId)
    outbox.insert(message, now, { alert: null, worth: worthOf('snapshot'), picture: jpeg })
    return verdict
  }

  /** In its order: nothing of an alert overtakes what was said of it before. */
  #decide(deed: Extract<Deed, { kind: 'decide' }>, now: number): Verdict {
    const { disposition, seen, origin } = deed
    const { alerts, outbox } = this.#shelves
    const about = alerts.find(disposition.alert)
    if (!about) return refusedAs('not-found', 'no such alert is kept here')
    const standing = this.#dispositions.standing(about.id)
    if (standing.revision !== seen) {
      const why = `you saw revision ${seen}, the alert is at revision ${standing.revision}`
      return refusedAs('conflict', why, standing)
    }
    const fault = whyNot(standing, disposition.state)
    if (fault !== undefined) return refusedAs('not-allowed', fault, standing)
    const revision = seen + 1
    this.#dispositions.insert(disposition, revision, now)
    const message = dispositionMessage({ ...origin, camera: about.camera, time: now }, disposition, revision)
    const urgent = about.severity === 'critical' && !outbox.isBehind(about.id)
    outbox.insert(message, now, { alert: about.id, worth: worthOf('disposition'), urgent })
    const result = { alert: about.id, standing: told(this.#dispositions.standing(about.id)) }
    return { outcome: 'done', result }
  }
}

function refusedAs(code: 'not-found' | 'conflict' | 'not-allowed', why: string, current?: Standing): Verdict {
  return { outcome: 'refused', refusal: { code, why, ...(current ? { current: told(current) } : {}) } }
}

function told({ due, ...standing }: Standing) {
  return { ...standing, ...(due === undefined ? {} : { due: toMoment(due) }) }
}
