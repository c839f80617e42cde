/** The outbox as whoever stands at the box sees it, and what he may do about it. */
import type { OutboxFacts } from './http/ports.ts'
import type { Publisher } from './publish/publisher.ts'
import type { Store } from './store/store.ts'

export async function outboxFacts(
  store: Pick<Store, 'held' | 'parkedDeliveries'>,
  { connected, lastError }: OutboxFacts['broker'],
): Promise<OutboxFacts> {
  const [classes, parked] = await Promise.all([store.held(), store.parkedDeliveries()])
  return { classes, parked, broker: { connected, lastError } }
}

/** The relay has passed the place where they stand, so it is told to begin anew with the oldest. */
export async function requeue(
  id: string | undefined,
  store: Pick<Store, 'requeue'>,
  publisher: Pick<Publisher, 'rewind'>,
): Promise<number> {
  const requeued = await store.requeue(id)
  if (requeued > 0) publisher.rewind()
  return requeued
}
