/** Carries the outbox to the broker: oldest first, and forgets a delivery only after the broker's acknowledgement. */
import { finishMessage } from '../contract/alert-message.ts'
import { type Log, oncePer } from '../kit/log.ts'
import { sleep } from '../kit/retry.ts'
import { Acknowledgements } from './acknowledgements.ts'
import { Bell } from './bell.ts'
import { Forbidden } from './forbidden.ts'
import { notAuthorised, type Outcome } from './outcome.ts'
import type { Delivery, Outbox } from './ports.ts'
import type { Publication, Session, SessionEnd } from './session.ts'

/** The store rings; this catches what a ring may have missed. */
const pollMs = 5_000

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
  readonly #inFlight = new Set<Promise<void>>()
  /** Deliveries that made trouble, by rowId; there are no more of them than were in flight at once. */
  readonly #strikes = new Map<number, number>()
  #more = true
  /** Begin anew with the oldest once nothing is in flight, after so many ms. */
  #rewindAfterMs: number | undefined
  /** One at a time, until the broker takes something again: so the one that cuts the connection is known. */
  #careful = false
  #accepted = 0
  #lost: Delivery[] = []
  #sent = 0
  #acknowledged = 0
  #parked = 0
  #deferred = 0

  constructor(outbox: Outbox, log: Log, forbiddenMs: number) {
    this.#forbidden = new Forbidden(forbiddenMs)
    this.#outbox = outbox
    this.#log = log
    this.#acknowledgements = new Acknowledgements(outbox, log)
  }

  /** The store has saved something. */
  nudge(): void {
    this.#more = true
    this.#bell.ring()
  }

  counts(): RelayCounts {
    return {
      inFlight: this.#inFlight.size,
      sent: this.#sent,
      acknowledged: this.#acknowledged,
      parked: this.#parked,
      deferred: this.#deferred,
    }
  }

  /** Waits until everything has left, or the signal fires. */
  async drain(signal: AbortSignal): Promise<void> {
    while (!signal.aborted && (this.#more || this.#inFlight.size > 0 || this.#acknowledgements.waiting > 0)) {
      await sleep(10, signal)
    }
  }

  /** Sends until the session is over. What was in flight then is sent again in the next one. */
  async run(session: Session): Promise<void> {
    this.#more = true
    this.#rewindAfterMs = undefined
    this.#accepted = 0
    this.#lost = []
    let after = 0
    while (!session.over.aborted) {
      if (this.#forbidden.dueMs === 0) {
        this.#forbidden.clear()
        this.#rewindAfterMs ??= 0
      }
      if (this.#rewindAfterMs !== undefined && this.#inFlight.size === 0) {
        await sleep(this.#rewindAfterMs, session.over)
        this.#rewindAfterMs = undefined
        this.#more = true
        after = 0
      }
      after = await this.#fill(session, after)
      if (this.#inFlight.size === 0 && (this.#more || this.#rewindAfterMs !== undefined)) continue
      await this.#bell.wait(Math.min(pollMs, this.#forbidden.dueMs), session.over)
      if (this.#inFlight.size === 0) this.#more = true
      this.#acknowledgements.flush()
    }
    await Promise.all(this.#inFlight)
    await this.#judge(session.over.reason as SessionEnd)
  }

  /** Tops up what is in flight, in gulps of half the window. Returns the rowId of the newest sent. */
  async #fill(session: Session, after: number): Promise<number> {
    const limit = this.#careful ? 1 : session.limit
    const room = limit - this.#inFlight.size
    if (!this.#more || this.#rewindAfterMs !== undefined || room < limit / 2) return after
    this.#more = false
    let batch: Delivery[]
    try {
      batch = await this.#outbox.next(after, room)
    } catch (error) {
      this.#grumble('next', () => this.#log.error({ err: error }, 'the outbox cannot be read; trying again'))
      await sleep(pauseMs, session.over)
      this.nudge()
      return after
    }
    if (batch.length > 0) this.#more = true
    for (const delivery of batch) {
      if (this.#acknowledgements.has(delivery.rowId) || this.#forbidden.has(delivery)) continue
      this.#send(session, delivery)
    }
    return batch.at(-1)?.rowId ?? after
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
    const sending = session
      .publish(publication)
      .then((outcome) => this.#hear(delivery, outcome))
      .finally(() => {
        this.#inFlight.delete(sending)
        this.#bell.ring()
      })
    this.#inFlight.add(sending)
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

/** @throws SyntaxError where the body is no JSON. */
function toPublication(delivery: Delivery, now: number): Publication {
  const { id, epoch, sequence, topic, contentType, body, sha256 } = delivery
  if (typeof body === 'string') {
    return {
      topic,
      contentType,
      retain: false,
      payload: finishMessage(body, { epoch, sequence, sentAt: now }),
    }
  }
  const userProperties = {
    id,
    epoch,
    class: delivery.class,
    sequence: String(sequence),
    ...(sha256 === undefined ? {} : { sha256 }),
  }
  const payload = Buffer.from(body.buffer, body.byteOffset, body.byteLength)
  return { topic, contentType, retain: false, payload, userProperties }
}
