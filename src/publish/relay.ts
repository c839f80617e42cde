/** Carries the outbox to the broker: what is urgent, then the oldest; and forgets a delivery only after the broker's acknowledgement. */
import { setImmediate } from 'node:timers/promises'
import { type Log, oncePer } from '../kit/log.ts'
import { sleep } from '../kit/retry.ts'
import { Acknowledgements } from './acknowledgements.ts'
import { Bell } from './bell.ts'
import { Forbidden } from './forbidden.ts'
import { Lanes } from './lanes.ts'
import { notAuthorised, type Outcome } from './outcome.ts'
import { Pace } from './pace.ts'
import type { Delivery, Outbox } from './ports.ts'
import { toPublication } from './publication.ts'
import type { Publication, Session, SessionEnd } from './session.ts'

/** The store rings; this catches what a ring may have missed. */
const pollMs = 5_000

/** For waits that nothing cuts short. */
const never = new AbortController().signal

/** Pause after the broker asked for one, or the store failed. */
const pauseMs = 2_000

/** Refusals without a clear reason, or connections that the broker closed over one message alone, before it is parked. */
const mostStrikes = 5

/** Connections that broke over one message alone: more, because the link may be to blame and not the message. */
const mostBreaks = 12

export interface RelayCounts {
  readonly inFlight: number
  /** Sendings, repeats included. */
  readonly sent: number
  readonly acknowledged: number
  readonly parked: number
  /** Refused or forbidden for now and sent again. */
  readonly deferred: number
}

export class Relay {
  readonly #outbox: Outbox
  readonly #log: Log
  readonly #bell = new Bell()
  readonly #forbidden: Forbidden
  readonly #acknowledgements: Acknowledgements
  readonly #grumble = oncePer(10_000)
  #inFlight = 0
  /** Deliveries that made trouble, by rowId; there are no more of them than were in flight at once. */
  readonly #strikes = new Map<number, number>()
  readonly #lanes: Lanes
  readonly #pace: Pace
  /** Begin anew with the oldest once nothing is in flight, after so many ms. */
  #rewindAfterMs: number | undefined
  /** One at a time, until the broker takes something again: so the one that cuts the connection is known. */
  #careful = false
  #polledAt = 0
  #accepted = 0
  #lost: Delivery[] = []
  #sent = 0
  #acknowledged = 0
  #parked = 0
  #deferred = 0

  /** `drainPerSecond`: of what is not urgent; 0 = no limit. */
  constructor(
    outbox: Outbox,
    log: Log,
    { forbiddenMs, drainPerSecond }: { readonly forbiddenMs: number; readonly drainPerSecond: number },
  ) {
    this.#lanes = new Lanes(outbox)
    this.#pace = new Pace(drainPerSecond)
    this.#forbidden = new Forbidden(forbiddenMs)
    this.#outbox = outbox
    this.#log = log
    this.#acknowledgements = new Acknowledgements(outbox, log)
  }

  /** The store has saved something. */
  nudge(): void {
    this.#lanes.nudge()
    this.#bell.ring()
  }

  /** Older messages wait again: they are sent before newer ones. */
  rewind(): void {
    this.#rewindAfterMs ??= 0
    this.#bell.ring()
  }

  counts(): RelayCounts {
    return {
      inFlight: this.#inFlight,
      sent: this.#sent,
      acknowledged: this.#acknowledged,
      parked: this.#parked,
      deferred: this.#deferred,
    }
  }

  /** Waits until everything has left, or the signal fires. */
  async drain(signal: AbortSignal): Promise<void> {
    const isDone = () => this.#lanes.isDry && this.#inFlight === 0 && this.#acknowledgements.waiting === 0
    while (!signal.aborted && !isDone()) await sleep(10, signal)
  }

