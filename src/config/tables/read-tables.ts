/** Reads the tables that the configuration names, and checks them against each other. */
import { createHash } from 'node:crypto'
import { dirname, join } from 'node:path'
import type { TSchema } from 'typebox'
import type { Tables } from '../../domain/place.ts'
import { checkValue } from '../check.ts'
import { parseTable, type TableKind } from '../files/csv-table.ts'
import { gridTable, placesTable, workersTable } from '../files/tables-csv.ts'
import type { TextFile } from '../files/text-file.ts'
import type { Problems, SourceFile } from '../problems.ts'
import {
  gridFileSchema,
  placesFileSchema,
  type RawCell,
  type RawPlaces,
  type RawSpot,
  type RawWorker,
  workersFileSchema,
} from '../schema/tables-schema.ts'
import { type CheckedGrid, checkGrid } from './grid.ts'
import { type CheckedPlaces, checkPlaces } from './places.ts'
import type { ReadTable } from './rows.ts'
import { checkWorkers, toWorkers } from './workers.ts'

/** Digits of the digest of a table that become its version where it tells none. */
const versionDigits = 12

export interface TablesAsked {
  readonly main: SourceFile
  readonly section: Partial<RawPlaces>
  readonly readText: (file: string) => Promise<TextFile>
  readonly problems: Problems
  readonly warnings: Problems
}

export interface CheckedTables {
  readonly grid?: CheckedGrid
  readonly places?: CheckedPlaces
  /** As the configuration hands them over; good only where there was no problem. */
  readonly tables: Tables
}

export async function readTables(asked: TablesAsked): Promise<CheckedTables> {
  const { section, problems, warnings } = asked
  const suffix = suffixOf(asked)
  const cells = await readTable<RawCell>(asked, 'gridFile', gridTable, gridFileSchema)
  const spots = await readTable<RawSpot>(asked, 'placesFile', placesTable, placesFileSchema)
  const workers = await readTable<RawWorker>(asked, 'workersFile', workersTable, workersFileSchema)
  const grid = cells && checkGrid(cells, suffix, problems, warnings)
  // What refers to a grid that could not be read at all is not told one by one that it is missing.
  const unread = !cells && section.gridFile !== undefined
  const places = spots && !unread ? checkPlaces(spots, grid, problems) : undefined
  if (workers && !unread) checkWorkers(workers, grid, problems)
  if (workers && section.gridFile === undefined) {
    problems.add(asked.main, ['places', 'workersFile'], 'needs the table of the grid: name it with gridFile')
  }
  const tables: Tables = {
    ...(grid ? { grid: { version: grid.version, cells: grid.cells } } : {}),
    ...(places ? { places: { version: places.version } } : {}),
    workers: workers && problems.count === 0 ? toWorkers(workers.rows as RawWorker[]) : [],
  }
  return { ...(grid ? { grid } : {}), ...(places ? { places } : {}), tables }
}

/** The whole of what stands behind the division must fit; a pattern that is none is a problem. */
function suffixOf({ main, section, problems }: TablesAsked): RegExp {
  try {
    return new RegExp(`^(?:${section.suffix ?? ''})$`)
  } catch {
    problems.add(main, ['places', 'suffix'], 'is not a regular expression')
    return /^/
  }
}

async function readTable<Raw>(
  { main, section, readText, problems }: TablesAsked,
  key: 'gridFile' | 'placesFile' | 'workersFile',
  kind: TableKind,
  schema: TSchema,
): Promise<ReadTable<Raw> | undefined> {
  const name = section[key]
  if (name === undefined || problems.has(main, ['places', key])) return undefined
  const file = join(dirname(main.file), name)
  const read = await readText(file)
  if ('fault' in read) {
    const place = read.line === 1 ? undefined : { line: read.line, column: 1 }
    if (place)
      problems.add(
        { file, value: undefined, at: () => place, atKey: () => place },
        [],
        `the file ${read.fault}`,
      )
    else problems.add(main, ['places', key], `the file ${read.fault}`)
    return undefined
  }
  const source = parseTable(kind, file, read.text, problems)
  if (!source) return undefined
  const checked = checkValue(schema, source, problems) as Record<string, Partial<Raw>[]> | undefined
  if (!checked?.[kind.key]) return undefined
  const digest = createHash('sha256').update(read.text).digest('hex').slice(0, versionDigits)
  return { source, key: kind.key, rows: checked[kind.key].map((row) => row ?? {}), digest }
}
