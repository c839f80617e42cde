/** The inventory of a running gateway is what its configuration says, also after it was loaded again. */
import { afterEach, beforeEach, expect, it } from 'vitest'
import { validateMessage } from '../../src/contract/validate.ts'
import { Bench, password, until } from './bench.ts'

let bench: Bench

beforeEach(async () => {
  bench = await Bench.make()
})

afterEach(() => bench.stop())

interface Inventory {
  readonly type: string
  readonly data: {
    readonly version: string
    readonly epoch: string
    readonly models: readonly { readonly name: string; readonly sha256: string }[]
    readonly cameras: readonly { readonly id: string; readonly name: string; readonly enabled: boolean }[]
  }
}

const inventories = () =>
  bench.arrived
    .filter(({ topic }) => topic === 'skyeye/v1/gateways/gw/inventory')
    .map(({ payload }) => JSON.parse(payload.toString()) as Inventory)

it('names cameras, rules, models and the epoch of the alerts, follows a change and says nothing where nothing changed', async () => {
  const yard = await bench.camera('yard', { grid: { unit: '0113' } })
  const off = await bench.camera('off', { enabled: false })
  const gateway = await bench.start(yard, off)
  await until(() => expect(inventories()).toHaveLength(1))
  await until(() => expect(bench.told('yard')).toEqual(['began']))
  const [{ data }] = inventories()
  expect(data.cameras).toMatchObject([
    { id: 'off', enabled: false },
    {
      ...{ id: 'yard', name: 'camera yard', enabled: true, grid: { unit: '0113', street: '_' } },
      rules: [{ kind: 'intrusion', zone: 'all', labels: ['person'], scheduled: false }],
    },
  ])
  expect(data.version).toBe('0.0.0-test')
  expect(data.epoch).toBe(bench.alerts('yard')[0].epoch)
  expect(data.models.map(({ name }) => name)).toEqual(bench.alerts('yard')[0].data.models)

  await gateway.reload(await bench.config(yard, off))
  await gateway.reload(await bench.config({ ...yard, name: '东门' }))
  await until(() => expect(inventories().at(-1)?.data.cameras).toMatchObject([{ name: '东门' }]))
  expect(inventories()).toHaveLength(2)
  for (const inventory of inventories()) {
    expect(validateMessage(inventory)).toEqual([])
    expect(JSON.stringify(inventory)).not.toMatch(/rtsp:|viewer/)
    expect(JSON.stringify(inventory)).not.toContain(password)
  }
})