  /** Sends until the session is over. What was in flight then is sent again in the next one. */
  async run(session: Session): Promise<void> {
    this.#rewindAfterMs = undefined
    this.#accepted = 0
    this.#lost = []
    await this.#takeUnconfirmed()
    await this.#lanes.rewind()
    while (!session.over.aborted) {
      await this.#rewindIfDue(session)
      this.#readAhead(session)
      this.#fill(session)
      const { dueMs } = this.#forbidden
      await this.#bell.wait(Math.min(pollMs, dueMs, this.#pace.dueMs || pollMs), session.over)
      // What one packet of the network acknowledged is answered together.
      await setImmediate()
      this.#acknowledgements.flush()
      this.#poll()
    }
    while (this.#inFlight > 0) await this.#bell.wait(pollMs, never)
    await this.#judge(session.over.reason as SessionEnd)
  }

  /** The broker may have died with them. */
  async #takeUnconfirmed(): Promise<void> {
    // What the last session acknowledged is written first, or it would be marked as sent after it was to be sent again.
    await this.#acknowledgements.written()
    try {
      await this.#outbox.sendAgain()
    } catch (error) {
      this.#grumble('again', () =>
        this.#log.error(
          { err: error },
          'what was not confirmed is not sent again before the next connection',
        ),
      )
    }
  }

  /** What was deferred or forbidden comes again, and in its order, once nothing is in flight. */
  async #rewindIfDue(session: Session): Promise<void> {
    if (this.#forbidden.dueMs === 0) {
      this.#forbidden.clear()
      this.#rewindAfterMs ??= 0
    }
    if (this.#rewindAfterMs === undefined || this.#inFlight > 0) return
    await sleep(this.#rewindAfterMs, session.over)
    this.#rewindAfterMs = undefined
    await this.#lanes.rewind()
  }

  #poll(): void {
    if (performance.now() - this.#polledAt < pollMs) return
    this.#polledAt = performance.now()
    this.#lanes.nudge()
  }

  /** While others are in flight, so that neither the disk nor the link waits for the other. */
  #readAhead(session: Session): void {
    void this.#lanes
      .refill()
      ?.catch((error) => {
        this.#grumble('next', () =>
          this.#log.error({ err: error }, 'the outbox cannot be read; trying again'),
        )
        return sleep(pauseMs, session.over)
      })
      .then(() => this.#bell.ring())
  }

  #fill(session: Session): void {
    const limit = this.#careful ? 1 : session.limit
    while (this.#rewindAfterMs === undefined && this.#inFlight < limit) {
      const urgent = this.#lanes.takeUrgent()
      const delivery = urgent ?? (this.#pace.dueMs === 0 ? this.#lanes.takeOther() : undefined)
      if (!delivery) return
      if (this.#acknowledgements.has(delivery.rowId) || this.#forbidden.has(delivery)) continue
      if (!urgent) this.#pace.spend()
      this.#send(session, delivery)
    }
  }

  #send(session: Session, delivery: Delivery): void {
    let publication: Publication
    try {
      publication = toPublication(delivery, Date.now())
    } catch (error) {
      void this.#park(delivery, `the message cannot be read: ${(error as Error).message}`)
      return
    }
    this.#sent++
    this.#inFlight++
    void session
      .publish(publication)
      .then((outcome) => this.#hear(delivery, outcome))
      .finally(() => {
        this.#inFlight--
        this.#bell.ring()
      })
  }

  async #hear(delivery: Delivery, outcome: Outcome): Promise<void> {
    const { rowId } = delivery
    if (outcome.kind === 'accepted') {
      this.#accepted++
      this.#acknowledged++
      this.#careful = false
      this.#strikes.delete(rowId)
      this.#acknowledgements.add(rowId)
    } else if (outcome.kind === 'lost') {
      this.#lost.push(delivery)
    } else if (outcome.verdict === 'forbidden') {
      this.#forbid(delivery)
    } else if (outcome.verdict === 'final' || (outcome.verdict === 'unclear' && this.#strike(rowId))) {
      await this.#park(delivery, outcome.why)
    } else {
      this.#deferred++
      this.#rewindAfterMs = pauseMs
      this.#grumble('later', () => this.#log.warn({ why: outcome.why }, 'the broker asks for a pause'))
    }
  }

  /** After a session that took nothing: find out whether one message is to blame. */
  async #judge({ by, why, code }: SessionEnd): Promise<void> {
    if (this.#accepted > 0 || this.#lost.length === 0) return
    this.#careful = true
    const [alone, another] = this.#lost
    if (another || by === 'us') return
    if (code === notAuthorised) return this.#forbid(alone)
    const most = by === 'broker' ? mostStrikes : mostBreaks
    if (this.#strike(alone.rowId, most)) {
      await this.#park(alone, `${why}, the last of ${most} times over this message alone`)
    }
  }

  /** Nothing is given up over an access list: it may be a mistake, and those are mended. */
  #forbid(delivery: Delivery): void {
    this.#deferred++
    this.#forbidden.add(delivery)
    const { topic } = delivery
    this.#grumble('forbidden', () =>
      this.#log.error({ topic }, 'the broker forbids this topic: its messages wait; mend its access list'),
    )
  }

  /** True when it is one too many. */
  #strike(rowId: number, most = mostStrikes): boolean {
    const strikes = (this.#strikes.get(rowId) ?? 0) + 1
    this.#strikes.set(rowId, strikes)
    return strikes >= most
  }

  async #park({ rowId, id, topic }: Delivery, why: string): Promise<void> {
    this.#strikes.delete(rowId)
    this.#log.error({ id, topic, why }, 'the broker will not take this message: it is parked')
    try {
      await this.#outbox.parked(rowId, why)
      this.#parked++
    } catch (error) {
      this.#rewindAfterMs = pauseMs
      this.#grumble('park', () => this.#log.error({ err: error }, 'a message could not be parked'))
    }
  }
}
