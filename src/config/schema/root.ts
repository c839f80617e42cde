/** The whole configuration file, section by section, and the file that may hold the cameras. */
import Type from 'typebox'
import { cameraDefaultsSchema, cameraSchema } from './camera-schema.ts'
import { path } from './fields.ts'
import { presetSchema } from './preset-schema.ts'
import {
  analysisSchema,
  brokerSchema,
  gatewaySchema,
  httpSchema,
  ingestSchema,
  logSchema,
  modelsSchema,
  publishSchema,
  retentionSchema,
} from './sections.ts'
import { placesSectionSchema } from './tables-schema.ts'

const cameras = Type.Array(cameraSchema, {
  description: 'The cameras, unless `camerasFile` names a file that holds them.',
  maxItems: 5_000,
})

export const rootSchema = Type.Object(
  {
    gateway: gatewaySchema,
    dataDir: path(
      'Folder for database, snapshots and models, relative to the folder in which the gateway is started.',
      { default: './data' },
    ),
    broker: brokerSchema,
    analysis: analysisSchema,
    models: modelsSchema,
    ingest: ingestSchema,
    publish: publishSchema,
    http: httpSchema,
    retention: retentionSchema,
    log: logSchema,
    places: placesSectionSchema,
    presets: Type.Optional(
      Type.Array(presetSchema, {
        description: 'Rules with good defaults, for all cameras with a tag.',
        maxItems: 64,
      }),
    ),
    cameraDefaults: Type.Optional(cameraDefaultsSchema),
    camerasFile: Type.Optional(
      path('YAML (with the key `cameras`) or CSV file with the cameras, relative to this file.'),
    ),
    cameras: Type.Optional(cameras),
  },
  { additionalProperties: false },
)

export const camerasFileSchema = Type.Object({ cameras }, { additionalProperties: false })

export type RawConfig = Type.Static<typeof rootSchema>
