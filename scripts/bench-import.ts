/** `npm run bench:import -- [--json]`: how long an import of 1000 cameras and 951 cells takes, itself and as a command from start to end. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { importTables } from '../src/cli/import-tables.ts'
import type { TableName } from '../src/config/tables/named-files.ts'
import { csvLine } from '../src/places/to-csv.ts'
import { sample, sampleConfig } from './places/sample.ts'
import { xlsx } from './places/xlsx.ts'

const rounds = 5
const { values } = parseArgs({ options: { json: { type: 'boolean', default: false } } })
const main = fileURLToPath(new URL('../src/main.ts', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'skyeye-import-'))
try {
  const tables = sample()
  for (const [name, rows] of Object.entries(tables))
    writeFileSync(join(folder, `new-${name}.csv`), `${rows.map(csvLine).join('\n')}\n`)
  writeFileSync(join(folder, 'new.xlsx'), xlsx({ ...tables }))
  writeFileSync(join(folder, 'skyeye.yaml'), sampleConfig)
  // Each import is checked together with the other tables, so these have to be there.
  for (const [name, rows] of Object.entries(tables))
    writeFileSync(join(folder, `${name}.csv`), `${rows.map(csvLine).join('\n')}\n`)
  const csv = (name: TableName) => [name, join(folder, `new-${name}.csv`)] as const
  const sheet = (name: TableName) => [name, join(folder, 'new.xlsx')] as const
  const grids = ['grid', 'places', 'workers'] as const
  const figures = {
    cells: tables.grid.length - 1,
    cameras: tables.cameras.length - 1,
    places: tables.places.length - 1,
    workers: tables.workers.length - 1,
    csv: await imported([...grids, 'cameras' as const].map(csv)),
    xlsx: await imported([...grids, 'cameras' as const].map(sheet)),
    commandMs: command(['places', 'import', ...grids.flatMap((name) => [`--${name}`, csv(name)[1]])]),
    rounds,
    processor: cpus()[0]?.model ?? 'unknown',
    load: Number(loadavg()[0].toFixed(1)),
  }
  if (values.json) console.log(JSON.stringify(figures))
  else for (const [name, value] of Object.entries(figures)) console.log(`${name}: ${value}`)
} finally {
  rmSync(folder, { recursive: true })
}

/** Of all four tables at once in a process that has started: median time, and median time of the processor (all threads). */
async function imported(
  files: readonly (readonly [TableName, string])[],
): Promise<{ ms: number; cpuMs: number }> {
  const times: number[] = []
  const used: number[] = []
  for (let round = 0; round < rounds; round++) {
    const [from, before] = [performance.now(), process.cpuUsage()]
    const done = await importTables({
      config: join(folder, 'skyeye.yaml'),
      tables: new Map(files),
      dryRun: false,
    })
    if (done.written.length !== files.length) throw new Error(JSON.stringify(done.problems.slice(0, 5)))
    times.push(performance.now() - from)
    const { user, system } = process.cpuUsage(before)
    used.push((user + system) / 1_000)
  }
  return { ms: median(times), cpuMs: median(used) }
}

/** Milliseconds of the whole command, the start of the program included. */
function command(args: readonly string[]): number {
  const times = Array.from({ length: rounds }, () => {
    const from = performance.now()
    const { status, stderr } = spawnSync(process.execPath, [main, ...args], { cwd: folder, encoding: 'utf8' })
    if (status !== 0) throw new Error(`${args.join(' ')}: ${stderr}`)
    return performance.now() - from
  })
  return median(times)
}

function median(values: readonly number[]): number {
  return Math.round(values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)])
}
