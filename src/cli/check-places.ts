/** What `skyeye check` says of the tables of the grid: their versions, and which cameras nobody can find on a map. */
import type { Config } from '../config/config.ts'

export interface PlacesFound {
  /** Version and number of cells. */
  readonly grid?: { readonly version: string; readonly cells: number }
  /** Version of the table of places. */
  readonly places?: string
  readonly workers: number
  /** Cameras without a position, and why. */
  readonly without: readonly { readonly camera: string; readonly why: string }[]
}

export function placesFound({ tables, cameras }: Pick<Config, 'tables' | 'cameras'>): PlacesFound {
  const { grid, places, workers } = tables
  return {
    ...(grid ? { grid: { version: grid.version, cells: grid.cells.length } } : {}),
    ...(places ? { places: places.version } : {}),
    workers: workers.length,
    without: cameras.flatMap(({ id, placeMissing }) =>
      placeMissing === undefined ? [] : [{ camera: id, why: placeMissing }],
    ),
  }
}

/** One line, for people; the cameras themselves only where some have a place and some have not. */
export function placesLine({ grid, places, workers, without }: PlacesFound, cameras: number): string {
  const tables = [
    grid ? `grid ${grid.version} (${grid.cells} cells)` : 'no grid table',
    ...(places === undefined ? [] : [`table ${places}`]),
    ...(workers === 0 ? [] : [`${workers} who answer for cells`]),
  ]
  const named =
    without.length === cameras ? [] : without.slice(0, 10).map(({ camera, why }) => `${camera} (${why})`)
  const rest = named.length < without.length && named.length > 0 ? ' …' : ''
  const missing = named.length > 0 ? `; without: ${named.join(', ')}${rest}` : ''
  return `places: ${tables.join(', ')}; ${cameras - without.length} of ${cameras} cameras have a position${missing}`
}
