/** docs/reference/configuration.md from the schemas of the configuration. */

import type { SchemaNode } from '../../src/config/check.ts'
import { cameraColumns } from '../../src/config/files/cameras-csv.ts'
import { presets } from '../../src/config/rules/presets.ts'
import { ruleFields, scheduleSchema } from '../../src/config/rules/rule-fields.ts'
import { ruleSchemas } from '../../src/config/rules/rule-schema.ts'
import {
  addressSchema,
  cameraDefaultsSchema,
  cameraPresetSchema,
  cameraSchema,
  consentSchema,
  gridSchema,
  lineSchema,
  markSchema,
  placeSchema,
  zoneSchema,
} from '../../src/config/schema/camera-schema.ts'
import { presetSchema } from '../../src/config/schema/preset-schema.ts'
import { rootSchema } from '../../src/config/schema/root.ts'
import { remoteBrokerSchema, voicesSchema } from '../../src/config/schema/sections.ts'
import { cellSchema, spotSchema, workerSchema } from '../../src/config/schema/tables-schema.ts'
import { labels } from '../../src/domain/detection.ts'

const introduction = `# Configuration

One YAML file, read by \`skyeye start\`, \`check\` and \`replay\`. Everything in it is checked before anything starts, and all errors
are said at once, each with file, line and path. Unknown keys are errors. Generated from the schemas in \`src/config/\` by
\`npm run docs\`; \`config/minimal.yaml\` and \`config/full.yaml\` are files to begin with.

- Files named in a file are relative to that file; \`dataDir\` and \`models.dir\` are relative to the folder in which the gateway is started.
- \`\${NAME}\` inside text is replaced by the environment variable; one that is not set is an error. This is how passwords stay out of the file.
- Points are \`[x, y]\`, each 0..1 of the picture, from its top left corner.
- Codes of digits (GB ids, grid codes) are written in quotes, so that YAML does not take them for numbers.
- A file may have 4 MB and is UTF-8, with or without byte order mark.
`

const tables = {
  grid: `One cell of the grid a line, the first line names the columns, in any order. Codes are text, whatever a spreadsheet makes of
them. Every cell but a street has its parent one level up. Example: \`config/grid.csv\`.`,
  places: `One camera or address a line. What stands here replaces \`grid\`, \`address\` and \`place\` of the camera, which must not be told twice; a
camera without a row or position is allowed, and its alerts say so (\`placeMissing\`). Example: \`config/places.csv\`.`,
  workers: `One person and cell a line; \`days\` and \`hours\` are joined by \`;\`. Example: \`config/workers.csv\`.`,
}

export function configDocuments(): Map<string, string> {
  const root = rootSchema as SchemaNode
  const sections = Object.entries(root.properties ?? {})
  const nested = sections.filter(
    ([, schema]) => schema.properties && schema !== root.properties?.cameraDefaults,
  )
  const parts = [
    introduction,
    section('Top level', '', root),
    ...nested.map(([key, schema]) => section(`\`${key}\``, schema.description ?? '', schema)),
    section('`broker`', '`embedded`, or these keys.', remoteBrokerSchema),
    section('`broker.tls`', '', (remoteBrokerSchema as SchemaNode).properties?.tls),
    section('`publish.voices`', undefined, voicesSchema),
    ...Object.entries((voicesSchema as SchemaNode).properties ?? {}).map(([key, voice]) =>
      section(`\`publish.voices.${key}\``, '', voice),
    ),
    section('`cameraDefaults`', undefined, cameraDefaultsSchema),
    section('A camera', 'An entry of `cameras`.', cameraSchema),
    section('`consent` of a camera', undefined, consentSchema),
    section('`grid` of a camera', undefined, gridSchema),
    section('`address` of a camera', undefined, addressSchema),
    section('`place` of a camera', undefined, placeSchema),
    section('A zone', undefined, zoneSchema),
    section('A line', undefined, lineSchema),
    section(
      'A preset of a camera that turns',
      'An entry of `presets` of a camera with `ptz: true`.',
      cameraPresetSchema,
    ),
    section('A point of `calibration`', undefined, markSchema),
    ...rules(),
    section('`schedule` of a rule', undefined, scheduleSchema),
    presetsSection(),
    csv(),
    section('`places.gridFile`, a CSV', tables.grid, cellSchema),
    section('`places.placesFile`, a CSV', tables.places, spotSchema),
    section('`places.workersFile`, a CSV', tables.workers, workerSchema),
  ]
  return new Map([['docs/reference/configuration.md', `${parts.join('\n')}`]])
}

