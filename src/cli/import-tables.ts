/** Takes tables in from CSV or XLSX: all are checked together with the configuration, and only written where all is right. */
import { readFile, stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { Config } from '../config/config.ts'
import { readTextFile } from '../config/files/text-file.ts'
import { ConfigError, type Problem } from '../config/problems.ts'
import { namedFiles, type TableName, tableKinds } from '../config/tables/named-files.ts'
import { GatewayError } from '../kit/errors.ts'
import { replaceFiles } from '../places/replace-files.ts'
import { sheetToCsv } from '../places/to-csv.ts'
import { maxFileBytes, readSheets, type Sheet } from '../places/workbook.ts'
import { anyVariable, readConfig } from './setup.ts'

export interface ImportAsked {
  /** Configuration that names the files to be written. */
  readonly config: string
  /** What is taken in: `FILE.csv`, `FILE.xlsx` or `FILE.xlsx#SHEET`. */
  readonly tables: ReadonlyMap<TableName, string>
  /** Only say what is wrong. */
  readonly dryRun: boolean
}

export interface ImportDone {
  /** Every bad row; empty where all is right. Columns are counted from 1. */
  readonly problems: readonly Problem[]
  readonly warnings: readonly Problem[]
  /** Paths that were written. */
  readonly written: readonly string[]
  /** As it is with what was taken in; absent where it was refused. */
  readonly config?: Config
}

interface Taken {
  /** As it was named on the command line. */
  readonly from: string
  /** Absolute. */
  readonly to: string
  readonly text: string
  readonly problems: readonly Problem[]
}

/** @throws GatewayError IMPORT_REFUSED where a file cannot be read at all, USAGE where nothing names the table. */
export async function importTables({ config: path, tables, dryRun }: ImportAsked): Promise<ImportDone> {
  const named = await namedFiles(path)
  const taken: Taken[] = []
  const books = new Map<string, Promise<Sheet[]>>()
  for (const [name, from] of tables) taken.push(await take(name, from, targetOf(name, named, path), books))
  const instead = new Map(taken.map(({ to, text }) => [to, text]))
  const loaded = await readConfig(path, { instead, env: anyVariable }).catch((error: unknown) => {
    if (error instanceof ConfigError) return error
    throw error
  })
  const rename = (problem: Problem): Problem => {
    const source = taken.find(({ to }) => to === resolve(problem.file))
    return source ? { ...problem, file: source.from } : problem
  }
  const own = taken.flatMap(({ problems }) => problems)
  if (loaded instanceof ConfigError)
    return { problems: merged(own, loaded.problems.map(rename)), warnings: [], written: [] }
  const warnings = loaded.warnings.map(rename)
  if (own.length > 0) return { problems: own, warnings, written: [] }
  if (!dryRun) await replaceFiles(taken.map(({ to, text }) => ({ path: to, text })))
  return { problems: [], warnings, written: dryRun ? [] : taken.map(({ to }) => to), config: loaded.config }
}

function targetOf(name: TableName, named: Partial<Record<TableName, string>>, config: string): string {
  const to = named[name]
  if (to !== undefined) return to
  const { key } = tableKinds[name]
  const sentence = `${config} has no ${key} that names a CSV file: add it, so that it is known where to write`
  throw new GatewayError('USAGE', sentence)
}

/** `books`: workbooks that were read before, because several tables may be sheets of one. */
async function take(
  name: TableName,
  from: string,
  to: string,
  books: Map<string, Promise<Sheet[]>>,
): Promise<Taken> {
  const [, file, wanted] = /^(.*\.xlsx)(?:#(.+))?$/i.exec(from) ?? []
  if (file === undefined) {
    const read = await readTextFile(from)
    if ('fault' in read)
      throw new GatewayError('IMPORT_REFUSED', `${from}:${read.line}: the file ${read.fault}`)
    return { from, to, text: read.text, problems: [] }
  }
  const book = books.get(file) ?? readBook(file)
  books.set(file, book)
  const sheet = chooseSheet(await book, wanted, name, file)
  const codes = new Set(tableKinds[name].kind.columns.filter(({ code }) => code).map((column) => column.name))
  const { csv, faults } = sheetToCsv(sheet, (column) => codes.has(column))
  const shown = `${file}#${sheet.name}`
  return { from: shown, to, text: csv, problems: faults.map((fault) => ({ file: shown, ...fault })) }
}

/** The one that was named, else the one with the name of the table, else the only one. */
function chooseSheet(
  sheets: readonly Sheet[],
  wanted: string | undefined,
  table: TableName,
  file: string,
): Sheet {
  const found =
    sheets.find(({ name }) => name === (wanted ?? table)) ??
    (wanted === undefined && sheets.length === 1 ? sheets[0] : undefined)
  if (found) return found
  const names = sheets.map(({ name }) => name).join(', ')
  throw new GatewayError(
    'IMPORT_REFUSED',
    `${file} has no sheet "${wanted ?? table}" (sheets: ${names}); choose one with ${file}#SHEET`,
  )
}

async function readBook(file: string): Promise<Sheet[]> {
  const size = await stat(file).then(
    (found) => (found.isFile() ? found.size : -1),
    () => -1,
  )
  if (size < 0) throw new GatewayError('IMPORT_REFUSED', `${file} is not there, or is no file`)
  // Looked at before it is read, because it may be as large as the disk.
  if (size > maxFileBytes) {
    throw new GatewayError('IMPORT_REFUSED', `${file} has more than ${maxFileBytes / 2 ** 20} MB`)
  }
  return await readSheets(await readFile(file)).catch((error: unknown) => {
    throw error instanceof GatewayError ? new GatewayError(error.code, `${file} ${error.message}`) : error
  })
}

/** One sentence a cell is enough; by file and line. */
function merged(own: readonly Problem[], others: readonly Problem[]): Problem[] {
  const cell = ({ file, line, column }: Problem) => `${file}\n${line}\n${column}`
  const said = new Set(own.map(cell))
  const all = [...own, ...others.filter((problem) => !said.has(cell(problem)))]
  const files = [...new Set(all.map(({ file }) => file))]
  return all.sort(
    (a, b) => files.indexOf(a.file) - files.indexOf(b.file) || a.line - b.line || a.column - b.column,
  )
}
