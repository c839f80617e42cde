/** A sheet as the CSV that the configuration reads: the same rows on the same lines, and which cells are no text though they are codes. */
import type { Sheet, SheetCell } from './workbook.ts'

/** Longer than anything a table may hold. */
const longestCell = 2_000

/** A cell that cannot be taken as it is. */
export interface CellFault {
  /** From 1; the number of its row in the sheet. */
  readonly line: number
  /** From 1. */
  readonly column: number
  /** Name of the column. */
  readonly path: string
  readonly message: string
}

/** `isCode`: does the column of this name hold codes? The first row that is not empty names the columns. */
export function sheetToCsv(
  { rows }: Pick<Sheet, 'rows'>,
  isCode: (column: string) => boolean,
): { readonly csv: string; readonly faults: readonly CellFault[] } {
  const faults: CellFault[] = []
  const header = rows.find((row) => row.some((cell) => cell !== null)) ?? []
  const names = header.map((cell) => (typeof cell === 'string' ? cell.trim() : ''))
  const lines = rows.map((row, i) => {
    const cells = row.map((cell, j) => {
      const fault = row === header ? undefined : faultOf(cell, isCode(names[j] ?? ''))
      if (fault !== undefined)
        faults.push({ line: i + 1, column: j + 1, path: names[j] ?? '', message: fault })
      return textOf(cell)
    })
    return csvLine(cells)
  })
  return { csv: `${lines.join('\n')}\n`, faults }
}

/** One line of a CSV. A line end in a cell becomes a space, so that rows stay on their lines. */
export function csvLine(cells: readonly string[]): string {
  return cells
    .map((cell) => cell.replaceAll(/\s*[\r\n]+\s*/g, ' '))
    .map((cell) => (/[",]|^#|^\s|\s$/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell))
    .join(',')
}

function faultOf(cell: SheetCell, code: boolean): string | undefined {
  if (typeof cell === 'string' && cell.length > longestCell) return `has more than ${longestCell} characters`
  if (!code || cell === null || typeof cell === 'string') return undefined
  return 'is a number in the sheet, and numbers lose zeros and digits: format the column as text and enter its codes again'
}

function textOf(cell: SheetCell): string {
  if (cell === null) return ''
  if (typeof cell === 'string') return cell
  if (typeof cell === 'boolean') return cell ? 'true' : 'false'
  return cell instanceof Date ? cell.toISOString().slice(0, 10) : plainNumber(cell.digits)
}

/** `1.383E+10` is how a file may write a telephone number. */
function plainNumber(digits: string): string {
  const value = Number(digits)
  return /e/i.test(digits) && Number.isSafeInteger(value) ? String(value) : digits
}