/** The fields that all kinds share are said once, with the defaults of each kind in its own table. */
function rules(): string[] {
  const shared = ruleFields({ labels, severity: 'minor', duty: 'public-order', inertiaMs: 0 }, 'zone')
  const differing = new Set(['labels', 'severity', 'duty', 'inertiaMs'])
  const kinds = Object.entries(ruleSchemas as Record<string, SchemaNode>).map(([kind, schema]) =>
    section(`Rule \`${kind}\``, schema.description, {
      ...schema,
      properties: without(schema, (key) => key in shared && !differing.has(key)),
    }),
  )
  const common = { properties: without({ properties: shared } as SchemaNode, (key) => differing.has(key)) }
  return [...kinds, section('Every rule', 'Keys that a rule of any kind may have beside its own.', common)]
}

function presetsSection(): string {
  const rows = presets.map(({ en, zh, says, place, rule }) => {
    const { kind, ...own } = rule
    const values = Object.entries(own).map(([key, value]) => `${key}: ${JSON.stringify(value)}`)
    return `| \`${en}\`, \`${zh}\` | ${says} | ${place} | \`${[kind, ...values].join(', ')}\` |`
  })
  const table = `| preset | what it watches for | needs a | is the rule |\n|---|---|---|---|\n${rows.join('\n')}`
  const lead =
    'An entry of `presets`: a rule for every camera with the tag, beside those that it has. A camera that has the tag and lacks the zone or line is an error.'
  return `${section('A preset', lead, presetSchema)}\n${table}\n`
}

function without(
  { properties = {} }: SchemaNode,
  drop: (key: string) => boolean,
): Record<string, SchemaNode> {
  return Object.fromEntries(Object.entries(properties).filter(([key]) => !drop(key)))
}

function section(title: string, text: string | undefined, schema: unknown): string {
  const { properties = {}, required = [], description = '' } = schema as SchemaNode
  const rows = Object.entries(properties)
    .flatMap(withInner)
    .map(([key, field]) => {
      const fallback =
        field.default === undefined
          ? required.includes(key) && !hasDefaults(field)
            ? '**required**'
            : ''
          : code(field.default)
      return `| \`${key}\` | ${typeOf(field)} | ${fallback} | ${cell(field.description ?? field.mustBe ?? '')} |`
    })
  const lead = text ?? description
  return `## ${title}\n${lead ? `\n${lead}\n` : ''}\n| key | type | default | description |\n|---|---|---|---|\n${rows.join('\n')}\n`
}

/** A mapping of a few plain keys is told where it stands; a larger one has a section of its own. */
function withInner([key, field]: [string, SchemaNode]): [string, SchemaNode][] {
  const inner = Object.entries(field.properties ?? {})
  const isPlain = field.default !== undefined && inner.every(([, one]) => !one.properties)
  return [
    [key, field],
    ...(isPlain ? inner.map(([name, one]): [string, SchemaNode] => [`${key}.${name}`, one]) : []),
  ]
}

function hasDefaults({ properties, required = [] }: SchemaNode): boolean {
  return properties !== undefined && required.every((key) => properties[key].default !== undefined)
}

function typeOf(schema: SchemaNode): string {
  if (schema.enum) return schema.enum.map(code).join(', ')
  if (schema.const !== undefined) return code(schema.const)
  if (schema.anyOf?.every((variant) => variant.properties)) return 'a rule'
  if (schema.anyOf) return schema.anyOf.map(typeOf).join(' or ')
  if (schema.properties) return 'mapping'
  if (Array.isArray(schema.items)) return 'point `[x, y]`'
  if (schema.items) return `list of ${typeOf(schema.items as SchemaNode)}`
  if (schema.type === 'integer' || schema.type === 'number') {
    return `${schema.type === 'integer' ? 'whole number' : 'number'} ${schema.minimum}..${schema.maximum}`
  }
  return schema.type === 'boolean' ? '`true`, `false`' : 'text'
}

function code(value: unknown): string {
  return `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ')
}

function csv(): string {
  const rows = cameraColumns.map(({ name, path }) => `| \`${name}\` | \`${path.join('.')}\` |`)
  return `## Cameras as CSV

\`camerasFile: cameras.csv\`: the first line names the columns, in any order; \`id\`, \`name\` and \`url\` must be there. Empty cells count as
absent, lists (\`tags\`, \`consentScope\`) are joined by \`;\`, lines that begin with \`#\` are skipped. Zones, lines, masks and rules come from
\`cameraDefaults\`, rules by tag from \`presets\` as well. Save it as UTF-8. Example: \`config/cameras.csv\`.

| column | key of the camera |
|---|---|
${rows.join('\n')}
`
}
