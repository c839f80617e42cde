/** Walks every import of src/ and says where one climbs a floor, visits a sibling room, forms a barrel or a cycle. */
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Rooms and top files by floor; a file imports only from lower floors or from its own room. */
const floors: Record<string, number> = {
  domain: 0,
  kit: 0,
  config: 1,
  contract: 1,
  ingest: 2,
  attention: 2,
  vision: 2,
  track: 2,
  rules: 2,
  health: 2,
  places: 2,
  access: 2,
  store: 2,
  publish: 2,
  http: 2,
  'pipeline.ts': 3,
  'stages.ts': 3,
  'structuring.ts': 3,
  'saving.ts': 3,
  'alert-record.ts': 3,
  'commands.ts': 3,
  'config-report.ts': 3,
  'coverage.ts': 3,
  'box-readings.ts': 3,
  'degradation-watch.ts': 3,
  'storm-watch.ts': 3,
  'clip-objects.ts': 3,
  'coverage-book.ts': 3,
  'coverage-record.ts': 3,
  'drill.ts': 3,
  'dry-run.ts': 3,
  'dry-run-report.ts': 3,
  'dry-run-thread.ts': 3,
  'dry-runs.ts': 3,
  'replay.ts': 3,
  'outbox.ts': 3,
  'inventory.ts': 3,
  'looks.ts': 3,
  'metrics.ts': 3,
  'status.ts': 3,
  'stills.ts': 3,
  'strain.ts': 3,
  'fleet.ts': 3,
  'outage-watch.ts': 3,
  'view-watch.ts': 3,
  'view-memory.ts': 3,
  'view-memo.ts': 3,
  'turning-gate.ts': 3,
  'turning-state.ts': 3,
  'preset-path.ts': 3,
  'local-command.ts': 3,
  'clock-watch.ts': 3,
  'recorder.ts': 3,
  'watch.ts': 3,
  'camera-parts.ts': 3,
  'camera-telling.ts': 3,
  'gateway.ts': 3,
  cli: 4,
  'main.ts': 4,
}

/** Rooms that may know nothing but the domain: they are tested with plain values. */
const pure = ['attention', 'track', 'rules', 'health']

/** On floor 3 a file may also read those before it: what is common first, the composition root last. */
const thirdFloor = [
  'pipeline.ts',
  'saving.ts',
  'alert-record.ts',
  'coverage.ts',
  'box-readings.ts',
  'degradation-watch.ts',
  'clip-objects.ts',
  'coverage-book.ts',
  'coverage-record.ts',
  'drill.ts',
  'dry-run.ts',
  'dry-run-report.ts',
  'dry-run-thread.ts',
  'dry-runs.ts',
  'outbox.ts',
  'inventory.ts',
  'looks.ts',
  'stages.ts',
  'replay.ts',
  'outage-watch.ts',
  'structuring.ts',
  'recorder.ts',
  'stills.ts',
  'view-memory.ts',
  'view-memo.ts',
  'view-watch.ts',
  'storm-watch.ts',
  'turning-gate.ts',
  'turning-state.ts',
  'clock-watch.ts',
  'config-report.ts',
  'commands.ts',
  'local-command.ts',
  'watch.ts',
  'preset-path.ts',
  'fleet.ts',
  'metrics.ts',
  'camera-telling.ts',
  'camera-parts.ts',
  'status.ts',
  'strain.ts',
  'gateway.ts',
]

const mayRead = (room: string, target: string) =>
  (room === 'main.ts' && target === 'cli') ||
  (thirdFloor.includes(target) && thirdFloor.indexOf(target) < thirdFloor.indexOf(room))

interface Import {
  readonly specifier: string
  readonly reExport: boolean
}

