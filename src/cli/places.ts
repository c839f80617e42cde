/** `skyeye places import`: takes in the tables of the grid from CSV or XLSX. */
import { parseArgs } from 'node:util'
import type { TableName } from '../config/tables/named-files.ts'
import { GatewayError } from '../kit/errors.ts'
import { importAndTell } from './import-report.ts'
import type { Io } from './io.ts'
import { defaultConfigPath } from './setup.ts'

const help = `skyeye places import [--grid FILE] [--places FILE] [--workers FILE] [--config FILE] [--dry-run] [--json]

Takes in tables of the grid and writes them where the configuration names them (places.gridFile, .placesFile, .workersFile). They are checked
together with the configuration first: every bad row is said with line and column, and where there is one, nothing is written. A
running gateway takes them over by itself.

A FILE is a CSV, an XLSX (its sheet named grid, places or workers, or its only one), or FILE.xlsx#SHEET. Columns: docs/reference/configuration.md.

  --grid FILE     cells: code, name, level, parent, version
  --places FILE   cameras and addresses: camera, addressCode, addressText, lon, lat, unit, version
  --workers FILE  who answers for a cell: cell, role, name, contact, days, hours, timeZone
  --config FILE   configuration (default: ${defaultConfigPath})
  --dry-run       only say what is wrong
  --json          one JSON document instead of text
  --help          this text`

/** Exit status: 0 written, 1 refused, 2 misuse. */
export async function places([verb, ...args]: string[], io: Io): Promise<number> {
  const { values } = parseArgs({
    args: verb === 'import' ? args : [verb ?? '', ...args].filter(Boolean),
    options: {
      grid: { type: 'string' },
      places: { type: 'string' },
      workers: { type: 'string' },
      config: { type: 'string', default: defaultConfigPath },
      'dry-run': { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) {
    io.out(help)
    return 0
  }
  const tables = new Map<TableName, string>()
  for (const name of ['grid', 'places', 'workers'] as const) {
    const file = values[name]
    if (file !== undefined) tables.set(name, file)
  }
  if (verb !== 'import' || tables.size === 0) throw new GatewayError('USAGE', `which table?\n\n${help}`)
  return await importAndTell({ config: values.config, tables, dryRun: values['dry-run'] }, values.json, io)
}
