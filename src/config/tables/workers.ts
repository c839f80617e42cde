/** Checks the table of those who answer for a cell. */
import type { Worker } from '../../domain/place.ts'
import { isTimeZone } from '../pictures.ts'
import type { Problems } from '../problems.ts'
import { toSchedule } from '../rules/rule-schema.ts'
import type { RawWorker } from '../schema/tables-schema.ts'
import type { CheckedGrid } from './grid.ts'
import { cellPath, checkTwice, type ReadTable, textAt } from './rows.ts'

export function checkWorkers(
  workers: ReadTable<RawWorker>,
  grid: CheckedGrid | undefined,
  problems: Problems,
): void {
  // Asking for a zone costs half a millisecond, and a table has thousands of rows with the same one.
  const zones = new Map<string, boolean>()
  for (const row of workers.rows.keys()) {
    const say = (column: keyof RawWorker & string, message: string) =>
      problems.add(workers.source, cellPath(workers, row, column), message)
    const cell = textAt(workers, row, 'cell', problems)
    if (cell !== undefined && grid && !grid.written.has(cell))
      say('cell', `no cell "${cell}" in ${grid.file}`)
    const zone = textAt(workers, row, 'timeZone', problems)
    if (zone === undefined) continue
    if (!zones.has(zone)) zones.set(zone, isTimeZone(zone))
    if (!zones.get(zone)) say('timeZone', 'is no time zone (an IANA name such as Asia/Shanghai)')
  }
  const keyOf = (row: number) => {
    const { cell, role, name, contact } = workers.rows[row]
    return cell && role && name && contact ? [cell, role, name, contact].join('\n') : undefined
  }
  checkTwice(workers, 'name', keyOf, problems)
}

/** Checked rows in the words of the domain. */
export function toWorkers(rows: readonly RawWorker[]): Worker[] {
  return rows.map(({ cell, role, name, contact, ...hours }) => ({
    ...{ cell, role, name, contact },
    hours: toSchedule(hours),
  }))
}
