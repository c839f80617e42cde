/** Checks the table of places: who is where, once each, with an address and a position that are whole. */
import type { Problems } from '../problems.ts'
import type { RawSpot } from '../schema/tables-schema.ts'
import type { CheckedGrid } from './grid.ts'
import { cellPath, checkTwice, type ReadTable, textAt, versionOf } from './rows.ts'

type Places = ReadTable<RawSpot>

export interface Spot {
  readonly row: Partial<RawSpot>
  /** From 1. */
  readonly line: number
}

export interface CheckedPlaces {
  readonly version: string
  /** Of the table, for sentences. */
  readonly file: string
  /** By id of the camera that is there. */
  readonly byCamera: ReadonlyMap<string, Spot>
}

export function checkPlaces(
  places: Places,
  grid: CheckedGrid | undefined,
  problems: Problems,
): CheckedPlaces {
  const version = versionOf(places, problems)
  checkTwice(places, 'camera', (row) => textAt(places, row, 'camera', problems), problems)
  const texts = new Map<string, { text: string; line: number }>()
  for (const row of places.rows.keys()) {
    checkWhole(places, row, problems)
    checkUnit(places, row, grid, problems)
    checkText(places, row, texts, problems)
  }
  const byCamera = new Map<string, Spot>()
  for (const [i, row] of places.rows.entries()) {
    const { line } = places.source.at([places.key, i])
    if (row.camera !== undefined && !byCamera.has(row.camera)) byCamera.set(row.camera, { row, line })
  }
  return { version, file: places.source.file, byCamera }
}

/** What belongs together: code and text of an address, longitude and latitude; and a row says where something is. */
function checkWhole(places: Places, row: number, problems: Problems): void {
  const has = (column: keyof RawSpot & string) =>
    places.rows[row][column] !== undefined || problems.has(places.source, cellPath(places, row, column))
  const say = (column: keyof RawSpot & string, message: string) =>
    problems.add(places.source, cellPath(places, row, column), message)
  for (const [one, other] of [
    ['addressCode', 'addressText'],
    ['lon', 'lat'],
  ] as const) {
    if (has(one) === has(other)) continue
    const [missing, given] = has(one) ? [other, one] : [one, other]
    say(missing, `is missing: it belongs to ${given}`)
  }
  if (!has('camera') && !has('addressCode'))
    say('camera', 'is missing, and so is addressCode: whose place is it?')
}

function checkUnit(places: Places, row: number, grid: CheckedGrid | undefined, problems: Problems): void {
  const unit = textAt(places, row, 'unit', problems)
  if (unit === undefined) return
  const path = cellPath(places, row, 'unit')
  if (!grid) problems.add(places.source, path, 'needs the table of the grid: name it with places.gridFile')
  else if (!grid.written.has(unit)) problems.add(places.source, path, `no cell "${unit}" in ${grid.file}`)
}

/** Two cameras may share an address, but then it reads the same. */
function checkText(
  places: Places,
  row: number,
  texts: Map<string, { text: string; line: number }>,
  problems: Problems,
): void {
  const code = textAt(places, row, 'addressCode', problems)
  const text = textAt(places, row, 'addressText', problems)
  if (code === undefined || text === undefined) return
  const path = cellPath(places, row, 'addressText')
  const first = texts.get(code)
  if (!first) texts.set(code, { text, line: places.source.at(path).line })
  else if (first.text !== text)
    problems.add(places.source, path, `reads otherwise on line ${first.line}, which has the same addressCode`)
}
