/** Encryption is all or nothing: a certificate that is wrong stops the sending and says so (fault 33). */
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { createServer } from 'node:tls'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { createLog } from '../../src/kit/log.ts'
import { SecretMask } from '../../src/kit/secrets.ts'
import type { BrokerOptions } from '../../src/publish/ports.ts'
import { probeBroker } from '../../src/publish/probe.ts'
import { Publisher } from '../../src/publish/publisher.ts'
import { sampleInventory, sampleMessage } from '../support/alert-samples.ts'
import {
  type Authority,
  lockKey,
  makeAuthority,
  makeCertificate,
  opensslPresent,
} from '../support/certificates.ts'
import { MemoryOutbox } from '../support/memory-outbox.ts'
import { Mosquitto, mosquittoPresent } from '../support/mosquitto.ts'

type Tls = NonNullable<BrokerOptions['tls']>

const patient = { timeout: 20_000, interval: 20 }

describe.skipIf(!mosquittoPresent || !opensslPresent)(
  'an encrypted connection (skipped where mosquitto or openssl is not installed)',
  () => {
    const folder = mkdtempSync(join(tmpdir(), 'skyeye-tls-'))
    const endings: (() => Promise<void>)[] = []
    const lines: string[] = []
    let ours: Authority
    let strange: Authority

    beforeAll(() => {
      ours = makeAuthority(folder, 'ours')
      strange = makeAuthority(folder, 'strange')
    })

    afterEach(async () => {
      for (const end of endings.splice(0).reverse()) await end()
      lines.length = 0
    })

    afterAll(() => rmSync(folder, { recursive: true, force: true }))

    async function encrypted(certificate: Authority, ...more: string[]): Promise<Mosquitto> {
      const { cert, key } = certificate
      const config = ['allow_anonymous true', `certfile ${cert}`, `keyfile ${key}`, ...more]
      const broker = new Mosquitto({ scheme: 'mqtts', config })
      endings.push(() => broker.dispose())
      await broker.start()
      return broker
    }

    async function attempt(url: string, tls: Tls | undefined) {
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
        log: createLog('warn', new SecretMask(), (line) => lines.push(line)),
        backoff: { firstMs: 20, maxMs: 50, healthyAfterMs: 60_000 },
      })
      endings.push(() => publisher.stop())
      await publisher.start()
      return { publisher, outbox }
    }

    /** It is refused, says why in state, log and `check --connect`, and sends nothing. */
    async function expectRefused(url: string, tls: Tls | undefined, why: RegExp): Promise<void> {
      const { publisher, outbox } = await attempt(url, tls)
      await vi.waitFor(() => expect(publisher.stats().lastError).toMatch(why), patient)
      expect(lines.join()).toMatch(why)
      const probed = await probeBroker({ url, prefix: 'skyeye/v1', tls }, 'box-1')
      expect(probed).toEqual({ why: expect.stringMatching(why) })
      expect(publisher.stats()).toMatchObject({ connected: false, connects: 0, sent: 0 })
      expect(outbox.waiting.size).toBe(1)
    }

    it('is used where the authority is the one that was configured', async () => {
      const { url } = await encrypted(makeCertificate(folder, 'good', ours, 'IP:127.0.0.1'))
      const { publisher, outbox } = await attempt(url, { ca: ours.cert })
      await vi.waitFor(() => expect(outbox.waiting.size).toBe(0), patient)
      expect(publisher.stats()).toMatchObject({ connected: true, protocol: 5 })
    })

    it('that will end soon with a certificate is said to, while it works', async () => {
      const served = makeCertificate(folder, 'short', ours, 'IP:127.0.0.1', 13)
      const { url } = await encrypted(served)
      const { publisher } = await attempt(url, { ca: ours.cert })
      await vi.waitFor(() => expect(publisher.stats().connected).toBe(true), patient)
      const { broker = 0, box } = publisher.stats().validUntil ?? {}
      expect(Math.round((broker - Date.now()) / 86_400_000)).toBe(13)
      expect(box).toBeUndefined()
      expect(lines.join()).toMatch(/the certificate of the broker expires on \d{4}-\d\d-\d\d/)
      const account = { url, prefix: 'skyeye/v1', tls: { ca: ours.cert } }
      expect(await probeBroker(account, 'box-1')).toMatchObject({
        warnings: [expect.stringMatching(/expires on/)],
      })
    })

    it('is refused under another authority, or one that nobody configured', async () => {
      const { url } = await encrypted(makeCertificate(folder, 'foreign', strange, 'IP:127.0.0.1'))
      await expectRefused(
        url,
        { ca: ours.cert },
        /is not accepted .*: broker\.tls\.ca \(.*ours\.pem\) has to hold/,
      )
      await expectRefused(url, {}, /is not accepted .*: no authority that is known here signed it/)
    })

    it('is refused for another name', async () => {
      const { url } = await encrypted(makeCertificate(folder, 'other', ours, 'DNS:elsewhere.example'))
      await expectRefused(url, { ca: ours.cert }, /is for another name \(.*\): write the name/)
    })

    it('is refused with a certificate that has expired', async () => {
      const certificate = makeCertificate(folder, 'expired', ours, 'IP:127.0.0.1', 0)
      await delay(1_100)
      const { url } = await encrypted(certificate)
      await expectRefused(
        url,
        { ca: ours.cert },
        /has expired: renew it at the broker, or the clock of this box is wrong \(it says 20/,
      )
    })

    it('never falls back to plain text', async () => {
      const plain = new Mosquitto({ scheme: 'mqtts' })
      endings.push(() => plain.dispose())
      await plain.start()
      await expectRefused(plain.url, { ca: ours.cert }, /no TLS there \(.*\): check the port in broker\.url/)
    })

    it('is asked for where a port for it is spoken to in plain text', async () => {
      const { url } = await encrypted(makeCertificate(folder, 'good', ours, 'IP:127.0.0.1'))
      await expectRefused(
        url.replace('mqtts:', 'mqtt:'),
        undefined,
        /if that is a port for TLS, write mqtts:\/\//,
      )
    })

    it('is refused where the broker speaks nothing newer than TLS 1.1', async () => {
      const { cert, key } = makeCertificate(folder, 'old', ours, 'IP:127.0.0.1')
      const old = createServer({
        ...{ cert: readFileSync(cert), key: readFileSync(key), ciphers: 'DEFAULT:@SECLEVEL=0' },
        ...{ minVersion: 'TLSv1', maxVersion: 'TLSv1.1' },
      }).listen(0, '127.0.0.1')
      endings.push(async () => void old.close())
      await once(old, 'listening')
      const url = `mqtts://127.0.0.1:${(old.address() as AddressInfo).port}`
      await expectRefused(url, { ca: ours.cert }, /no TLS that is still safe: have it offer TLS 1\.2/)
    })

    describe('with a certificate of the box', () => {
      const wanted = () =>
        encrypted(
          makeCertificate(folder, 'server', ours, 'IP:127.0.0.1'),
          `cafile ${ours.cert}`,
          'require_certificate true',
        )

      it('is used where the broker knows who signed it', async () => {
        const { cert, key } = makeCertificate(folder, 'box', ours, 'DNS:box-1')
        const { url } = await wanted()
        const { publisher, outbox } = await attempt(url, { ca: ours.cert, cert, key })
        await vi.waitFor(() => expect(outbox.waiting.size).toBe(0), patient)
        expect(publisher.stats().validUntil?.box).toBeGreaterThan(Date.now())
      })

      it('is refused without one', async () => {
        const { url } = await wanted()
        await expectRefused(url, { ca: ours.cert }, /wants a certificate of this box: give broker\.tls\.cert/)
      })

      it('is refused with one that somebody else signed', async () => {
        const { cert, key } = makeCertificate(folder, 'stranger', strange, 'DNS:box-1')
        const { url } = await wanted()
        const why =
          /does not accept the certificate of this box \(unknown ca\): .*stranger\.pem\) has to be signed/
        await expectRefused(url, { ca: ours.cert, cert, key }, why)
      })

      it('is refused with one that has expired', async () => {
        const { cert, key } = makeCertificate(folder, 'late', ours, 'DNS:box-1', 0)
        await delay(1_100)
        const { url } = await wanted()
        const why = /does not accept the certificate of this box \(certificate expired\): renew .*late\.pem/
        await expectRefused(url, { ca: ours.cert, cert, key }, why)
      })

      it('is not even tried with files that do not fit', async () => {
        const { cert, key } = makeCertificate(folder, 'box', ours, 'DNS:box-1')
        const { ca, url } = { ca: ours.cert, url: 'mqtts://127.0.0.1:1' }
        const garbage = join(folder, 'garbage.pem')
        writeFileSync(garbage, 'not a certificate\n')
        const locked = lockKey(folder, 'locked', { cert, key })
        await expectRefused(
          url,
          { ca, cert, key: ours.key },
          /broker\.tls\.key: .* is not the key of .*box\.pem/,
        )
        await expectRefused(
          url,
          { ca, cert, key: locked },
          /broker\.tls\.key: .*locked\.key is protected by a password/,
        )
        await expectRefused(url, { ca, cert, key: cert }, /broker\.tls\.key: .* holds no private key/)
        await expectRefused(url, { ca, cert: key, key }, /broker\.tls\.cert: .* holds no certificate/)
        await expectRefused(url, { ca: garbage }, /broker\.tls\.ca: .*garbage\.pem holds no certificate/)
      })
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
