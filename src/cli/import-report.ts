/** Says what an import did: every bad row, or what was written. */
import { describeProblem } from '../config/problems.ts'
import { placesFound, placesLine } from './check-places.ts'
import { type ImportAsked, type ImportDone, importTables } from './import-tables.ts'
import type { Io } from './io.ts'

/** Exit status: 0 all right, 1 something was refused and nothing written. */
export async function importAndTell(asked: ImportAsked, json: boolean, io: Io): Promise<number> {
  const done = await importTables(asked)
  const { problems, warnings, written, config } = done
  if (json) {
    const places = config && placesFound(config)
    io.out(
      JSON.stringify({
        dryRun: asked.dryRun,
        problems,
        warnings,
        written,
        cameras: config?.cameras.length,
        places,
      }),
    )
  } else tell(done, asked.dryRun, io)
  return problems.length === 0 ? 0 : 1
}

function tell({ problems, warnings, written, config }: ImportDone, dryRun: boolean, io: Io): void {
  for (const problem of problems) io.err(describeProblem(problem))
  for (const warning of warnings) io.err(`warning: ${describeProblem(warning)}`)
  if (!config)
    io.err(
      `nothing was written: ${problems.length} ${problems.length === 1 ? 'thing' : 'things'} to put right`,
    )
  if (!config) return
  io.out(placesLine(placesFound(config), config.cameras.length))
  for (const path of written) io.out(`wrote ${path}`)
  if (dryRun) io.out('all is right; nothing was written (--dry-run)')
}
