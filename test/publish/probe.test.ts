/** The installer's last look: is the broker there, does it take the account, which MQTT does it speak? */
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { EmbeddedBroker } from '../../src/publish/embedded-broker.ts'
import { probeBroker } from '../../src/publish/probe.ts'
import { freePort, Mosquitto, mosquittoPresent } from '../support/mosquitto.ts'

const endings: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const end of endings.splice(0)) await end()
})
const prefix = 'skyeye/v1'

it('says why where no broker is', async () => {
  const url = `mqtt://127.0.0.1:${await freePort()}`
  expect(await probeBroker({ url, prefix }, 'gw')).toEqual({ why: expect.stringContaining('ECONNREFUSED') })
})

it.each(['mqtt', 'mqtts'])(
  'says so where something listens and says nothing to %s',
  { timeout: 30_000 },
  async (scheme) => {
    const silent = createServer().listen(0, '127.0.0.1')
    endings.push(async () => void silent.close())
    await once(silent, 'listening')
    const url = `${scheme}://127.0.0.1:${(silent.address() as AddressInfo).port}`
    const why = expect.stringContaining('does not answer: check the port in broker.url')
    expect(await probeBroker({ url, prefix }, 'gw')).toEqual({ why })
  },
)

it('finds 3.1.1 where 5 is refused', async () => {
  const broker = new EmbeddedBroker({ port: 0 })
  await broker.start()
  endings.push(() => broker.stop())
  expect(await probeBroker({ url: broker.url, prefix }, 'gw')).toEqual({ protocol: '3.1.1', warnings: [] })
})

describe.skipIf(!mosquittoPresent)('mosquitto (skipped where it is not installed)', () => {
  it('speaks 5, and a wrong port for TLS is said to be one', async () => {
    const broker = new Mosquitto()
    endings.push(() => broker.dispose())
    await broker.start()
    expect(await probeBroker({ url: broker.url, prefix }, 'gw')).toEqual({ protocol: '5', warnings: [] })
    const url = broker.url.replace('mqtt:', 'mqtts:')
    expect(await probeBroker({ url, prefix }, 'gw')).toEqual({
      why: expect.stringMatching(/no TLS there .*: check the port/),
    })
  })

  it('refuses an account it does not know, and the sentence says what to check', async () => {
    const broker = new Mosquitto({ config: ['allow_anonymous false'] })
    endings.push(() => broker.dispose())
    await broker.start()
    const account = { url: broker.url, prefix, username: 'nobody', password: 'wrong' }
    expect(await probeBroker(account, 'gw')).toEqual({
      why: expect.stringContaining('check broker.username and broker.password'),
    })
  })
})
