/** What a gateway consists of: its cameras with their places and rules, its models and its versions. */
import Type, { type Static } from 'typebox'
import { tiers } from '../domain/camera.ts'
import { labels } from '../domain/detection.ts'
import { modelTiers } from '../domain/model-tier.ts'
import { duties, severities } from '../domain/rule.ts'
import { address, grid, place, placeMissing, placesVersion } from './alert-schema.ts'
import { stateEvent } from './envelope.ts'

export const inventoryType = 'skyeye.gateway.inventory'

const name = (description: string) => Type.String({ description, minLength: 1, maxLength: 200 })

const rule = Type.Object({
  name: name('As alerts call it; unique within the camera.'),
  kind: Type.String({ description: 'As in alerts.', pattern: '^[a-z]+(-[a-z]+)*$' }),
  severity: Type.Enum([...severities]),
  duty: Type.Enum([...duties], { description: 'Who answers for its alerts.' }),
  labels: Type.Array(Type.Enum([...labels]), { description: 'What it looks for.' }),
  zone: Type.Optional(name('Zone it watches.')),
  line: Type.Optional(name('Line it watches.')),
  scheduled: Type.Boolean({ description: 'Is it armed at certain hours only?' }),
  enabled: Type.Optional(
    Type.Boolean({ description: 'False where a command has switched it off; absent otherwise.' }),
  ),
})

const camera = Type.Object({
  id: name('Unique within the gateway; as in topics and alerts.'),
  name: name('For people.'),
  tier: Type.Enum([...tiers], {
    description: '`public` street (天眼), `shop` shop or village (村眼), `household` (户眼).',
  }),
  enabled: Type.Boolean({ description: 'False: it is configured and not read.' }),
  gbId: Type.Optional(Type.String({ description: 'GB/T 28181 id.', pattern: '^[0-9]{20}$' })),
  grid,
  address: Type.Optional(address),
  place: Type.Optional(place),
  placeMissing: Type.Optional(placeMissing),
  tags: Type.Array(Type.String(), { description: 'As configured, for grouping.' }),
  rules: Type.Array(rule, { description: 'Of a camera that turns: those of all its presets.' }),
  presets: Type.Optional(
    Type.Array(
      Type.Object({
        name: name('As the state of the camera calls it.'),
        rules: Type.Array(name('Name of a rule.'), { description: 'Those in force while it stands there.' }),
      }),
      { description: 'Where a camera that turns comes to rest; absent for one that stands still.' },
    ),
  ),
})

const model = Type.Object({
  name: name('As alerts call it.'),
  sha256: Type.String({ description: 'Of its weights.', pattern: '^[0-9a-f]{64}$' }),
  tasks: Type.Array(Type.String(), {
    description: 'What it can be used for: `objects`, `faces`; more may be added.',
  }),
})

export const inventoryData = Type.Object(
  {
    version: name('Of the program of the gateway.'),
    name: Type.Optional(name('Of this box, for people.')),
    site: Type.Optional(name('Where this box stands, for people.')),
    epoch: Type.String({
      description: 'Of the database of the box: the one that numbered events carry from now on.',
      minLength: 1,
      maxLength: 64,
    }),
    tier: Type.Optional(
      Type.Enum([...modelTiers], {
        description: 'Of its models; absent where they were named one by one.',
      }),
    ),
    models: Type.Array(model),
    gridVersion: Type.Optional(
      name(
        'Of the table of the grid. Absent where the gateway has none and the codes are those of the configuration.',
      ),
    ),
    placesVersion: Type.Optional(placesVersion),
    cameras: Type.Array(camera, { description: 'All that are configured, in the order of their ids.' }),
  },
  {
    $id: 'urn:skyeye:v1:inventory-data',
    title: 'Data of an inventory',
    description:
      'Never how a camera is reached: addresses in the network and accounts stay in the box. Within v1 fields are only added: ignore those you do not know.',
  },
)

export type InventoryData = Static<typeof inventoryData>

export const inventoryEvent = stateEvent({
  $id: 'urn:skyeye:v1:inventory',
  title: 'Inventory of a gateway',
  description: 'Retained; sent at every connect and when cameras or the tables that place them have changed.',
  types: [inventoryType],
  data: inventoryData,
  dataschema: 'urn:skyeye:v1:inventory-data',
})
