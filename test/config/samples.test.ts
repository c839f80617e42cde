/** The samples in config/ load, and the full one really has every key with its default. */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import type { SchemaNode } from '../../src/config/check.ts'
import { loadConfig } from '../../src/config/load.ts'
import { ruleSchemas } from '../../src/config/rules/rule-schema.ts'
import { cameraSchema } from '../../src/config/schema/camera-schema.ts'
import { rootSchema } from '../../src/config/schema/root.ts'
import { remoteBrokerSchema } from '../../src/config/schema/sections.ts'
import { rulesOf } from '../../src/domain/camera.ts'
import { ruleKinds } from '../../src/domain/rule.ts'
import { parseCameraUrl } from '../../src/ingest/address.ts'
import { loadFiles } from './folder.ts'

const sample = (name: string) => fileURLToPath(new URL(`../../config/${name}`, import.meta.url))
const env = { NVR_PASSWORD: 'a@b:c/d', SHOP_PASSWORD: 'open sesame', BROKER_PASSWORD: 'bro ker' }

describe('the samples', () => {
  it.each(['minimal.yaml', 'full.yaml', 'examples/replay.yaml'])(
    '%s loads without a warning',
    async (name) => {
      const { config, warnings } = await loadConfig(sample(name), { env })
      expect(warnings).toEqual([])
      expect(config.cameras.length).toBeGreaterThan(0)
      for (const camera of config.cameras) expect(rulesOf(camera).length).toBeGreaterThan(0)
    },
  )

  it('the camera list loads with codes, places and consent as in YAML', async () => {
    const main = 'gateway: { id: gw-1 }\ncamerasFile: cameras.csv\n'
    const files = { 'skyeye.yaml': main, 'cameras.csv': readFileSync(sample('cameras.csv')) }
    const { config, files: read } = await loadFiles(files, { env })
    const [street, shop] = config.cameras
    expect(street).toMatchObject({
      id: 'riverside-01',
      gbId: '34020000001320000001',
      grid: { street: '340207001000', unit: '3402070010030702' },
      address: { code: '3402010012', text: '滨河路 12 号, 东口' },
      place: { lon: 118.3745, lat: 31.3261 },
      tags: ['road', 'crossing'],
    })
    expect(shop).toMatchObject({ tier: 'shop', enabled: true, consent: { scope: ['alerts', 'snapshots'] } })
    expect(parseCameraUrl(street.url)).toMatchObject({ username: 'admin', password: env.NVR_PASSWORD })
    expect(read.map((file) => file.replace(/^.*\//, ''))).toEqual(['skyeye.yaml', 'cameras.csv'])
  })

  it('minimal.yaml and full.yaml agree on every default of the sections', async () => {
    const minimal = (await loadConfig(sample('minimal.yaml'), { env })).config
    const full = (await loadConfig(sample('full.yaml'), { env })).config
    for (const key of [
      'dataDir',
      'analysis',
      'models',
      'ingest',
      'publish',
      'http',
      'retention',
      'log',
    ] as const) {
      expect(full[key]).toEqual(minimal[key])
    }
  })

  it('full.yaml names every key there is', () => {
    const text = readFileSync(sample('full.yaml'), 'utf8')
    const missing = [rootSchema, remoteBrokerSchema, cameraSchema]
      .flatMap((schema) => keysOf(schema as SchemaNode))
      .filter((key) => !new RegExp(`\\b${key}:`).test(text))
    expect(missing).toEqual([])
  })

  it('full.yaml gives the first camera a rule of every kind with every key but the schedule', () => {
    const { cameras } = parse(readFileSync(sample('full.yaml'), 'utf8'))
    const kinds: SchemaNode[] = Object.values(ruleSchemas)
    expect(kinds.length).toBe(ruleKinds.length)
    for (const { properties = {} } of kinds) {
      const rule = cameras[0].rules.find(({ kind }: { kind: string }) => kind === properties.kind.const)
      const expected = Object.keys(properties).filter((key) => key !== 'name' && key !== 'schedule')
      expect(Object.keys(rule)).toEqual(expect.arrayContaining(expected))
    }
  })
})

function keysOf(schema: SchemaNode): string[] {
  const own = Object.entries(schema.properties ?? {}).flatMap(([key, field]) => [key, ...keysOf(field)])
  const items = schema.items && !Array.isArray(schema.items) ? keysOf(schema.items as SchemaNode) : []
  return [...own, ...items, ...(schema.anyOf ?? []).flatMap(keysOf)]
}