function importsOf(source: string): Import[] {
  const code = source.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '')
  const found: Import[] = []
  for (const match of code.matchAll(/\b(import|export)\b[^'";]*?\bfrom\s*['"]([^'"]+)['"]/g)) {
    found.push({ specifier: match[2], reExport: match[1] === 'export' })
  }
  for (const match of code.matchAll(/\bimport\s*\(?\s*['"]([^'"]+)['"]/g)) {
    found.push({ specifier: match[1], reExport: false })
  }
  return found
}

function cycleFrom(start: string, graph: Map<string, string[]>, done: Set<string>): string[] | undefined {
  const path: string[] = []
  const visit = (file: string): string[] | undefined => {
    const at = path.indexOf(file)
    if (at >= 0) return [...path.slice(at), file]
    if (done.has(file)) return undefined
    path.push(file)
    for (const next of graph.get(file) ?? []) {
      const cycle = visit(next)
      if (cycle) return cycle
    }
    path.pop()
    done.add(file)
    return undefined
  }
  return visit(start)
}

function importFault(file: string, target: string): string | undefined {
  const room = file.split('/')[0]
  const targetRoom = target.split('/')[0]
  if (room === targetRoom || mayRead(room, targetRoom)) return undefined
  if (!(targetRoom in floors)) return `${file}: ${target} lies in no known room`
  if (room === 'domain') return `${file}: domain imports nothing, but takes ${target}`
  if (pure.includes(room) && targetRoom !== 'domain')
    return `${file}: ${room}/ is pure and takes domain/ only, not ${target}`
  if (floors[targetRoom] > floors[room])
    return `${file}: climbs from floor ${floors[room]} to ${target} on floor ${floors[targetRoom]}`
  if (floors[targetRoom] === floors[room]) return `${file}: visits its sibling ${target}`
  return undefined
}

/** All faults of a tree; keys are paths below src/ with forward slashes, values the sources. Empty where it is sound. */
export function floorFaults(sources: ReadonlyMap<string, string>): string[] {
  const faults: string[] = []
  const graph = new Map<string, string[]>()
  for (const [file, source] of sources) {
    const room = file.split('/')[0]
    if (!(room in floors)) faults.push(`${file}: lies in no known room`)
    if (/(^|\/)index\.ts$/.test(file)) faults.push(`${file}: a barrel`)
    if (/\bdeclare\s+global\b/.test(source)) faults.push(`${file}: declares ambient globals`)
    const targets: string[] = []
    for (const { specifier, reExport } of importsOf(source)) {
      if (!specifier.startsWith('.')) {
        if (room === 'domain' || pure.includes(room))
          faults.push(`${file}: ${room}/ takes no package, but ${specifier}`)
        continue
      }
      const target = normalize(join(dirname(file), specifier))
      if (reExport) faults.push(`${file}: re-exports ${target}`)
      if (target.startsWith('..')) {
        if (!target.endsWith('package.json')) faults.push(`${file}: leaves src/ for ${target}`)
        continue
      }
      targets.push(target)
      const fault = importFault(file, target)
      if (fault) faults.push(fault)
    }
    graph.set(file, targets)
  }
  const done = new Set<string>()
  for (const file of graph.keys()) {
    const cycle = cycleFrom(file, graph, done)
    if (cycle) {
      faults.push(`cycle: ${cycle.join(' -> ')}`)
      break
    }
  }
  return faults
}

/** Reads the sources below a folder. */
export function readSources(folder: string): Map<string, string> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter(
    (entry) => entry.isFile() && entry.name.endsWith('.ts'),
  )
  return new Map(
    files.map((entry) => {
      const path = join(entry.parentPath, entry.name)
      return [relative(folder, path).replaceAll('\\', '/'), readFileSync(path, 'utf8')]
    }),
  )
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const sources = readSources(fileURLToPath(new URL('../src', import.meta.url)))
  const faults = floorFaults(sources)
  for (const fault of faults) console.error(fault)
  console.error(
    faults.length === 0 ? `${sources.size} files keep to their floors` : `${faults.length} faults`,
  )
  process.exitCode = faults.length === 0 ? 0 : 1
}
