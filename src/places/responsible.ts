/** Who answers for a cell: those of the cell itself, else those of the nearest one around it. */
import { type Cell, type Tables, type Worker, workerRoles } from '../domain/place.ts'
import { armedAt } from '../domain/schedule.ts'

export interface Answering {
  /** Whose workers they are: the cell that was asked for, or one around it. */
  readonly cell: Cell
  /** Leaders first, then workers, then informants; of each, those within their hours first. */
  readonly workers: readonly { readonly worker: Worker; readonly reachable: boolean }[]
}

/** At `time` (epoch ms). Undefined where the grid has no such cell, or nobody answers for it or any around it. */
export function whoAnswers({ grid, workers }: Tables, code: string, time: number): Answering | undefined {
  const cells = new Map(grid?.cells.map((cell) => [cell.code, cell]))
  for (let cell = cells.get(code); cell; cell = cells.get(cell.parent ?? '')) {
    const { code: here } = cell
    const own = workers.filter((worker) => worker.cell === here)
    if (own.length === 0) continue
    const answering = own.map((worker) => ({ worker, reachable: armedAt(worker.hours)(time) }))
    return { cell, workers: answering.sort((a, b) => rank(a) - rank(b)) }
  }
  return undefined
}

function rank({ worker, reachable }: Answering['workers'][number]): number {
  return workerRoles.indexOf(worker.role) * 2 + (reachable ? 0 : 1)
}
