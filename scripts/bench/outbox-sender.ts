/** The gateway's side of bench:outbox, in a process of its own: fills the outbox, then drains it while critical alerts come. */
import { setTimeout as delay } from 'node:timers/promises'
import { createLog } from '../../src/kit/log.ts'
import { SecretMask } from '../../src/kit/secrets.ts'
import { Publisher } from '../../src/publish/publisher.ts'
import { Store } from '../../src/store/store.ts'
import { saveOf } from './outbox-messages.ts'

/** Saves under way at once: as many as share a commit. */
const together = 32
const criticalEveryMs = 250
const retention = {
  ...{ alertDays: 30, snapshotDays: 7, snapshotMaxBytes: 2 ** 30, coverageDays: 7, trackDays: 7 },
  ...{
    quotaBytes: { alert: 2 ** 30, disposition: 2 ** 25, track: 2 ** 25, count: 2 ** 25 },
    expiryDays: { info: 7, minor: 30 },
  },
}
const origin = { gateway: 'bench', prefix: 'skyeye/v1' }

export interface Sent {
  readonly commitsPerSecond: number
  readonly replayPerSecond: number
  readonly rssGrowthMb: number
  /** Ids of all messages that were committed. */
  readonly ids: readonly string[]
  /** When each critical one was committed, epoch ms. */
  readonly critical: readonly (readonly [id: string, at: number])[]
}

const [dir, url, messages] = process.argv.slice(2)
const log = createLog('warn', new SecretMask())
const store = new Store({ dir, retention, origin, log })
const ids: string[] = []
const critical: [string, number][] = []
const megabytes = () => process.memoryUsage().rss / 2 ** 20

async function commit(count: number): Promise<number> {
  let next = 0
  const startedAt = performance.now()
  const save = async () => {
    while (next < count) {
      const one = saveOf(next++, 'minor')
      await store.saveAlert(one)
      ids.push(one.message.id)
    }
  }
  await Promise.all(Array.from({ length: together }, save))
  return (count * 1_000) / (performance.now() - startedAt)
}

async function drain(publisher: Publisher, count: number): Promise<{ perSecond: number; peakMb: number }> {
  let peakMb = 0
  let criticalAt = performance.now() + criticalEveryMs
  const startedAt = performance.now()
  await publisher.start()
  while (publisher.stats().acknowledged < count) {
    peakMb = Math.max(peakMb, megabytes())
    if (performance.now() >= criticalAt) {
      criticalAt += criticalEveryMs
      const one = saveOf(critical.length, 'critical')
      await store.saveAlert(one)
      critical.push([one.message.id, performance.timeOrigin + performance.now()])
      ids.push(one.message.id)
      publisher.nudge()
    }
    await delay(20)
  }
  return { perSecond: (count * 1_000) / (performance.now() - startedAt), peakMb }
}

await store.start()
const count = Number(messages)
const commitsPerSecond = await commit(count)
const outbox = { outbox: store, announced: store }
const publisher = new Publisher({
  ...{ gateway: { id: 'bench' }, broker: { url, prefix: 'skyeye/v1' }, ...outbox, log },
  cameras: () => [],
  health: () => ({ alive: true }),
  inventory: () => ({ version: 'bench', epoch: store.epoch, models: [], cameras: [] }),
})
const beforeMb = megabytes()
const { perSecond, peakMb } = await drain(publisher, count)
await publisher.stop()
const sent: Sent = {
  ...{ commitsPerSecond, replayPerSecond: perSecond, rssGrowthMb: peakMb - beforeMb, ids, critical },
}
process.send?.(sent, () => void store.stop().then(() => process.disconnect?.()))
