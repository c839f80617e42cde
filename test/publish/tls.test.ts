/** Encryption is all or nothing: a certificate that is wrong stops the sending and says so (fault 33). */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { createLog } from '../../src/kit/log.ts'
import { SecretMask } from '../../src/kit/secrets.ts'
import { Publisher } from '../../src/publish/publisher.ts'
import { sampleInventory, sampleMessage } from '../support/alert-samples.ts'
import { type Authority, makeAuthority, makeCertificate } from '../support/certificates.ts'
import { MemoryOutbox } from '../support/memory-outbox.ts'
import { Mosquitto, mosquittoPresent } from '../support/mosquitto.ts'

const patient = { timeout: 20_000, interval: 20 }

describe.skipIf(!mosquittoPresent)(
  'an encrypted connection (skipped where mosquitto is not installed)',
  () => {
    const folder = mkdtempSync(join(tmpdir(), 'skyeye-tls-'))
    const endings: (() => Promise<void>)[] = []
    let ours: Authority
    let strange: Authority

    beforeAll(() => {
      ours = makeAuthority(folder, 'ours')
      strange = makeAuthority(folder, 'strange')
    })

    afterEach(async () => {
      for (const end of endings.splice(0).reverse()) await end()
    })

    afterAll(() => rmSync(folder, { recursive: true, force: true }))

    async function encrypted(certificate: Authority): Promise<Mosquitto> {
      const { cert, key } = certificate
      const config = ['allow_anonymous true', `certfile ${cert}`, `keyfile ${key}`]
      const broker = new Mosquitto({ scheme: 'mqtts', config })
      endings.push(() => broker.dispose())
      await broker.start()
      return broker
    }

    async function attempt(url: string, tls: { ca?: string }) {
      const outbox = new MemoryOutbox()
      outbox.add(sampleMessage())
      const publisher = new Publisher({
        gateway: { id: 'box-1' },
        broker: { url, prefix: 'skyeye/v1', tls },
        outbox,
        announced: outbox,
        cameras: () => [],
        health: () => ({ alive: true }),
        inventory: sampleInventory,
        log: createLog('silent', new SecretMask()),
        backoff: { firstMs: 20, maxMs: 50, healthyAfterMs: 60_000 },
      })
      endings.push(() => publisher.stop())
      await publisher.start()
      return { publisher, outbox }
    }

    async function expectRefused(url: string, tls: { ca?: string }, why: RegExp): Promise<void> {
      const { publisher, outbox } = await attempt(url, tls)
      await vi.waitFor(() => expect(publisher.stats().lastError).toMatch(why), patient)
      await delay(200)
      expect(publisher.stats()).toMatchObject({ connected: false, connects: 0, sent: 0 })
      expect(outbox.waiting.size).toBe(1)
    }

    it('is used where the authority is the one that was configured', async () => {
      const { url } = await encrypted(makeCertificate(folder, 'good', ours, 'IP:127.0.0.1'))
      const { publisher, outbox } = await attempt(url, { ca: ours.cert })
      await vi.waitFor(() => expect(outbox.waiting.size).toBe(0), patient)
      expect(publisher.stats()).toMatchObject({ connected: true, protocol: 5 })
    })

    it('is refused under another authority, or one that nobody configured', async () => {
      const { url } = await encrypted(makeCertificate(folder, 'foreign', strange, 'IP:127.0.0.1'))
      await expectRefused(url, { ca: ours.cert }, /certificate is not accepted/)
      await expectRefused(url, {}, /certificate is not accepted/)
    })

    it('is refused for another name', async () => {
      const { url } = await encrypted(makeCertificate(folder, 'other', ours, 'DNS:elsewhere.example'))
      await expectRefused(url, { ca: ours.cert }, /certificate is not accepted/)
    })

    it('is refused with a certificate that has expired', async () => {
      const certificate = makeCertificate(folder, 'expired', ours, 'IP:127.0.0.1', 0)
      await delay(1_100)
      const { url } = await encrypted(certificate)
      await expectRefused(url, { ca: ours.cert }, /certificate is not accepted \(.*expired/)
    })

    it('never falls back to plain text', async () => {
      const plain = new Mosquitto({ scheme: 'mqtts' })
      endings.push(() => plain.dispose())
      await plain.start()
      await expectRefused(plain.url, { ca: ours.cert }, /./)
    })

    it('says which file cannot be read', async () => {
      await expectRefused(
        'mqtts://127.0.0.1:1',
        { ca: join(folder, 'absent.pem') },
        /broker\.tls\.ca: .*absent\.pem/,
      )
    })
  },
)
