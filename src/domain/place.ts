/** The grid and what is known of places in it, as every room of the gateway speaks of them. */
import type { GridPlace } from './camera.ts'
import type { Schedule } from './schedule.ts'

/** From the top: sub-district, community, residents' group, grid unit. The numbers are those of the merged grids. */
export const cellLevels = { street: 2, community: 3, group: 4, unit: 5 } as const
export type CellLevel = (typeof cellLevels)[keyof typeof cellLevels]

/** What a level is called, from the top. */
export const levelNames = Object.keys(cellLevels) as (keyof typeof cellLevels)[]

/** One cell of the grid. */
export interface Cell {
  readonly code: string
  readonly name: string
  readonly level: CellLevel
  /** Code of the cell around it; absent at the top. */
  readonly parent?: string
}

export const workerRoles = ['leader', 'worker', 'informant'] as const
export type WorkerRole = (typeof workerRoles)[number]

/** Who answers for a cell. Contact details: never published, logged or shown without an account. */
export interface Worker {
  /** Code of the cell. */
  readonly cell: string
  readonly role: WorkerRole
  readonly name: string
  readonly contact: string
  /** When they can be reached. */
  readonly hours: Schedule
}

export interface GridTable {
  /** Changes whenever the table does. */
  readonly version: string
  readonly cells: readonly Cell[]
}

/** The tables beside the configuration; absent where it names none. */
export interface Tables {
  readonly grid?: GridTable
  /** What they say is in the cameras. */
  readonly places?: { readonly version: string }
  readonly workers: readonly Worker[]
}

/** The cell with this code and those around it, by level. Undefined where the grid lacks one of them. */
export function pathOf(cells: ReadonlyMap<string, Cell>, code: string): GridPlace | undefined {
  const path: Record<string, string> = {}
  for (let next: string | undefined = code, steps = 0; next !== undefined; steps++) {
    const cell = cells.get(next)
    if (!cell || steps > levelNames.length) return undefined
    path[levelNames[cell.level - cellLevels.street]] = cell.code
    next = cell.parent
  }
  return path
}
