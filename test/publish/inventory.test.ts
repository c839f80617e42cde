/** The inventory on a real broker: retained, told at every connect and whenever it has changed. */
import { afterEach, describe, expect, it, vi } from 'vitest'
import { validateMessage } from '../../src/contract/validate.ts'
import { createLog } from '../../src/kit/log.ts'
import { SecretMask } from '../../src/kit/secrets.ts'
import { Publisher } from '../../src/publish/publisher.ts'
import { sampleCamera, sampleInventory } from '../support/alert-samples.ts'
import { Listener } from '../support/listener.ts'
import { MemoryOutbox } from '../support/memory-outbox.ts'
import { Mosquitto, mosquittoPresent } from '../support/mosquitto.ts'

const patient = { timeout: 20_000, interval: 20 }
const topic = 'skyeye/v1/gateways/box-1/inventory'

interface Told {
  readonly data: { readonly cameras: readonly { readonly id: string }[] }
}

const endings: (() => Promise<void>)[] = []

afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end()
})

async function listen(url: string): Promise<Listener> {
  const listener = await Listener.start(url, topic)
  endings.push(() => listener.stop())
  return listener
}

describe.skipIf(!mosquittoPresent)('the inventory (skipped where mosquitto is not installed)', () => {
  it('is kept by the broker, also by one that lost everything, and follows each change', async () => {
    const mosquitto = new Mosquitto()
    endings.push(() => mosquitto.dispose())
    await mosquitto.start()
    const outbox = new MemoryOutbox()
    let cameras = [sampleCamera]
    const publisher = new Publisher({
      gateway: { id: 'box-1' },
      broker: { url: mosquitto.url, prefix: 'skyeye/v1' },
      outbox,
      announced: outbox,
      cameras: () => [],
      health: () => ({ alive: true }),
      inventory: () => sampleInventory(cameras),
      log: createLog('silent', new SecretMask()),
      backoff: { firstMs: 20, maxMs: 100, healthyAfterMs: 60_000 },
    })
    endings.push(() => publisher.stop())
    await publisher.start()
    const listener = await listen(mosquitto.url)
    const told = () => listener.events<Told>(/./).map(({ data }) => data.cameras.map(({ id }) => id).join())
    await vi.waitFor(() => expect(told()).toEqual(['yard']), patient)

    cameras = [sampleCamera, { ...sampleCamera, id: 'gate' }]
    publisher.inventoryChanged()
    await vi.waitFor(() => expect(told()).toEqual(['yard', 'gate,yard']), patient)
    const latecomer = await listen(mosquitto.url)
    await vi.waitFor(() => expect(latecomer.arrived.map(({ retain }) => retain)).toEqual([true]), patient)
    expect(latecomer.events(/./).flatMap(validateMessage)).toEqual([])

    await mosquitto.kill()
    await mosquitto.start()
    await vi.waitFor(() => expect(told().length).toBeGreaterThan(2), patient)
    expect(told().at(-1)).toBe('gate,yard')
  })
})
