/** A camera list as CSV: each row becomes what the same camera would be in YAML, and each cell keeps its line. */
import { CsvError, parse } from 'csv-parse/sync'
import type { Path, Place, Problems, SourceFile } from '../problems.ts'
import { quoted } from '../quote.ts'
import { didYouMean } from '../suggest.ts'

/** A column of the list: where its cell goes in a camera, and how its text is read. */
interface Column {
  readonly name: string
  readonly path: readonly string[]
  readonly read: (text: string) => unknown
}

const plain = (text: string) => text
const words = (text: string) => text.split(/[;\s]+/).filter(Boolean)
// What is not a number or a yes stays text, and the check of the value then says what was expected.
const number = (text: string) => (/^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text)
const yesNo = (text: string) =>
  new Map<string, unknown>([
    ['true', true],
    ['yes', true],
    ['false', false],
    ['no', false],
  ]).get(text.toLowerCase()) ?? text

/** Every column of a camera list, in the order of the sample. All but id, name and url may be left out. */
export const cameraColumns: readonly Column[] = [
  { name: 'id', path: ['id'], read: plain },
  { name: 'name', path: ['name'], read: plain },
  { name: 'tier', path: ['tier'], read: plain },
  { name: 'url', path: ['url'], read: plain },
  { name: 'enabled', path: ['enabled'], read: yesNo },
  { name: 'gbId', path: ['gbId'], read: plain },
  { name: 'street', path: ['grid', 'street'], read: plain },
  { name: 'community', path: ['grid', 'community'], read: plain },
  { name: 'group', path: ['grid', 'group'], read: plain },
  { name: 'unit', path: ['grid', 'unit'], read: plain },
  { name: 'addressCode', path: ['address', 'code'], read: plain },
  { name: 'addressText', path: ['address', 'text'], read: plain },
  { name: 'lon', path: ['place', 'lon'], read: number },
  { name: 'lat', path: ['place', 'lat'], read: number },
  { name: 'tags', path: ['tags'], read: words },
  { name: 'consentBy', path: ['consent', 'grantedBy'], read: plain },
  { name: 'consentUntil', path: ['consent', 'until'], read: plain },
  { name: 'consentSha256', path: ['consent', 'documentSha256'], read: plain },
  { name: 'consentScope', path: ['consent', 'scope'], read: words },
]

interface Row {
  readonly record: string[]
  /** The line on which the row ends. */
  readonly line: number
}

/** Parses a camera list. Its faults go to `problems`; undefined where nothing useful could be read. */
export function parseCamerasCsv(file: string, text: string, problems: Problems): SourceFile | undefined {
  const start: Place = { line: 1, column: 1 }
  const whole = { file, value: undefined, at: () => start, atKey: () => start }
  const rows = readRows(text, (message, line) => problems.add(whole, [], message, { line, column: 1 }))
  if (!rows) return undefined
  const [header, ...body] = rows
  if (!header) {
    problems.add(whole, [], `is empty; its first line names the columns: ${columnNames().join(',')}`)
    return undefined
  }
  if (!header.record.some((name) => columnNames().includes(name))) {
    // Probably a camera: nothing of it is repeated, because its cells may hold a password.
    const message = `names no known column; put a first line with the columns above the cameras: ${columnNames().join(',')}`
    problems.add(whole, [], message)
    return undefined
  }
  const before = problems.count
  const columns = header.record.map((name, i) => {
    const column = cameraColumns.find((known) => known.name === name)
    const label = `column ${i + 1}`
    const say = (message: string) => problems.add(whole, [], message, { ...start, label })
    if (!column)
      say(['unknown column', quoted(name)].filter(Boolean).join(' ') + didYouMean(name, columnNames()))
    else if (header.record.indexOf(name) < i) say(`the column "${name}" stands twice`)
    return column
  })
  for (const { record, line } of body) {
    if (record.length !== columns.length) {
      const message = `has ${record.length} cells where the first line has ${columns.length}; put a cell that contains a comma in quotes`
      problems.add(whole, [], message, { line, column: 1 })
    }
  }
  if (problems.count > before) return undefined
  const value = { cameras: body.map(({ record }) => cameraOf(columns as Column[], record)) }
  const at = (path: Path) => placeOf(path, body)
  return { file, value, at, atKey: at }
}

function columnNames(): string[] {
  return cameraColumns.map(({ name }) => name)
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

function cameraOf(columns: readonly Column[], record: readonly string[]): Record<string, unknown> {
  const camera: Record<string, unknown> = {}
  for (const [i, { path, read }] of columns.entries()) {
    if (record[i] === '') continue
    const [first, second] = path
    if (second === undefined) camera[first] = read(record[i])
    else camera[first] = { ...(camera[first] as object | undefined), [second]: read(record[i]) }
  }
  return camera
}

/** `cameras[3].consent.until` is the cell `consentUntil` of the fourth row. */
function placeOf([, index, ...rest]: Path, rows: readonly Row[]): Place {
  const line = typeof index === 'number' ? (rows[index]?.line ?? 1) : 1
  const keys = rest.filter((step) => typeof step === 'string')
  const column =
    cameraColumns.find(({ path }) => path.join() === keys.join()) ??
    cameraColumns.find(({ path }) => path[0] === keys[0])
  return { line, column: 1, label: column?.name ?? keys.join('.') }
}
