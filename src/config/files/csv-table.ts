/** A table as CSV: each row becomes a mapping as YAML would give it, and each cell keeps its line and column. */
import { CsvError, parse } from 'csv-parse/sync'
import type { Path, Place, Problems, SourceFile } from '../problems.ts'
import { quoted } from '../quote.ts'
import { didYouMean } from '../suggest.ts'

/** A column of a table: where its cell goes in the row's mapping, and how its text is read. */
export interface Column {
  readonly name: string
  readonly path: readonly string[]
  readonly read: (text: string) => unknown
  /** A code: digits that are no number, so that a spreadsheet must hold it as text. */
  readonly code?: boolean
}

/** What is not a number or a yes stays text, and the check of the value then says what was expected. */
export const readAs = {
  plain: (text: string) => text,
  words: (text: string) => text.split(/[;\s]+/).filter(Boolean),
  number: (text: string) => (/^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text),
  yesNo: (text: string) =>
    new Map<string, unknown>([
      ['true', true],
      ['yes', true],
      ['false', false],
      ['no', false],
    ]).get(text.toLowerCase()) ?? text,
} as const

export interface TableKind {
  /** Key of the list of rows in the value that comes out. */
  readonly key: string
  /** What stands in the rows, for sentences: `the cameras`. */
  readonly rows: string
  readonly columns: readonly Column[]
}

interface Row {
  readonly record: string[]
  /** The line on which the row ends. */
  readonly line: number
}

/**
 * Parses a table. Its faults go to `problems`; a row with too many or too few cells is left out, so that the others can
 * still be checked. Undefined where nothing useful could be read.
 */
export function parseTable(
  kind: TableKind,
  file: string,
  text: string,
  problems: Problems,
): SourceFile | undefined {
  const start: Place = { line: 1, column: 1 }
  const whole = { file, value: undefined, at: () => start, atKey: () => start }
  const say = (message: string, place: Place) => problems.add(whole, [], message, place)
  const rows = readRows(text, (message, line) => say(message, { line, column: 1 }))
  if (!rows) return undefined
  const [header, ...body] = rows
  const names = kind.columns.map(({ name }) => name)
  if (!header) {
    say(`is empty; its first line names the columns: ${names.join(',')}`, start)
    return undefined
  }
  const columns = columnsOf(kind, header, say)
  if (!columns) return undefined
  const rowsThatFit = body.filter(({ record, line }) => {
    if (record.length === columns.length) return true
    const message = `has ${record.length} cells where the first line has ${columns.length}; put a cell that contains a comma in quotes`
    say(message, { line, column: 1 })
    return false
  })
  const value = { [kind.key]: rowsThatFit.map(({ record }) => mappingOf(columns, record)) }
  const at = (path: Path) => placeOf(path, rowsThatFit, columns, kind)
  return { file, value, at, atKey: at }
}

/** The columns in the order of the file; undefined (and problems) where the first line is not what it should be. */
function columnsOf(
  { columns, rows }: TableKind,
  { record, line }: Row,
  say: (message: string, place: Place) => void,
): Column[] | undefined {
  const names = columns.map(({ name }) => name)
  if (!record.some((name) => names.includes(name))) {
    // Probably a row: nothing of it is repeated, because its cells may hold a password.
    const message = `names no known column; put a first line with the columns above ${rows}: ${names.join(',')}`
    say(message, { line: 1, column: 1 })
    return undefined
  }
  const found = record.map((name, i) => {
    const column = columns.find((known) => known.name === name)
    const place = { line, column: i + 1, label: `column ${i + 1}` }
    if (!column)
      say(['unknown column', quoted(name)].filter(Boolean).join(' ') + didYouMean(name, names), place)
    else if (record.indexOf(name) < i) say(`the column "${name}" stands twice`, place)
    return column
  })
  const good = found.every((column, i) => column && found.indexOf(column) === i)
  return good ? (found as Column[]) : undefined
}

function readRows(text: string, fault: (message: string, line: number) => void): Row[] | undefined {
  try {
    const rows = parse(text, {
      info: true,
      trim: true,
      skip_empty_lines: true,
      skip_records_with_empty_values: true,
      relax_column_count: true,
      comment: '#',
      comment_no_infix: true,
    }) as unknown as { record: string[]; info: { lines: number } }[]
    return rows.map(({ record, info }) => ({ record, line: info.lines }))
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    const line = (error as { lines?: unknown }).lines
    fault(
      'this is not valid CSV: a quote is not closed, or stands inside a cell without quotes',
      typeof line === 'number' ? line : 1,
    )
    return undefined
  }
}

function mappingOf(columns: readonly Column[], record: readonly string[]): Record<string, unknown> {
  const mapping: Record<string, unknown> = {}
  for (const [i, { path, read }] of columns.entries()) {
    if (record[i] === '') continue
    const [first, second] = path
    if (second === undefined) mapping[first] = read(record[i])
    else mapping[first] = { ...(mapping[first] as object | undefined), [second]: read(record[i]) }
  }
  return mapping
}

/** `cameras[3].consent.until` is the cell `consentUntil` of the fourth row. */
function placeOf(
  [, index, ...rest]: Path,
  rows: readonly Row[],
  written: readonly Column[],
  { columns }: TableKind,
): Place {
  const line = typeof index === 'number' ? (rows[index]?.line ?? 1) : 1
  const keys = rest.filter((step) => typeof step === 'string')
  const column =
    columns.find(({ path }) => path.join() === keys.join()) ?? columns.find(({ path }) => path[0] === keys[0])
  // A column that the file lacks altogether has no place in it but the beginning of the line.
  const position = column ? written.indexOf(column) : -1
  return { line, column: Math.max(0, position) + 1, label: column?.name ?? keys.join('.') }
}
