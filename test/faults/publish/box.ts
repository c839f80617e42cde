/** A box on the bench: a real database and the publisher, without the thread, on a clock and a disk that the test rules. */
import { onTestFinished } from 'vitest'
import { createLog } from '../../../src/kit/log.ts'
import { SecretMask } from '../../../src/kit/secrets.ts'
import type { Outbox } from '../../../src/publish/ports.ts'
import { Publisher } from '../../../src/publish/publisher.ts'
import type { Records } from '../../../src/store/records.ts'
import { openRecords, temporaryFolder } from '../../store/opened.ts'
import { alertOf, generous } from '../../store/samples.ts'
import { sampleCamera, sampleInventory, sampleMessage } from '../../support/alert-samples.ts'
import { MemoryOutbox } from '../../support/memory-outbox.ts'

/** One alert as it was committed. */
export interface Committed {
  readonly id: string
  readonly camera: string
  readonly sequence: number
}

export interface Numbered {
  readonly id: string
  readonly sequence: number
}

function outboxOf({ deliveries }: Records): Outbox {
  return {
    next: async (after, limit) => deliveries.next(after, limit),
    urgent: async (after, limit) => deliveries.urgent(after, limit),
    acknowledged: async (rowIds) => deliveries.acknowledged(rowIds),
    parked: async (rowId, why) => deliveries.parked(rowId, why),
    sendAgain: async () => deliveries.sendAgain(),
    confirmed: async (receipt) => deliveries.confirmed(receipt),
  }
}

/** `receipts`: are they required? */
export function boxAt(url: string, { receipts = false } = {}) {
  const opened = openRecords(temporaryFolder(), generous, receipts)
  const { records } = opened
  const publisher = new Publisher({
    gateway: { id: 'box-1' },
    broker: { url, prefix: 'skyeye/v1' },
    ...{ outbox: outboxOf(records), receipts },
    announced: new MemoryOutbox(),
    cameras: () => [],
    health: () => ({ alive: true }),
    inventory: sampleInventory,
    log: createLog('silent', new SecretMask()),
    // Longer than a subscriber takes to come back: what a broker without memory hears before that, nobody does.
    backoff: { firstMs: 1_500, maxMs: 1_500, healthyAfterMs: 60_000 },
    connectTimeoutMs: 2_000,
    ackTimeoutMs: 800,
  })
  onTestFinished(() => publisher.stop())
  const committed: Committed[] = []
  const refused: string[] = []
  /** Saves alerts, the cameras in turn; what the disk refuses is not committed. */
  const save = (count: number, padding = 0) => {
    for (let i = 0; i < count; i++) {
      const camera = `camera-${i % 5}`
      const sample = sampleMessage({ camera }, { ...sampleCamera, id: camera })
      const event = JSON.parse(sample.body)
      const body = JSON.stringify({ ...event, data: { ...event.data, padding: 'p'.repeat(padding) } })
      const message = { ...sample, camera, body }
      const [saved] = records.saveAll([{ alert: alertOf({ camera, zone: 'z'.repeat(padding) }), message }])
      if (saved instanceof Error) refused.push(message.id)
      else committed.push({ id: message.id, camera, sequence: saved.sequence })
    }
    publisher.nudge()
  }
  /** Ids of the messages that the outbox still holds, oldest first. */
  const waiting = () =>
    opened.opened.db
      .prepare("SELECT id FROM outbox WHERE state = 'waiting' ORDER BY row_id")
      .pluck()
      .all() as string[]
  return { ...opened, publisher, committed, refused, save, waiting }
}

/** The first arrival of each id: what a consumer that stores by id has. */
export function stored<Event extends Numbered>(events: readonly Event[]): Event[] {
  return [...new Map(events.toReversed().map((event) => [event.id, event])).values()].toReversed()
}
