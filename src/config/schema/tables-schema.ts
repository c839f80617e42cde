/** Schemas of the tables beside the configuration (grid, places, workers), row by row, and of the section that names them. */
import Type from 'typebox'
import { cellLevels, workerRoles } from '../../domain/place.ts'
import { scheduleSchema } from '../rules/rule-fields.ts'
import { code, text } from './fields.ts'

const closed = { additionalProperties: false } as const
const mostRows = 20_000

const table = (description: string) =>
  Type.Optional(
    Type.String({
      description,
      pattern: '\\.[cC][sS][vV]$',
      maxLength: 1_024,
      mustBe: 'the path of a CSV file (an XLSX is taken in by skyeye places import)',
    }),
  )

export const placesSectionSchema = Type.Object(
  {
    gridFile: table('CSV file with the cells of the grid, relative to this file.'),
    placesFile: table('CSV file that says where each camera is, relative to this file.'),
    workersFile: table('CSV file that says who answers for a cell, relative to this file.'),
    suffix: Type.String({
      description:
        "Regular expression for what follows the 12 digits of the division in the code of a residents' group or grid unit.",
      default: '[0-9]{1,8}',
      minLength: 1,
      maxLength: 100,
      mustBe: 'a regular expression of 1 to 100 characters',
    }),
  },
  { ...closed, description: 'The tables of the grid; imported by `skyeye places import`.' },
)

const version = Type.Optional(
  Type.String({
    description:
      'Version of the table, the same in every row that has one; absent everywhere = a digest of the file. It is in every alert.',
    pattern: '^[0-9A-Za-z][0-9A-Za-z._-]{0,39}$',
    mustBe: 'letters, digits, . _ -; 1 to 40 characters that begin with a letter or digit',
  }),
)

export const cellSchema = Type.Object(
  {
    code: code(
      'Code of the cell: 12 digits of the division for a street or community; for a group or unit those and what `places.suffix` allows.',
    ),
    name: text('Name of the cell for people.'),
    level: Type.Integer({
      description: '2 street (sub-district), 3 community, 4 residents’ group, 5 grid unit.',
      minimum: cellLevels.street,
      maximum: cellLevels.unit,
    }),
    parent: Type.Optional(code('Code of the cell around it, one level up; empty for a street.')),
    version,
  },
  { ...closed, description: 'A cell of the grid.' },
)

export const spotSchema = Type.Object(
  {
    camera: Type.Optional(
      Type.String({
        description: 'Id of the camera; empty for an address without one.',
        pattern: '^[a-z0-9][a-z0-9-]{0,39}$',
        mustBe: 'the id of a camera: lower-case letters, digits and hyphens',
      }),
    ),
    addressCode: Type.Optional(code('Code of the standard address.')),
    addressText: Type.Optional(text('The address for people.', 200)),
    lon: Type.Optional(Type.Number({ description: 'Degrees east, WGS-84.', minimum: -180, maximum: 180 })),
    lat: Type.Optional(Type.Number({ description: 'Degrees north, WGS-84.', minimum: -90, maximum: 90 })),
    unit: Type.Optional(
      code('Code of the grid unit, or of the group, community or street where no smaller cell is known.'),
    ),
    version,
  },
  { ...closed, description: 'An address, where it is, and the camera that is there.' },
)

const { days, hours, timeZone } = scheduleSchema.properties

export const workerSchema = Type.Object(
  {
    cell: code('Code of the cell.'),
    role: Type.Enum([...workerRoles], { description: 'Leader, worker or informant of the cell.' }),
    name: text('Name.'),
    contact: text('Where they are reached: a number, an address. Never published nor logged.'),
    days,
    hours,
    timeZone,
  },
  { ...closed, description: 'Somebody who answers for a cell.' },
)

const rows = <T extends Type.TSchema>(schema: T) => Type.Array(schema, { maxItems: mostRows })

export const gridFileSchema = Type.Object({ cells: rows(cellSchema) }, closed)
export const placesFileSchema = Type.Object({ places: rows(spotSchema) }, closed)
export const workersFileSchema = Type.Object({ workers: rows(workerSchema) }, closed)

export type RawPlaces = Type.Static<typeof placesSectionSchema>
export type RawCell = Type.Static<typeof cellSchema>
export type RawSpot = Type.Static<typeof spotSchema>
export type RawWorker = Type.Static<typeof workerSchema>
