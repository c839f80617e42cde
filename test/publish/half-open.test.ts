/** A link that is dead though both ends are open is found, whether something is on its way or not (fault 32). */
import { afterEach, describe, expect, it, vi } from 'vitest'
import { createLog } from '../../src/kit/log.ts'
import { SecretMask } from '../../src/kit/secrets.ts'
import { Publisher } from '../../src/publish/publisher.ts'
import { sampleInventory, sampleMessage } from '../support/alert-samples.ts'
import { DeafProxy } from '../support/deaf-proxy.ts'
import { Listener } from '../support/listener.ts'
import { MemoryOutbox } from '../support/memory-outbox.ts'
import { Mosquitto, mosquittoPresent } from '../support/mosquitto.ts'

const patient = { timeout: 30_000, interval: 20 }
const never = 3_600

describe.skipIf(!mosquittoPresent)(
  'a link that has gone dead (skipped where mosquitto is not installed)',
  () => {
    const endings: (() => Promise<void>)[] = []
    afterEach(async () => {
      for (const end of endings.splice(0).reverse()) await end()
    })

    async function connected(times: { ackTimeoutMs: number; keepAliveSeconds: number }) {
      const broker = new Mosquitto()
      endings.push(() => broker.dispose())
      await broker.start()
      const link = new DeafProxy(broker.port)
      endings.push(() => link.stop())
      await link.start()
      const outbox = new MemoryOutbox()
      const publisher = new Publisher({
        gateway: { id: 'box-1' },
        broker: { url: link.url, prefix: 'skyeye/v1' },
        outbox,
        announced: outbox,
        cameras: () => [],
        health: () => ({ alive: true }),
        inventory: sampleInventory,
        log: createLog('silent', new SecretMask()),
        backoff: { firstMs: 20, maxMs: 50, healthyAfterMs: 60_000 },
        ...times,
      })
      endings.push(() => publisher.stop())
      await publisher.start()
      outbox.add(sampleMessage())
      publisher.nudge()
      // Presence, inventory and health have gone before: nothing is on its way any more.
      await vi.waitFor(() => expect(outbox.waiting.size).toBe(0), patient)
      const centre = await Listener.start(broker.url)
      endings.push(() => centre.stop())
      await vi.waitFor(() => expect(centre.arrived.length).toBeGreaterThanOrEqual(3), patient)
      return { link, outbox, publisher, centre }
    }

    it('is found by the missing acknowledgement, and what was on its way comes once it lives again', async () => {
      const { link, outbox, publisher, centre } = await connected({
        ackTimeoutMs: 800,
        keepAliveSeconds: never,
      })
      link.deaf = true
      const message = sampleMessage()
      outbox.add(message)
      publisher.nudge()
      await vi.waitFor(
        () => expect(publisher.stats().lastError).toMatch(/acknowledged nothing for 1 s/),
        patient,
      )
      expect(outbox.waiting.size).toBe(1)
      link.deaf = false
      await vi.waitFor(() => expect(outbox.waiting.size).toBe(0), patient)
      const ids = centre.events<{ id: string }>(/\/alerts\//).map(({ id }) => id)
      expect(ids).toEqual([message.id])
    })

    it('is found by the missing answer to a ping where nothing is on its way', async () => {
      const { link, publisher } = await connected({ ackTimeoutMs: never * 1_000, keepAliveSeconds: 1 })
      const { connects } = link
      link.deaf = true
      await vi.waitFor(() => expect(publisher.stats().lastError).toMatch(/answers no ping/), patient)
      link.deaf = false
      await vi.waitFor(() => expect(publisher.stats().connected).toBe(true), patient)
      expect(link.connects).toBeGreaterThan(connects)
    })
  },
)
