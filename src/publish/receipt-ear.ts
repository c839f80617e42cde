/** Hears from the centre what it has stored, and lets the outbox forget it. */
import { type Receipt, readReceipt } from '../contract/receipt.ts'
import { receiptTopic } from '../contract/topics.ts'
import { type Log, oncePer } from '../kit/log.ts'
import type { Outbox } from './ports.ts'
import type { Session } from './session.ts'

/** Receipts that wait for the disk. Those beyond are dropped: a later one covers them. */
const mostWaiting = 32

export interface ReceiptEarOptions {
  readonly gateway: string
  /** Beginning of every topic. */
  readonly prefix: string
  readonly outbox: Pick<Outbox, 'confirmed'>
  readonly log: Log
}

export class ReceiptEar {
  readonly #options: ReceiptEarOptions
  readonly #grumble = oncePer(10_000)

  constructor(options: ReceiptEarOptions) {
    this.#options = options
  }

  /** For this session. */
  async listen(session: Session): Promise<void> {
    const { prefix, gateway, log } = this.#options
    const outcome = await session.listen({
      filters: [receiptTopic(prefix, gateway)],
      mostWaiting,
      hear: ({ payload }) => this.#hear(readReceipt(payload)),
      dropped: () => undefined,
    })
    if (outcome.kind === 'refused') {
      log.error(
        { why: outcome.why },
        'the broker forbids to hear receipts, so nothing is ever delivered: mend its access list',
      )
    }
  }

  async #hear(receipt: Receipt | string): Promise<void> {
    const { log, outbox } = this.#options
    if (typeof receipt === 'string') {
      this.#grumble('malformed', () =>
        log.warn({ why: receipt }, 'a receipt was not understood and changes nothing'),
      )
      return
    }
    try {
      const forgotten = await outbox.confirmed(receipt)
      if (forgotten !== undefined) return
      this.#grumble('unknown', () =>
        log.warn({ receipt }, 'a receipt confirms a number that was never given: it changes nothing'),
      )
    } catch (error) {
      this.#grumble('store', () =>
        log.error({ err: error }, 'a receipt could not be written; a later one covers it'),
      )
    }
  }
}
