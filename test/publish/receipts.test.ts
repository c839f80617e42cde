/** What the centre confirms, on a real broker and a real database. */
import { connectAsync } from 'mqtt'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { createLog } from '../../src/kit/log.ts'
import { SecretMask } from '../../src/kit/secrets.ts'
import { Publisher } from '../../src/publish/publisher.ts'
import { openRecords, temporaryFolder } from '../store/opened.ts'
import { alertOf, generous, saveOf } from '../store/samples.ts'
import { sampleInventory } from '../support/alert-samples.ts'
import { MemoryOutbox } from '../support/memory-outbox.ts'
import { Mosquitto, mosquittoPresent } from '../support/mosquitto.ts'

const patient = { timeout: 20_000, interval: 20 }

async function scene(receipts: boolean) {
  const broker = new Mosquitto()
  onTestFinished(() => broker.dispose())
  await broker.start()
  const { records, deliveries, opened } = openRecords(temporaryFolder(), generous, receipts)
  const lines: string[] = []
  const publisher = new Publisher({
    gateway: { id: 'box-1' },
    broker: { url: broker.url, prefix: 'skyeye/v1' },
    outbox: {
      next: async (after, limit) => deliveries.next(after, limit),
      urgent: async (after, limit) => deliveries.urgent(after, limit),
      acknowledged: async (rowIds) => deliveries.acknowledged(rowIds),
      parked: async (rowId, why) => deliveries.parked(rowId, why),
      sendAgain: async () => deliveries.sendAgain(),
      confirmed: async (receipt) => deliveries.confirmed(receipt),
    },
    announced: new MemoryOutbox(),
    cameras: () => [],
    health: () => ({ alive: true }),
    inventory: sampleInventory,
    receipts,
    backoff: { firstMs: 50, maxMs: 50, healthyAfterMs: 60_000 },
    log: createLog('info', new SecretMask(), (line) => lines.push(line)),
  })
  onTestFinished(() => publisher.stop())
  const centre = await connectAsync(broker.url, { protocolVersion: 5 })
  onTestFinished(() => centre.endAsync(true))
  const heard: { id: string; expiry: number | undefined }[] = []
  centre.on('message', (_topic, payload, { properties }) => {
    heard.push({ id: JSON.parse(payload.toString()).id, expiry: properties?.messageExpiryInterval })
  })
  await centre.subscribeAsync('skyeye/v1/alerts/#', { qos: 1 })
  const save = (severity: 'info' | 'minor' | 'major' = 'minor') => {
    const { message } = saveOf()
    const body = JSON.stringify({ id: message.id, data: { alert: 'x' } })
    const topic = 'skyeye/v1/alerts/box-1'
    records.saveAlert({ alert: alertOf({ severity }), message: { ...message, topic, body } })
    publisher.nudge()
    return message.id
  }
  const confirm = (receipt: unknown) => {
    const text = typeof receipt === 'string' ? receipt : JSON.stringify(receipt)
    return centre.publishAsync('skyeye/v1/receipts/box-1', text, { qos: 1 })
  }
  const { epoch } = opened.identity
  return { broker, publisher, deliveries, records, centre, heard, lines, save, confirm, epoch }
}

describe.skipIf(!mosquittoPresent)('receipts of the centre (skipped without mosquitto)', () => {
  it('are what makes a message delivered; until then it comes again after each connection, under the same id', async () => {
    const { publisher, records, heard, save, confirm, epoch, broker } = await scene(true)
    const ids = [save(), save(), save()]
    await publisher.start()
    await vi.waitFor(() => expect(records.counts()).toMatchObject({ pending: 0, unconfirmed: 3 }), patient)
    await confirm({ epoch, class: 'alert', sequence: 2 })
    await vi.waitFor(() => expect(records.counts()).toMatchObject({ unconfirmed: 1 }), patient)
    await vi.waitFor(() => expect(heard.map(({ id }) => id)).toEqual(ids), patient)
    await broker.kill()
    await broker.start()
    await vi.waitFor(() => expect(publisher.stats().acknowledged).toBe(4), patient)
    await confirm({ epoch, class: 'alert', sequence: 3 })
    await vi.waitFor(() => expect(records.counts()).toMatchObject({ pending: 0, unconfirmed: 0 }), patient)
  })

  it('change nothing where they make no sense, and the log says so', async () => {
    const { publisher, records, lines, save, confirm, epoch } = await scene(true)
    save()
    await publisher.start()
    await vi.waitFor(() => expect(records.counts()).toMatchObject({ unconfirmed: 1 }), patient)
    await confirm('{"epoch":')
    await vi.waitFor(
      () => expect(lines.join()).toMatch(/receipt was not understood.*|.*it is no JSON/),
      patient,
    )
    await confirm({ epoch, class: 'alert', sequence: 2 })
    await vi.waitFor(() => expect(lines.join()).toMatch(/a number that was never given/), patient)
    expect(records.counts()).toMatchObject({ unconfirmed: 1 })
    await confirm({ epoch, class: 'alert', sequence: 1 })
    await vi.waitFor(() => expect(records.counts()).toMatchObject({ unconfirmed: 0 }), patient)
  })

  it('are not heard where nobody asked for them', async () => {
    const { publisher, records, save, confirm, epoch, deliveries } = await scene(false)
    const id = save()
    await publisher.start()
    await vi.waitFor(() => expect(records.counts()).toMatchObject({ pending: 0, unconfirmed: 0 }), patient)
    await confirm({ epoch, class: 'alert', sequence: 1 })
    // What comes later has been through the same connection.
    const later = save()
    await vi.waitFor(() => expect(deliveries.deliveryOf(later)?.state).toBe('kept'), patient)
    expect(deliveries.deliveryOf(id)?.state).toBe('kept')
  })

  it('leave it to the broker how long a lesser alert is of use', async () => {
    const { publisher, heard, save } = await scene(false)
    const ids = [save('info'), save('minor'), save('major')]
    await publisher.start()
    await vi.waitFor(() => expect(heard).toHaveLength(3), patient)
    const expiry = new Map(heard.map((one) => [one.id, one.expiry]))
    // The clock of the database is another one than that of the sending, both of which are the box's in life.
    expect(ids.map((id) => typeof expiry.get(id))).toEqual(['number', 'number', 'undefined'])
  })
})
