/** `skyeye places`: takes in the tables of the grid from CSV or XLSX, and says who answers for a cell. */
import { parseArgs } from 'node:util'
import type { TableName } from '../config/tables/named-files.ts'
import { pathOf } from '../domain/place.ts'
import { GatewayError } from '../kit/errors.ts'
import { whoAnswers } from '../places/responsible.ts'
import { importAndTell } from './import-report.ts'
import type { Io } from './io.ts'
import { defaultConfigPath, readConfig } from './setup.ts'
import { table } from './table.ts'

const help = `skyeye places import [--grid FILE] [--places FILE] [--workers FILE] [--config FILE] [--dry-run] [--json]
skyeye places who CELL [--config FILE] [--json]

import  Takes in tables of the grid and writes them where the configuration names them (places.gridFile, .placesFile, .workersFile).
        They are checked together with the configuration first: every bad row is said with line and column, and where there is one,
        nothing is written. A running gateway takes them over by itself.
who     Says where a cell is, and who answers for it now: its own workers, else those of the nearest cell around it.

A FILE is a CSV, an XLSX (its sheet named grid, places or workers, or its only one), or FILE.xlsx#SHEET.
Columns: docs/reference/configuration.md.

  --grid FILE     cells: code, name, level, parent, version
  --places FILE   cameras and addresses: camera, addressCode, addressText, lon, lat, unit, version
  --workers FILE  who answers for a cell: cell, role, name, contact, days, hours, timeZone
  --config FILE   configuration (default: ${defaultConfigPath})
  --dry-run       only say what is wrong
  --json          one JSON document instead of text
  --help          this text`

/** Exit status: 0 good, 1 refused or nobody found, 2 misuse. */
export async function places(args: string[], io: Io): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
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
  const [verb, cell, ...more] = positionals
  const { config, json } = values
  if (verb === 'import' && cell === undefined && tables.size > 0)
    return await importAndTell({ config, tables, dryRun: values['dry-run'] }, json, io)
  if (verb === 'who' && cell !== undefined && more.length === 0 && tables.size === 0)
    return await who(cell, config, json, io)
  throw new GatewayError('USAGE', `import which table, or who for which cell?\n\n${help}`)
}

async function who(code: string, path: string, json: boolean, io: Io): Promise<number> {
  const { tables } = (await readConfig(path)).config
  const grid = pathOf(new Map(tables.grid?.cells.map((cell) => [cell.code, cell])), code)
  const found = whoAnswers(tables, code, Date.now())
  if (json) io.out(JSON.stringify({ grid, ...found }))
  else if (!grid) io.err(`no cell "${code}" in the grid`)
  else {
    io.out(
      Object.entries(grid)
        .map(([level, cell]) => `${level} ${cell}`)
        .join(', '),
    )
    if (!found) io.err('nobody answers for it, nor for a cell around it')
    else for (const line of table(rows(found))) io.out(line)
  }
  return found ? 0 : 1
}

function rows({ cell, workers }: NonNullable<ReturnType<typeof whoAnswers>>): string[][] {
  const heading = ['cell', 'role', 'name', 'contact', 'now']
  return [
    heading,
    ...workers.map(({ worker: { role, name, contact }, reachable }) => [
      ...[`${cell.code} ${cell.name}`, role, name, contact, reachable ? 'reachable' : 'not in these hours'],
    ]),
  ]
}
