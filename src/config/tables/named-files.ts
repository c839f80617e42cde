/** Which files a configuration names for cameras and tables, whatever else is right or wrong in it. */
import { dirname, resolve } from 'node:path'
import { camerasTable } from '../files/cameras-csv.ts'
import type { TableKind } from '../files/csv-table.ts'
import { gridTable, placesTable, workersTable } from '../files/tables-csv.ts'
import { readTextFile } from '../files/text-file.ts'
import { parseYamlFile } from '../files/yaml-file.ts'
import { Problems } from '../problems.ts'

export const tableNames = ['grid', 'places', 'workers', 'cameras'] as const
export type TableName = (typeof tableNames)[number]

/** Where the configuration names each table, and what stands in it. */
export const tableKinds: Readonly<Record<TableName, { readonly key: string; readonly kind: TableKind }>> = {
  grid: { key: 'places.gridFile', kind: gridTable },
  places: { key: 'places.placesFile', kind: placesTable },
  workers: { key: 'places.workersFile', kind: workersTable },
  cameras: { key: 'camerasFile', kind: camerasTable },
}

/** Absolute paths of the CSV files that it names; empty where the file cannot be read: loading it says why. */
export async function namedFiles(path: string): Promise<Partial<Record<TableName, string>>> {
  const read = await readTextFile(path)
  if ('fault' in read) return {}
  const value = parseYamlFile(path, read.text, new Problems())?.value
  const named = tableNames.flatMap((name) => {
    const file = tableKinds[name].key
      .split('.')
      .reduce<unknown>((inside, key) => (inside as Record<string, unknown> | null | undefined)?.[key], value)
    return typeof file === 'string' && /\.csv$/i.test(file)
      ? [[name, resolve(dirname(path), file)] as const]
      : []
  })
  return Object.fromEntries(named)
}
