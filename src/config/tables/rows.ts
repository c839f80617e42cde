/** A table that was read, row by row, and what all tables have in common: one version, and no row twice. */
import type { Path, Problems, SourceFile } from '../problems.ts'

/** Rows as they were written. Until all problems are out, any field may be missing or of another type. */
export interface ReadTable<Raw> {
  readonly source: SourceFile
  /** Key of the list of rows. */
  readonly key: string
  readonly rows: readonly Partial<Raw>[]
  /** Digest of the file: its version where no row tells one. */
  readonly digest: string
}

/** `cells[3].parent` of a table. */
export function cellPath<Raw>({ key }: ReadTable<Raw>, row: number, column: keyof Raw & string): Path {
  return [key, row, column]
}

/** The value where it is text that was not refused. */
export function textAt<Raw>(
  table: ReadTable<Raw>,
  row: number,
  column: keyof Raw & string,
  problems: Problems,
): string | undefined {
  const value: unknown = table.rows[row][column]
  return typeof value === 'string' && !problems.has(table.source, cellPath(table, row, column))
    ? value
    : undefined
}

/** The version that the rows tell; two different ones are a problem, because alerts can name only one. */
export function versionOf<Raw extends { version?: string }>(
  table: ReadTable<Raw>,
  problems: Problems,
): string {
  let first: { version: string; line: number } | undefined
  for (const row of table.rows.keys()) {
    const path = cellPath(table, row, 'version')
    const version = textAt(table, row, 'version', problems)
    if (version === undefined) continue
    first ??= { version, line: table.source.at(path).line }
    if (version === first.version) continue
    problems.add(
      table.source,
      path,
      `is not the "${first.version}" of line ${first.line}: a table has one version`,
    )
  }
  return first?.version ?? table.digest
}

/** Rows that say the same as an earlier one. `keyOf` gives undefined where there is nothing to compare. */
export function checkTwice<Raw>(
  table: ReadTable<Raw>,
  column: keyof Raw & string,
  keyOf: (row: number) => string | undefined,
  problems: Problems,
): void {
  const seen = new Map<string, number>()
  for (const row of table.rows.keys()) {
    const key = keyOf(row)
    if (key === undefined) continue
    const first = seen.get(key)
    if (first === undefined) {
      seen.set(key, row)
      continue
    }
    const { line } = table.source.at(cellPath(table, first, column))
    problems.add(table.source, cellPath(table, row, column), `the same as on line ${line}`)
  }
}
