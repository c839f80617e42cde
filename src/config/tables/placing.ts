/** Says for each camera where it is: from the table of places, or from what stands beside the camera itself. */
import type { Camera, GridPlace } from '../../domain/camera.ts'
import { levelNames, pathOf } from '../../domain/place.ts'
import type { ListedCamera } from '../cameras.ts'
import type { Problems, SourceFile } from '../problems.ts'
import type { CheckedGrid } from './grid.ts'
import type { CheckedPlaces, Spot } from './places.ts'
import type { CheckedTables } from './read-tables.ts'

export type Placing = Pick<Camera, 'grid' | 'address' | 'place' | 'placeMissing'>

/** How many cameras one warning names. */
const mostNamed = 5

/** In the order of the cameras. Good only where there was no problem. */
export function placeCameras(
  listed: readonly ListedCamera[],
  { grid, places }: CheckedTables,
  problems: Problems,
): Placing[] {
  return listed.map((camera) => {
    const spot = places?.byCamera.get(camera.raw.id)
    if (spot && places) checkBeside(camera, spot, places, problems)
    return spot ? fromTable(spot, grid) : fromCamera(camera, grid, places, problems)
  })
}

/** What was told twice could contradict itself one day. */
function checkBeside(
  { raw, source, index }: ListedCamera,
  { line }: Spot,
  { file }: CheckedPlaces,
  problems: Problems,
): void {
  for (const key of ['grid', 'address', 'place'] as const) {
    if (raw[key] === undefined) continue
    problems.add(
      source,
      ['cameras', index, key],
      `stands beside ${file}:${line}, which places this camera; use one of the two`,
    )
  }
}

function fromTable({ row }: Spot, grid: CheckedGrid | undefined): Placing {
  const { addressCode, addressText, lon, lat, unit } = row
  return {
    grid: (grid && unit !== undefined && pathOf(grid.byCode, unit)) || {},
    ...(addressCode !== undefined && addressText !== undefined
      ? { address: { code: addressCode, text: addressText } }
      : {}),
    ...(lon !== undefined && lat !== undefined ? { place: { lon, lat } } : { placeMissing: 'no-position' }),
  }
}

function fromCamera(
  camera: ListedCamera,
  grid: CheckedGrid | undefined,
  places: CheckedPlaces | undefined,
  problems: Problems,
): Placing {
  const { address, place } = camera.raw
  return {
    grid: grid ? ownPath(camera, grid, problems) : (camera.raw.grid ?? {}),
    ...(address ? { address } : {}),
    ...(place ? { place } : { placeMissing: places ? 'not-listed' : 'not-configured' }),
  }
}

/** The path of the smallest cell that the camera names; the others, where it names them, must be those around it. */
function ownPath({ raw, source, index }: ListedCamera, grid: CheckedGrid, problems: Problems): GridPlace {
  const given: GridPlace = raw.grid ?? {}
  const smallest = levelNames.findLast((level) => given[level] !== undefined)
  if (!smallest) return {}
  const at = (level: string) => ['cameras', index, 'grid', level]
  const code = given[smallest] ?? ''
  if (problems.has(source, at(smallest))) return {}
  const path = pathOf(grid.byCode, code)
  if (!path || path[smallest] !== code) {
    if (!grid.written.has(code) || path)
      problems.add(source, at(smallest), `no ${smallest} "${code}" in ${grid.file}`)
    return {}
  }
  for (const level of levelNames) {
    if (given[level] === undefined || given[level] === path[level] || problems.has(source, at(level)))
      continue
    problems.add(
      source,
      at(level),
      `is not the ${level} of "${code}" in ${grid.file}: that is "${path[level]}"`,
    )
  }
  return path
}

/** One sentence about the cameras that the table does not place, one about the rows that place no camera of this box. */
export function warnOfUnplaced(
  main: SourceFile,
  listed: readonly ListedCamera[],
  { places }: CheckedTables,
  warnings: Problems,
): void {
  if (!places) return
  const ids = new Set(listed.map(({ raw }) => raw.id))
  const path = ['places', 'placesFile']
  const unplaced = [...ids].filter((id) => typeof id === 'string' && !places.byCamera.has(id))
  const own = new Set(listed.filter(({ raw }) => raw.place).map(({ raw }) => raw.id))
  const without = unplaced.filter((id) => !own.has(id))
  if (without.length > 0)
    warnings.add(
      main,
      path,
      `has no row for ${count(without.length, 'camera')}: ${named(without)}; their alerts say that the place is missing`,
    )
  const strange = [...places.byCamera.keys()].filter((id) => !ids.has(id))
  if (strange.length > 0)
    warnings.add(
      main,
      path,
      `has rows for ${count(strange.length, 'camera')} that ${strange.length === 1 ? 'is' : 'are'} not configured here: ${named(strange)}`,
    )
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`
}

function named(ids: readonly string[]): string {
  const shown = ids.slice(0, mostNamed).map((id) => `"${id}"`)
  return ids.length > mostNamed ? `${shown.join(', ')} …` : shown.join(', ')
}
