/** Checks the table of the grid: codes, levels, and that every cell hangs from a street. */
import { beginsWithProvince } from '../../domain/division.ts'
import { type Cell, type CellLevel, cellLevels, type GridTable, levelNames } from '../../domain/place.ts'
import type { Problems } from '../problems.ts'
import type { RawCell } from '../schema/tables-schema.ts'
import { cellPath, checkTwice, type ReadTable, textAt, versionOf } from './rows.ts'

type Grid = ReadTable<RawCell>

export interface CheckedGrid extends GridTable {
  readonly byCode: ReadonlyMap<string, Cell>
  /** Codes as they were written, refused or not: whoever refers to one of them needs no second sentence. */
  readonly written: ReadonlySet<string>
  /** Of the table, for sentences. */
  readonly file: string
}

const levelName = (level: number) => levelNames[level - cellLevels.street]

/** The cells that are sound; what is wrong with the others goes to `problems`. */
export function checkGrid(grid: Grid, suffix: RegExp, problems: Problems, warnings: Problems): CheckedGrid {
  const version = versionOf(grid, problems)
  const written = writtenCodes(grid)
  for (const row of grid.rows.keys()) checkCode(grid, row, suffix, problems)
  checkTwice(grid, 'code', (row) => textAt(grid, row, 'code', problems), problems)
  const cells = soundCells(grid, problems)
  const byCode = new Map([...cells.values()].map((cell) => [cell.code, cell]))
  for (const [row, cell] of cells) {
    const path = cellPath(grid, row, 'parent')
    const fault = problems.has(grid.source, path) ? undefined : parentFault(cell, byCode, written)
    if (fault !== undefined) problems.add(grid.source, path, fault)
    checkDivision(grid, row, cell, byCode, warnings)
  }
  return { version, cells: [...byCode.values()], byCode, written, file: grid.source.file }
}

function writtenCodes({ source }: Grid): Set<string> {
  const { cells } = source.value as { cells: readonly { readonly code?: unknown }[] }
  return new Set(cells.flatMap(({ code }) => (typeof code === 'string' ? [code] : [])))
}

function soundCells(grid: Grid, problems: Problems): Map<number, Cell> {
  const cells = new Map<number, Cell>()
  for (const [row, { name = '', level, parent }] of grid.rows.entries()) {
    const code = textAt(grid, row, 'code', problems)
    if (
      code === undefined ||
      typeof level !== 'number' ||
      problems.has(grid.source, cellPath(grid, row, 'level'))
    )
      continue
    cells.set(row, { code, name, level: level as CellLevel, ...(parent === undefined ? {} : { parent }) })
  }
  return cells
}

/** Codes are text: 12 digits of the division, and below the communities what the suffix allows. */
function checkCode(grid: Grid, row: number, suffix: RegExp, problems: Problems): void {
  const code = textAt(grid, row, 'code', problems)
  const { level } = grid.rows[row]
  if (code === undefined || typeof level !== 'number') return
  const say = (message: string) => problems.add(grid.source, cellPath(grid, row, 'code'), message)
  const division = code.slice(0, 12)
  if (!/^\d{12}$/.test(division)) say(`must begin with the 12 digits of its division, not "${code}"`)
  else if (!beginsWithProvince(code))
    say(`begins with ${code.slice(0, 2)}, which is no province of GB/T 2260`)
  else if (level <= cellLevels.community && code.length > 12) {
    say(`the code of a ${levelName(level)} has 12 digits, not ${code.length} characters`)
  } else if (level > cellLevels.community && !suffix.test(code.slice(12))) {
    say(`behind its 12 digits stands "${code.slice(12)}", which places.suffix does not allow`)
  }
}

/** What is wrong with the parent of a cell, as the end of a sentence. */
function parentFault(
  cell: Cell,
  byCode: ReadonlyMap<string, Cell>,
  written: ReadonlySet<string>,
): string | undefined {
  const { level, parent } = cell
  if (level === cellLevels.street) {
    return parent === undefined ? undefined : 'a street stands at the top of the grid: leave its parent empty'
  }
  const [name, above] = [levelName(level), levelName(level - 1)]
  if (parent === undefined) return `is missing: a ${name} is inside a ${above}`
  const around = byCode.get(parent)
  if (!around) return written.has(parent) ? undefined : `no cell has the code "${parent}"`
  if (leadsBack(cell, byCode)) return 'leads back to this cell: its parents go round in a circle'
  if (around.level === level - 1) return undefined
  return `a ${name} (${level}) is inside a ${above} (${level - 1}), but "${parent}" is a ${levelName(around.level)} (${around.level})`
}

function leadsBack(cell: Cell, byCode: ReadonlyMap<string, Cell>): boolean {
  const seen = new Set<string>()
  let next = cell.parent
  while (next !== undefined && next !== cell.code && !seen.has(next)) {
    seen.add(next)
    next = byCode.get(next)?.parent
  }
  return next === cell.code
}

/** Statistical and civil-affairs codes differ here and there, so another division is worth a word and no refusal. */
function checkDivision(
  grid: Grid,
  row: number,
  { code, level, parent = '' }: Cell,
  byCode: ReadonlyMap<string, Cell>,
  warnings: Problems,
): void {
  if (level === cellLevels.street || !byCode.has(parent)) return
  const shared = level === cellLevels.community ? 9 : 12
  if (code.slice(0, shared) === parent.slice(0, shared)) return
  const message = `its first ${shared} digits are not those of its parent "${parent}"`
  warnings.add(grid.source, cellPath(grid, row, 'code'), message)
}
